"""The switches of the sandbox's GoHighLevel: where the real one can be configured or is unsure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from instep.core.errors import UserError

_DAY = 86_400

_CHOICES = {
    "webhook_signatures": ("ed25519", "both", "rsa", "none"),
    "webhook_retries": ("only_429", "any_failure", "none"),
    "install_webhook": ("before", "after"),
}


@dataclass(slots=True)
class Settings:
    """All switches, with what is known to be true (or most likely) as default.

    `GET` and `PUT /_sandbox/settings` show and change them while it runs; they are not kept.
    """

    allow_duplicate_contact: bool = False
    """Two contacts may share an e-mail or phone; a location's own setting of this name goes before
    it."""

    allow_duplicate_opportunity: bool = False
    """A contact may have several opportunities in one pipeline; a location's own setting of this
    name goes before it."""

    duplicate_order: tuple[str, ...] = ("email", "phone")
    """Which field decides first whether two contacts are the same; a location's preference."""

    reject_invalid_phone: bool = False
    """Refuse (400) a number that is not valid in the location's country, instead of keeping it
    as it was written. Which of the two GoHighLevel does is not known (facts: ghl 6.6)."""

    nested_groups: bool = False
    """Take filter groups inside groups; documented is one level (facts: ghl 6.3)."""

    appointment_key: bool = False
    """Answer one appointment under `appointment`, as was seen live, instead of `event`, as the
    spec says (facts: ghl 6.8)."""

    appointment_update_confirms: bool = False
    """An update that names no status confirms the appointment, as one observer reports."""

    nested_messages: bool = True
    """Wrap a list of messages once more in `messages`, as the real one does; its specification
    shows the list without (issue 54 of the official API's tracker)."""

    refuse_urllib: bool = True
    """Turn away Python's default user agent, as the firewall before the real API does."""

    access_token_seconds: int = _DAY - 1
    """How long an access token lives."""

    refresh_token_seconds: int = 365 * _DAY
    """How long an unused refresh token lives."""

    refresh_grace_seconds: int = 30
    """How long a used refresh token still answers with the tokens it was exchanged for."""

    redirect_uris: tuple[str, ...] = ()
    """Where authorisation codes may be sent, besides any address on this machine."""

    webhook_signatures: str = "ed25519"
    """How webhooks are signed: `ed25519`, `rsa` (the older kind), `both`, or `none`, which sends
    the literal N/A in place of a signature (facts: ghl 5.3)."""

    webhook_retries: str = "only_429"
    """Which answers make a webhook come again: `only_429` up to 6 times about ten minutes apart,
    `any_failure` up to 12 times, each wait twice the one before, or `none` (facts: ghl 5.4)."""

    webhook_pace: int = 1
    """How many times faster than really webhooks are sent again."""

    webhook_renews_timestamp: bool = False
    """A webhook sent again says when it is sent, not when it happened: then it is never too old for
    its receiver. Which of the two GoHighLevel does is not in the facts."""

    thin_webhooks: bool = True
    """Leave out of webhooks what the real ones were seen to leave out (facts: ghl 5.2)."""

    install_webhook: str = "before"
    """Whether the app is told of its installation `before` or `after` it has exchanged its code
    for tokens; in reality both happen (facts: ghl 3.1)."""

    def describe(self) -> dict[str, Any]:
        """Return all switches as JSON."""
        return asdict(self)

    def change(self, wanted: dict[str, Any]) -> None:
        """Set some switches. Raises UserError, and sets none, if one is unknown or of wrong type."""
        known = {field.name for field in fields(self)}
        given = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in wanted.items()
        }
        for name, value in given.items():
            if name not in known:
                there_are = ", ".join(sorted(known))
                raise UserError(f"There is no setting {name!r}; there are {there_are}.")
            if type(value) is not type(getattr(self, name)):
                raise UserError(f"Setting {name} cannot be {value!r}.")
        for name in _CHOICES.keys() & given.keys():
            if given[name] not in _CHOICES[name]:
                raise UserError(f"Setting {name} is one of {', '.join(_CHOICES[name])}.")
        pace = given.get("webhook_pace", 1)
        if not isinstance(pace, int) or pace < 1:
            raise UserError("Setting webhook_pace is a whole number from 1.")
        if not set(given.get("duplicate_order", ())) <= {"email", "phone"}:
            raise UserError("Setting duplicate_order takes email and phone.")
        for name, value in given.items():
            setattr(self, name, value)
