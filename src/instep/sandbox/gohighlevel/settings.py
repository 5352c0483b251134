"""The switches of the sandbox's GoHighLevel: where the real one can be configured or is unsure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from instep.core.errors import UserError

_DAY = 86_400


@dataclass(slots=True)
class Settings:
    """All switches, with what is known to be true (or most likely) as default.

    `GET` and `PUT /_sandbox/settings` show and change them while it runs; they are not kept.
    """

    allow_duplicate_contact: bool = False
    """The location's setting of this name: two contacts may share an e-mail or phone."""

    duplicate_order: tuple[str, ...] = ("email", "phone")
    """Which field decides first whether two contacts are the same; a location's preference."""

    reject_invalid_phone: bool = False
    """Refuse (400) a number that is not valid in the location's country, instead of keeping it
    as it was written. Which of the two GoHighLevel does is not known (facts: ghl 6.6)."""

    nested_groups: bool = False
    """Take filter groups inside groups; documented is one level (facts: ghl 6.3)."""

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
        if not set(given.get("duplicate_order", ())) <= {"email", "phone"}:
            raise UserError("Setting duplicate_order takes email and phone.")
        for name, value in given.items():
            setattr(self, name, value)
