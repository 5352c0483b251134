"""What can go wrong in a call, by what the caller can do about it.

All of them belong to the core's tree (`instep.core.errors`), so whoever catches `RetryLater` or
`ConnectionBroken` catches these, too:

UserError
├── WrongArguments        unknown, missing or unusable argument; nothing was sent (a TypeError, too)
└── RemovedInV3           gone in v3; `replacement` names what took its place
ConnectionBroken
├── TokenRefused          the credential is not accepted
│   └── TokenExpired      it was accepted once; renew or connect again
├── ScopeMissing          `scope` names it
└── AccountDenied
    └── LocationDenied    the credential is good, but not for this location
RetryLater
├── RateLimited           too many calls; `at` says when to go on
├── DailyLimit            `at` says when the day's quota is renewed
└── OutcomeUnknown        a write was sent and no answer came: look before repeating
RecordRejected
├── ValidationFailed      `problems` are GoHighLevel's sentences
├── SlotTaken             the time of an appointment is not free
└── Duplicate
    ├── DuplicateContact      `contact_id`, `field`
    └── DuplicateOpportunity  `existing_id`
Gone
└── NotFound
"""

from __future__ import annotations

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    Gone,
    InstepError,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    UserError,
)

__all__ = [
    "AccountDenied",
    "ConnectionBroken",
    "DailyLimit",
    "Duplicate",
    "DuplicateContact",
    "DuplicateOpportunity",
    "Gone",
    "InstepError",
    "LocationDenied",
    "NotFound",
    "OutcomeUnknown",
    "RateLimited",
    "RecordRejected",
    "RemovedInV3",
    "RetryLater",
    "ScopeMissing",
    "SlotTaken",
    "TokenExpired",
    "TokenRefused",
    "UserError",
    "ValidationFailed",
    "WrongArguments",
]


class WrongArguments(UserError, TypeError):
    """An operation was called with what it does not take, or without what it needs."""


class RemovedInV3(UserError):
    """The operation is not in v3. `replacement` says what to call instead, if there is anything."""

    def __init__(self, message: str, replacement: str | None = None) -> None:
        super().__init__(message)
        self.replacement = replacement


class TokenRefused(ConnectionBroken):
    """GoHighLevel does not accept the credential."""


class TokenExpired(TokenRefused):
    """GoHighLevel says that the access token is not valid (any more)."""


class LocationDenied(AccountDenied):
    """The credential is good, but not for this location."""


class RateLimited(RetryLater):
    """Too many calls in too short a time. `at` says when to go on."""


class ValidationFailed(RecordRejected):
    """GoHighLevel does not take these values. `problems` are its sentences, one for each."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class SlotTaken(RecordRejected):
    """Somebody else has this time already, or it is outside of what the calendar offers."""


class DuplicateContact(Duplicate):
    """The location has such a contact and allows no second: `contact_id`, matched by `field`."""

    @property
    def contact_id(self) -> str:
        """The id of the contact that is there."""
        return self.existing_id

    @property
    def field(self) -> str | None:
        """What is equal: "email" or "phone"."""
        return self.matching_field


class DuplicateOpportunity(Duplicate):
    """The contact has such an opportunity and the location allows no second: `existing_id`."""


class NotFound(Gone):
    """There is no such record (any more)."""
