"""A resource: a collection of like records at an app, described so that the engine can drive it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, NoReturn, Self

from instep.core.errors import RecordRejected, UserError
from instep.core.records import Field, Record, Value, Values, Write
from instep.sdk.request import Reply, Request


@dataclass(frozen=True, slots=True)
class Account:
    """The remote tenant a connection reaches, and what the user typed about it.

    `id` is the tenant's own id (GHL: location id). `country` (ISO alpha-2) completes local phone
    numbers. `config` holds the connection's other settings; secrets are never in it. `custom` are
    the fields that the account made itself, by canonical kind, as they were last read.
    """

    id: str
    country: str | None
    config: Mapping[str, str]
    custom: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How "what changed since" works here.

    `overlap_seconds` is read again at every poll, for rows an index shows late. `ordered` says
    that pages come in cursor order, so that a stopped poll may go on from its last page's time;
    otherwise the cursor moves only after the last page. Where the app cannot leave out what did
    not change, `since` is False and `changes` reads everything. `late` says that lists come from
    an index behind the records: what they show may be old, so it is read by id before it is
    written over.
    """

    overlap_seconds: int
    ordered: bool
    since: bool = True
    late: bool = False


EVERYTHING = Cursor(overlap_seconds=0, ordered=False, since=False)
"""The cursor of an app that cannot say what changed."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """How to find a record again after a write whose outcome is unknown.

    `settle_seconds` is how long the app's own lookups may lag behind its writes. Where a record
    has no key to search by, `by` names the fields that together tell it from the others (under the
    same parent, where it has one). `made` is the field with the time of its making, if there is
    one: it has to lie within `within_seconds` of the sending.
    """

    settle_seconds: float = 0.0
    by: tuple[str, ...] = ()
    made: str | None = None
    within_seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Parent:
    """Whose children the records are.

    `kind` is the parents' canonical kind, `field` the canonical field that holds the parent's id.
    `listed_together` says that `list` and `changes` reach the children of all parents at once;
    otherwise they work only `under` one parent. `required`: nothing is created without a parent.
    """

    kind: str
    field: str
    listed_together: bool
    required: bool = True


@dataclass(frozen=True, slots=True)
class Required:
    """A field the app insists on when a record is created, and what Instep says if nobody does.

    `default` is in our words; of a moment `+1d` is one day after the writing (d, h and m are
    known). None: a person has to choose, per sync. `why` is the sentence that tells them.
    """

    field: str
    default: str | None
    why: str


class Resource(ABC):
    """One resource of one connection. Describes requests and reads replies; sends nothing.

    Values handed out are canonical names with the app's raw values; normalising them is the
    core's work. Every method may be called any number of times: a resource has no state.
    """

    name: ClassVar[str]
    """The app's own word, plural: `contacts`."""
    canonical: ClassVar[str]
    """The app-neutral kind both sides of a sync share: `contact`."""
    fields: tuple[Field, ...]
    """Of the class: what every account has. Of a resource: the account's custom fields, too."""
    cursor: ClassVar[Cursor]
    lookup: ClassVar[Lookup] = Lookup()
    read_scopes: ClassVar[tuple[str, ...]] = ()
    write_scopes: ClassVar[tuple[str, ...]] = ()
    custom_scopes: ClassVar[tuple[str, ...]] = ()
    """Needed besides where a sync names one of the account's custom fields."""
    parent: ClassVar[Parent | None] = None
    """Set where a record belongs to a record of another resource and is reached through it."""
    readonly: ClassVar[bool] = False
    """Whether the app, or this connector, only lets the records be read."""
    creates: ClassVar[bool] = True
    """Whether records can be made; False where the app has no way to."""
    updates: ClassVar[bool] = True
    """Whether records can be changed; False where the app has no way to."""
    required: ClassVar[tuple[Required, ...]] = ()
    """What the app insists on in a create, besides what the connector always sends."""
    kept: ClassVar[bool] = False
    """Whether Instep's own database answers for the records, as the app cannot be asked."""
    write_only: ClassVar[bool] = False
    """Whether what is written to the app cannot be read back from it; every report says so."""
    guarded: ClassVar[bool] = False
    """Whether the app refuses an `update` whose version is not the record's any more."""
    archived: ClassVar[Mapping[str, Value]] = {}
    """The values that put a record away without deleting it; empty: the app has no such thing."""

    def __init__(self, account: Account, parent_id: str | None = None) -> None:
        self.account = account
        self.parent_id = parent_id
        custom = account.custom.get(self.canonical)
        if custom:
            self.fields = (*type(self).fields, *custom)

    def under(self, parent_id: str) -> Self:
        """Return this resource as it is below one parent: its list is that parent's children.

        The children are read, created and changed through what this returns.
        """
        return type(self)(self.account, parent_id)

    @property
    def links_later(self) -> bool:
        """Whether a record is linked to its parent only once it is there."""
        return self.parent is not None and any(
            each.update_only for each in self.fields if each.name == self.parent.field
        )

    def _parent(self) -> str:
        """Return the parent that a request needs. Raises RecordRejected if none was named."""
        if self.parent_id is None:
            kind = self.parent.kind if self.parent else "parent"
            raise RecordRejected(
                f"The {self.canonical} can be reached only through its {kind}, which is not known."
            )
        return self.parent_id

    def withheld(self, field: str) -> str | None:  # noqa: ARG002 - the default withholds nothing
        """Say why a field of the app is never read, where that is on purpose; else None."""
        return None

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

    # Custom fields

    def ask_custom_fields(self) -> Request | None:
        """Ask which fields the account made itself; None if this resource can have none."""
        return None

    def custom_fields(self, reply: Reply) -> Sequence[Field]:  # noqa: ARG002 - the default has none
        """Read the answer: one field each, named `custom.` and the account's own name for it."""
        return ()

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

    def delete(self, record_id: str) -> Request | None:  # noqa: ARG002 - the default knows no way
        """Ask to delete one record; None if the app cannot. Afterwards `get` says Gone."""
        return None

    # Recognising

    def recognises(self, written: Values, record: Record, sent_at: datetime) -> bool:
        """Say whether `record` is what a create of `written` made whose answer got lost.

        Goes by the rule that `lookup` declares, so False where it names no fields.
        """
        from instep.core.normalise import normalise  # noqa: PLC0415 - slow to load, rarely needed

        rule, country = self.lookup, self.account.country
        fields = [field for field in self.fields if field.name in rule.by]
        same = all(
            normalise(written.get(field.name), field, country)
            == normalise(record.values.get(field.name), field, country)
            for field in fields
        )
        return bool(fields) and same and self._made_near(record, sent_at)

    def _made_near(self, record: Record, sent_at: datetime) -> bool:
        made = record.values.get(self.lookup.made) if self.lookup.made else None
        if not isinstance(made, str):
            return True  # the app does not tell
        distance = abs(datetime.fromisoformat(made) - sent_at)
        return distance <= timedelta(seconds=self.lookup.within_seconds)


class ReadOnlyResource(Resource):
    """A resource whose records Instep only reads. Every way to write says so."""

    readonly = True

    def create(self, values: Values) -> Request:  # noqa: ARG002 - there is nothing to do with them
        """Refuse. Raises UserError."""
        self._refuse()

    def created(self, reply: Reply) -> Record:  # noqa: ARG002 - nothing was asked
        """Refuse. Raises UserError."""
        self._refuse()

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - as above
        """Refuse. Raises UserError."""
        self._refuse()

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:  # noqa: ARG002 - as above
        """Refuse. Raises UserError."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise UserError(f"The {self.name} of this app can only be read, not written.")
