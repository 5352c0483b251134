"""Custom fields by the name people gave them: which id, which type, and values both ways."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from instep.connectors.gohighlevel.client.errors import WrongArguments

# facts: ghl 6.6; the words of `dataType` are those of the specification and of what it answers
_NUMBERS = {"NUMERICAL", "MONETORY", "FLOAT"}
_SEVERAL = {"CHECKBOX", "MULTIPLE_OPTIONS", "TEXTBOX_LIST"}
_DATE = "DATE"
_FILES = {"FILE_UPLOAD", "SIGNATURE"}
_VALUE_KEYS = (
    *("value", "field_value", "fieldValue"),
    # facts: ghl 6.6: so an opportunity's values arrive
    *("fieldValueString", "fieldValueNumber", "fieldValueArray", "fieldValueDate"),
)


@dataclass(frozen=True, slots=True)
class CustomField:
    """One custom field of a location. `options` are the values it allows, empty if any."""

    id: str
    name: str
    key: str
    type: str
    options: tuple[str, ...] = ()


class CustomFields:
    """The custom fields of a location, found by name, key or id."""

    def __init__(self, definitions: Iterable[Mapping[str, Any]]) -> None:
        self._fields = tuple(_field(each) for each in definitions)
        self._by_id = {each.id: each for each in self._fields}
        self._by_word: dict[str, list[CustomField]] = {}
        for each in self._fields:
            for word in {each.name.lower(), each.key.lower(), _bare(each.key).lower()}:
                self._by_word.setdefault(word, []).append(each)

    def __iter__(self) -> Iterator[CustomField]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __getitem__(self, name: str) -> CustomField:
        """Return a field by id, key or name.

        Raises WrongArguments that names the nearest, or those that share the name.
        """
        if name in self._by_id:
            return self._by_id[name]
        found = self._by_word.get(name.lower(), [])
        if len(found) == 1:
            return found[0]
        if found:
            keys = ", ".join(each.key for each in found)
            raise WrongArguments(f"Several custom fields are called {name!r}; use a key: {keys}.")
        known = {each.name.lower(): each.name for each in self._fields}
        near = [known.get(each, each) for each in _near(name, [*known, *self._by_word])]
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise WrongArguments(f"This location has no custom field {name!r}.{meant}")

    def write(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return `customFields` for a create or an update, from values by name, key or id.

        Raises WrongArguments for an unknown name and for a value that does not fit its type.
        """
        written = []
        for name, value in values.items():
            field = self[name]
            # both names of the value are accepted; the client spells it for the view it speaks
            written.append({"id": field.id, "field_value": _outgoing(field, value)})
        return written

    def read(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a record's custom fields, typed, by name.

        Names that two fields share are replaced by their keys, fields that are not known (any
        more) by their ids.
        """
        read: dict[str, Any] = {}
        for entry in record.get("customFields") or ():
            field = self._by_id.get(entry.get("id", ""))
            value = next((entry[key] for key in _VALUE_KEYS if key in entry), None)
            if field is None:
                read[str(entry.get("id"))] = value
                continue
            several = len(self._by_word[field.name.lower()]) > 1
            read[field.key if several else field.name] = _incoming(field, value)
        return read


def _field(told: Mapping[str, Any]) -> CustomField:
    options = told.get("picklistOptions") or told.get("options") or ()
    words = tuple(each if isinstance(each, str) else str(each.get("label")) for each in options)
    key = str(told.get("fieldKey") or told["id"])
    return CustomField(
        str(told["id"]), str(told.get("name") or key), key, str(told.get("dataType")), words
    )


def _bare(key: str) -> str:
    # facts: ghl 6.6: definitions say contact.pincode, values may be written under pincode
    return key.rpartition(".")[2]


def _near(name: str, there: list[str]) -> list[str]:
    return difflib.get_close_matches(name.lower(), there, n=1)


def _outgoing(field: CustomField, value: Any) -> Any:
    if value is None or value == "":
        return value
    if field.type in _NUMBERS:
        return _number(field, value)
    if field.type == _DATE:
        return _day(field, value).isoformat()
    if field.type in _SEVERAL:
        several = [value] if isinstance(value, str) else [*value]
        return [_allowed(field, each) for each in several]
    if field.type in _FILES:
        return value
    return _allowed(field, value if isinstance(value, str) else str(value))


def _allowed(field: CustomField, value: str) -> str:
    """Return a value in the letters of its option. A list that is empty allows everything."""
    for option in field.options:
        if option.lower() == value.lower():
            return option
    if not field.options:
        return value
    # whether an option that is not in the list is kept is not in the facts; refused here, where
    # it can be seen, rather than dropped there, where it cannot
    near = _near(value, [each.lower() for each in field.options])
    meant = f" Did you mean {near[0]!r}?" if near else f" It takes {', '.join(field.options)}."
    raise WrongArguments(f"{field.name} has no option {value!r}.{meant}")


def _number(field: CustomField, value: Any) -> int | float:
    try:
        number = Decimal(str(value).replace(",", "")) if isinstance(value, str) else value
        return int(number) if number == int(number) else float(number)
    except (InvalidOperation, TypeError, ValueError, OverflowError):
        raise WrongArguments(f"{field.name} takes a number, and {value!r} is none.") from None


def _day(field: CustomField, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise WrongArguments(f"{field.name} takes a date, and {value!r} is none.") from None


def _incoming(field: CustomField, value: Any) -> Any:
    """Return a value in its type; one that does not fit stays as it came."""
    try:
        if field.type in _NUMBERS and isinstance(value, str) and value:
            return _number(field, value)
        if field.type == _DATE and value not in (None, ""):
            return _from_milliseconds(value) if isinstance(value, int) else _day(field, value)
    except (WrongArguments, OverflowError, OSError):
        return value
    if field.type in _SEVERAL and isinstance(value, str):
        return [value]
    return value


def _from_milliseconds(value: int) -> date:
    # facts: ghl 3.3: milliseconds since 1970, seen in the old API
    return datetime.fromtimestamp(value / 1000, UTC).date()
