"""A resource: a collection of like records at an app, described so that the engine can drive it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from instep.core.records import Field, Record, Values, Write
from instep.sdk.request import Reply, Request


@dataclass(frozen=True, slots=True)
class Account:
    """The remote tenant a connection reaches, and what the user typed about it.

    `id` is the tenant's own id (GHL: location id). `country` (ISO alpha-2) completes local phone
    numbers. `config` holds the connection's other settings; secrets are never in it.
    """

    id: str
    country: str | None
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How "what changed since" works here.

    `overlap_seconds` is read again at every poll, for rows an index shows late. `ordered` says
    that pages come in cursor order, so that a stopped poll may go on from its last page's time;
    otherwise the cursor moves only after the last page.
    """

    overlap_seconds: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Lookup:
    """How to find a record again after a write whose outcome is unknown.

    `settle_seconds` is how long the app's own lookups may lag behind its writes.
    """

    settle_seconds: float = 0.0


class Resource(ABC):
    """One resource of one connection. Describes requests and reads replies; sends nothing.

    Values handed out are canonical names with the app's raw values; normalising them is the
    core's work. Every method may be called any number of times: a resource has no state.
    """

    name: ClassVar[str]
    """The app's own word, plural: `contacts`."""
    canonical: ClassVar[str]
    """The app-neutral kind both sides of a sync share: `contact`."""
    fields: ClassVar[tuple[Field, ...]]
    cursor: ClassVar[Cursor]
    lookup: ClassVar[Lookup] = Lookup()
    read_scopes: ClassVar[tuple[str, ...]] = ()
    write_scopes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, account: Account) -> None:
        self.account = account

    # Reading

    @abstractmethod
    def list(self) -> Request:
        """Ask for the first page of every record there is."""

    @abstractmethod
    def changes(self, since: str) -> Request:
        """Ask for the first page of what changed after `since` (ISO 8601 UTC, exclusive)."""

    @abstractmethod
    def next(self, last: Request, reply: Reply) -> Request | None:
        """Ask for the page after `last`, or None when that was the last one."""

    @abstractmethod
    def records(self, reply: Reply) -> Sequence[Record]:
        """Read the records of one page of `list`, `changes` or `find`."""

    @abstractmethod
    def get(self, record_id: str) -> Request:
        """Ask for one record."""

    @abstractmethod
    def record(self, reply: Reply) -> Record:
        """Read the record out of a reply to `get`."""

    @abstractmethod
    def find(self, field: str, value: str) -> Request | None:
        """Ask for records whose canonical `field` equals `value`; None if the app cannot."""

    # Writing

    @abstractmethod
    def create(self, values: Values) -> Request:
        """Ask to create a record with these values (None and empty values are left out)."""

    @abstractmethod
    def created(self, reply: Reply) -> Record:
        """Read the new record, as the app kept it, out of a reply to `create`."""

    @abstractmethod
    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:
        """Ask for this write, in as few calls as the app allows, in order.

        `version` guards the first call where the app can check it (If-Match).
        """

    @abstractmethod
    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read what the app answered to `update`: the values it named, and the new version.

        Fields the replies do not name are left out; the engine knows those already.
        """
