"""Two views, two spellings: names on the way in, GoHighLevel's misspelt keys on the way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

ViewName = Literal["v2", "v3"]

# facts: ghl 2.3 (dndSettings keys); v2 spelling → v3 spelling
_CHANNELS = {
    "Call": "call",
    "Email": "email",
    "SMS": "sms",
    "WhatsApp": "whatsApp",
    "GMB": "gmb",
    "FB": "fb",
}
# facts: ghl 2.3, 6.8, 6.10, 7 row 23: misspelt → as it is meant
_MISSPELT = (
    ("succeded", "succeeded"),
    ("buiseness", "business"),
    ("appoinmentStatus", "appointmentStatus"),
)
# facts: ghl 6.8: the specification says `event`, the live API answers `appointment`
_TWINS = (("event", "appointment"),)


def plain(name: str) -> str:
    """Return what two spellings of one name share: `location_id` and `locationId`."""
    return name.replace("_", "").lower()


def spelt_for(view: ViewName, name: str, value: Any) -> Any:
    """Return an argument's value with the keys inside it as a view spells them."""
    # facts: ghl 2.3: both are accepted from the caller, whichever view is spoken
    if name == "dndSettings" and isinstance(value, Mapping):
        return {_channel(view, key): each for key, each in value.items()}
    if name == "customFields" and isinstance(value, Sequence) and not isinstance(value, str):
        return [_custom_field(view, each) for each in value]
    return value


def _channel(view: ViewName, key: str) -> str:
    for old, new in _CHANNELS.items():
        if key in (old, new):
            return new if view == "v3" else old
    return key


def _custom_field(view: ViewName, entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    wanted, other = "fieldValue", "field_value"
    if view == "v2":
        wanted, other = other, wanted
    if other not in entry or wanted in entry:
        return entry
    return {wanted if key == other else key: value for key, value in entry.items()}


def understood(body: Any) -> Any:
    """Add the right spelling beside each misspelt key of a reply. Returns the same object.

    The reply itself, the record it holds and the records of its list are looked at, and the
    channels of their `dndSettings`, which get both casings.
    """
    if not isinstance(body, dict):
        return body
    _correct(body)
    for value in [*body.values()]:
        if isinstance(value, dict):
            _correct(value)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    _correct(each)
    return body


def _correct(record: dict[str, Any]) -> None:
    for wrong, right in _MISSPELT:
        if wrong in record:
            record.setdefault(right, record[wrong])
    for one, other in _TWINS:
        _mirror(record, one, other)
    settings = record.get("dndSettings")
    if isinstance(settings, dict):
        for old, new in _CHANNELS.items():
            _mirror(settings, old, new)


def _mirror(record: dict[str, Any], one: str, other: str) -> None:
    # only objects: a word in `event` (a type of event) is no appointment
    if isinstance(record.get(one), dict):
        record.setdefault(other, record[one])
    elif isinstance(record.get(other), dict):
        record.setdefault(one, record[other])
