"""Everything that can go wrong, grouped by what the engine does next.

InstepError
├── UserError            show the sentence; a person changes something and tries again
│   └── NeedsPerson      not an error of use: somebody has to decide (exit code 3)
├── ConnectionBroken     stop this connection until a person re-authorises it
│   ├── ScopeMissing     the credential lacks a scope; `scope` names it when known
│   └── AccountDenied    the credential is good, but not for this account (GHL: location)
├── RetryLater           transient; `at` says when, if the app said so
│   ├── DailyLimit       the account's quota is used up; nothing goes out before `at`
│   ├── OutcomeUnknown   sent, no answer: look up before repeating
│   └── TooManyAttempts  to sign in, all of them wrong: wait
├── NotSignedIn          nobody who was shown to be somebody: sign in, or send a good token
├── NotAllowed           somebody whose role is not enough for this
├── RecordRejected       this record only; the run goes on
│   ├── Duplicate        the app already has it; `existing_id` says where
│   └── VersionStale     it moved since we read it (ETag); read again, decide again
├── Gone                 the record is not there any more
└── SyncHalted           a safety rule stopped the sync; a person releases it
"""

from __future__ import annotations

from datetime import datetime


class InstepError(Exception):
    """The root. `str()` of any of these is one plain sentence, safe to show and to log."""


class UserError(InstepError):
    """Wrong use: bad input, unknown name, unusable setting. Nothing was changed."""


class NeedsPerson(UserError):
    """Nothing is broken, but somebody has to decide before work can go on."""


class ConnectionBroken(InstepError):
    """The app refuses this connection's credential. Retrying cannot help.

    `connection_id` says which connection it was, once somebody knows.
    """

    connection_id: str | None = None


class ScopeMissing(ConnectionBroken):
    """The credential is valid but lacks a scope."""

    def __init__(self, message: str, scope: str | None = None) -> None:
        super().__init__(message)
        self.scope = scope


class AccountDenied(ConnectionBroken):
    """The credential is valid but may not reach this account."""


class RetryLater(InstepError):
    """Transient. `at` (UTC, aware) is the app's own word; None means back off."""

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class DailyLimit(RetryLater):
    """The daily quota is used up until `at`."""


class OutcomeUnknown(RetryLater):
    """A write was sent and no clear answer came back: it may or may not have happened.

    `answered` is HTTP's status, if the app answered that it could not.
    """

    answered: int | None = None


class TooManyAttempts(RetryLater):
    """Signing in failed too often; nothing is looked at before `at`."""


class NotSignedIn(InstepError):
    """What was said does not let anybody in: no session, no good token, a wrong password."""


class NotAllowed(InstepError):
    """It is known who asks, and their role is not enough; or a page of another site asks."""


class RecordRejected(InstepError):
    """The app refuses this one record (400, 422). Other records go on."""


class Duplicate(RecordRejected):
    """The app already holds such a record and refuses a second."""

    def __init__(self, message: str, existing_id: str, matching_field: str | None = None) -> None:
        super().__init__(message)
        self.existing_id = existing_id
        self.matching_field = matching_field


class VersionStale(RecordRejected):
    """The record changed since the version we based the write on."""


class Gone(InstepError):
    """The record does not exist (any more)."""


class SyncHalted(InstepError):
    """A safety rule stopped a sync. `reason` is a code, the message a sentence."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
