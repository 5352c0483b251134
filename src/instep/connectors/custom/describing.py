"""The parts of a manifest about records: resources, their fields, parents, cursors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from instep.connectors.custom.parts import Call, Fact, ListCall, OneCall, Part, Word, WriteCall
from instep.connectors.custom.places import Place
from instep.core.records import FieldType, Identity


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; take one like Australia/Sydney") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class OneField(Fact):
    """One field: where it stands at the app, and what it holds."""

    path: Place
    type: FieldType = FieldType.TEXT
    fallbacks: tuple[Place, ...] = ()
    """Read where `path` is empty."""
    max: int | None = Field(default=None, ge=1)
    readonly: bool = False
    create_only: bool = False
    update_only: bool = False
    identity: Identity | None = None
    link: str | None = None
    """The kind of the record whose id this is."""
    values: dict[str, Word] = Field(default_factory=dict)
    """The app's words and ours."""
    split: Literal["first", "last"] | None = None
    """The app keeps one full name: this is its first word, or the rest."""
    sent_as: Literal["text", "number"] | None = None
    format: str | None = None
    """Of a time or a date: iso, epoch, epoch_ms, or a pattern such as %d/%m/%Y."""
    timezone: Zone = "UTC"
    whole_seconds: bool = False
    clear: Any = None
    """What is sent to empty the field."""
    never_empty: bool = False
    separator: str | None = None
    """Of words that the app keeps as one text."""
    item: str | None = None
    """Of words that the app keeps as objects: the key of the word."""
    add: Call | None = None
    remove: Call | None = None
    """Of words that have calls of their own; without them the whole list is written."""

    @model_validator(mode="after")
    def _is_one_thing(self) -> OneField:
        words = self.type is FieldType.WORDS
        if not words and (self.separator or self.item or self.add or self.remove):
            raise ValueError("separator, item, add and remove are for the type words")
        if (self.add is None) != (self.remove is None):
            raise ValueError("words have either both calls, add and remove, or none")
        if self.split and self.type is not FieldType.TEXT:
            raise ValueError("only a text can be one part of a full name")
        return self


def _short(value: Any) -> Any:
    """Let a field be given by its path alone."""
    return {"path": value} if isinstance(value, str) else value


ShortField = Annotated[OneField, BeforeValidator(_short)]


class Id(Fact):
    """Where a record's id stands, and where an update sends it."""

    path: Place = ("id",)
    sent_as: Literal["text", "number"] = "text"
    goes: Literal["path", "body", "query"] = "path"
    name: str = "id"
    """The parameter, where an update sends it in the query."""


class Version(Fact):
    """The app's word for a record's state: a header of the reply, or a place in the record."""

    header: str | None = None
    path: Place | None = None
    write_header: str | None = None

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Version:
        if (self.header is None) == (self.path is None):
            raise ValueError("a version stands either in a header or at a path")
        return self


class ChangeTime(Fact):
    """When a record changed, and how `{since}` is written."""

    field: Place
    record_format: str = "iso"
    param_format: str = "iso"
    timezone: Zone = "UTC"
    overlap: int = Field(default=120, ge=0)
    inclusive: bool = False
    ordered: bool = False


class Belongs(Fact):
    """Whose children the records are. `list` asks for those of one parent."""

    kind: str
    field: str
    listed_together: bool = False
    required: bool = True
    list: ListCall | None = None
    link: Call | None = None
    """The call that puts a new record below its parent, where no create can."""


class Deletions(Fact):
    """How a deleted record shows: it is missing (scan), it says so (flag), or not at all (none)."""

    detect: Literal["scan", "none", "flag"] = "scan"
    path: Place | None = None
    value: Any = True

    @model_validator(mode="after")
    def _flag_has_place(self) -> Deletions:
        if (self.detect == "flag") != (self.path is not None):
            raise ValueError("a flag, and nothing else, has a path")
        return self


class Insisted(Part):
    """A field the app insists on: what stands in for it, or why a person has to choose."""

    default: Word | None = None
    why: str = "The app takes no record without it."


class Rule(Part):
    """How a record is found again whose create had no answer."""

    by: tuple[str, ...] = ()
    made: str | None = None
    within: float = 600
    settle: float = 0


class OneResource(Fact):
    """A collection of like records."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    id: Id = Id()
    version: Version | None = None
    list: ListCall | None = None
    changes: ListCall | None = None
    get: OneCall
    find: dict[str, ListCall] = Field(default_factory=dict)
    create: WriteCall | None = None
    update: WriteCall | None = None
    delete: Call | None = None
    cursor: ChangeTime | None = None
    parent: Belongs | None = None
    deletions: Deletions = Deletions()
    fields: dict[str, ShortField] = Field(min_length=1)
    required: dict[str, Insisted] = Field(default_factory=dict)
    archived: dict[str, Word | bool] = Field(default_factory=dict)
    lookup: Rule = Rule()
    read_scopes: tuple[str, ...] = ()
    write_scopes: tuple[str, ...] = ()

    @property
    def reading(self) -> Mapping[str, ListCall]:
        """The calls that answer with records, by name."""
        below = self.parent.list if self.parent else None
        named = {"list": self.list, "changes": self.changes, "children": below}
        found = {f"find.{name}": call for name, call in self.find.items()}
        return {**{name: call for name, call in named.items() if call is not None}, **found}
