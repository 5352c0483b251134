"""Webhooks: what an app tells us by itself, and what its connector makes of it. Pure.

A webhook is a hint, never the truth: it says which record to read again. Reading one proves first
that the app sent it, over the bytes as they came; nothing of an unproven body is looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from instep.core.errors import UserError
from instep.core.records import Values
from instep.core.shapes import Shape
from instep.sdk.request import JsonObject


@dataclass(frozen=True, slots=True)
class Incoming:
    """One webhook as it came. Header names are lower-case; `received_at` is aware, in UTC."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook says of a record that Instep keeps, because its app cannot be asked.

    `kind` and the names of `values` are canonical; fields that are left out stay as they were.
    `changed_at` (aware) is the app's own time of the change, None if it does not say: what is older
    than what was told before counts no more. `gone` says that the record is there no longer.
    `once`: it counts only where nothing is known of the record yet.
    """

    kind: str
    record_id: str
    values: Values = field(default_factory=dict)
    parent_id: str | None = None
    changed_at: datetime | None = None
    gone: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """What one webhook says: something may have changed at this record.

    `id` is the app's own id of the sending; a second one with the same id is a repetition. `event`
    is the app's word. `resource` is the record's canonical kind, None where there is nothing to
    read again: such a hint is kept and otherwise ignored. `record_id` and `parent_id` are as the
    app told them, and apps leave them out at times. `account_id` is the account it happened in.
    `deleted` says that the record is gone, which is believed only after a read that says so too.

    `told` are records that the webhook is the truth of, because nobody can be asked about them:
    they are stored with it, and each is hinted at as well, whatever `resource` says. See sdk.kept.

    `body` is what flows read of the event: the app's own words, without what the connector withholds.
    It is there for them alone, and never shown or kept with the event, since it holds people's data.
    `told_at` (epoch milliseconds) is the app's time of the event, None if it does not say.
    """

    id: str
    event: str
    resource: str | None
    record_id: str | None
    parent_id: str | None
    account_id: str | None
    deleted: bool = False
    told: tuple[Told, ...] = ()
    body: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    told_at: int | None = None


@dataclass(frozen=True, slots=True)
class EventKind:
    """What an app tells by itself: what `Hint.body` holds, and the scopes without which it does not."""

    body: Shape
    scopes: tuple[str, ...] = ()


class Refusal(StrEnum):
    """Why a webhook is not taken. The value is the sentence for people."""

    TOO_LARGE = "The webhook is larger than any the app sends."
    UNSIGNED = "The webhook has no signature, so anybody could have sent it."
    WRONGLY_SIGNED = "The webhook's signature does not fit its body: the app did not send this."
    NO_OBJECT = "The webhook's body is no JSON object."
    NO_TIME = "The webhook does not say when it was sent, so an old one could be sent again."
    TOO_OLD = "The webhook was sent too long ago; it may be an old one sent again."
    TOO_EARLY = "The webhook says it was sent in the future; compare the clock of this machine."
    REPEATED = "The webhook was received before."


class WebhookRefused(UserError):
    """A webhook that is not taken. `reason` says why; nothing of it was kept."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


def object_in(body: bytes) -> JsonObject:
    """Return the JSON object that a proven body holds. Raises WebhookRefused if it holds none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise WebhookRefused(Refusal.NO_OBJECT)
    return read


def content_id(incoming: Incoming) -> str:
    """Return an id for a webhook that has none: equal content within one minute is a repetition.

    Not for longer: `{"event": "contact.updated", "id": 5}` may well come again, and mean it.
    """
    minute = f"{incoming.received_at:%Y%m%d%H%M}"
    return f"sha256:{hashlib.sha256(incoming.body).hexdigest()}:{minute}"


class Webhooks(Protocol):
    """How a connector receives its app's webhooks."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys the app publishes, by name; a connection may replace them by its own."""

    def read(self, incoming: Incoming, keys: Mapping[str, str], now: datetime) -> Hint:
        """Prove that the app sent it, and return what it says.

        Raises WebhookRefused, or UserError where a key is unusable.
        """


@runtime_checkable
class SecretWebhooks(Webhooks, Protocol):
    """Webhooks that are proven by a secret of the connection, which is sealed with its credential.

    They are handed to `read` among the keys, by the names of the credential's secrets.
    """

    @property
    def secrets(self) -> Sequence[str]:
        """The names of these secrets."""


class Recent:
    """Remembers the ids of late, for as long as a webhook with such an id could still be taken.

    This is the rule in memory, with bounds. Whoever stores events has the same by a unique key on
    connection and id, which also holds across processes and restarts.
    """

    def __init__(self, keep: timedelta, most: int = 100_000) -> None:
        self._keep = keep
        self._most = most
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def take(self, hint_id: str, now: datetime) -> None:
        """Take note of an id. Raises WebhookRefused if it was noted within the time kept."""
        while self._seen and (
            len(self._seen) > self._most or next(iter(self._seen.values())) < now - self._keep
        ):
            self._seen.popitem(last=False)
        if hint_id in self._seen:
            raise WebhookRefused(Refusal.REPEATED)
        self._seen[hint_id] = now
