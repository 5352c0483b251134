"""Records and their fields: the plain values every decision is made on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | bool | float | tuple[str, ...] | None
"""One field's value. A tuple is a set of words (tags), sorted; None is empty."""

Values = Mapping[str, Value]
"""Canonical field name → value. A field that is not there was not read; None was read empty."""


class FieldType(StrEnum):
    """How a field is normalised, compared and merged."""

    TEXT = "text"  # trimmed, inner white space collapsed; case matters
    LONG_TEXT = "long_text"  # several lines: their breaks count, blanks at their ends do not
    HTML = "html"  # long text that the app keeps as HTML; its connector hands over plain lines
    EMAIL = "email"  # lower-cased
    PHONE = "phone"  # E.164 where the number is valid in the account's country
    COUNTRY = "country"  # ISO 3166 alpha-2 where known
    DATE = "date"  # YYYY-MM-DD
    MOMENT = "moment"  # an instant, as YYYY-MM-DDTHH:MM:SS.mmmZ, whatever offset it was told in
    NUMBER = "number"  # a decimal number, as its shortest digits: never a binary fraction
    BOOLEAN = "boolean"
    CONSENT = "consent"  # an opt-out: true wins, and nothing but a person turns it false
    WORDS = "words"  # a set of words (tags), compared without case, merged by difference

    @property
    def canonical(self) -> FieldType:
        """The type whose form is compared and stored: HTML is one app's form of long text."""
        return FieldType.LONG_TEXT if self is FieldType.HTML else self


class Identity(StrEnum):
    """How far equality of this field says that two records are the same person."""

    STRONG = "strong"
    WEAK = "weak"
    PART = "part"  # with the parent and the record's other parts, it tells it from its siblings


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource, as its connector declares it.

    `name` is canonical (app-neutral); `path` is the app's own key. `fallbacks` are further keys
    read when `path` is empty. `max_length` is the app's limit in characters: longer text is cut
    by that app, so it is cut before comparing too. `create_only` and `update_only` say that the
    app takes the field only in a create, or only once the record is there.

    `link` makes it the app's id of another record, and names that record's canonical kind: such an
    id means nothing to another app until it is translated through the links. `choices` are the
    app's words with ours, in pairs, where the app allows only certain words; the connector
    translates them both ways. `whole_seconds` says that the app drops fractions of a moment's
    seconds: they are dropped before comparing, too.
    """

    name: str
    path: str
    type: FieldType = FieldType.TEXT
    fallbacks: tuple[str, ...] = ()
    readonly: bool = False
    create_only: bool = False
    max_length: int | None = None
    identity: Identity | None = None
    update_only: bool = False
    link: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    whole_seconds: bool = False
    custom: bool = False
    """Whether the account made this field itself. Its name is `custom.` and the account's name."""
    whole: bool = False
    """Whether words are written as one list, because the app can neither add nor remove one."""


@dataclass(frozen=True, slots=True)
class Record:
    """One item of an app. `values` are canonical names with the app's values.

    `version` is the app's own word for this state (ETag), where it has one. `changed_at` is the
    app's last-change time, ISO 8601 UTC, where it has one.
    """

    id: str
    values: Values
    version: str | None = None
    changed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """What to change in one record of one app. Words (tags) travel as a difference."""

    set: Values = field(default_factory=dict)
    add: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remove: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.set or any(self.add.values()) or any(self.remove.values()))

    def applied_to(self, values: Values) -> dict[str, Value]:
        """Return `values` as they stand once this write is done."""
        after: dict[str, Value] = {**values, **self.set}
        for name in {*self.add, *self.remove}:
            words = after.get(name)
            now = set(words) if isinstance(words, tuple) else set()
            now = (now - set(self.remove.get(name, ()))) | set(self.add.get(name, ()))
            after[name] = tuple(sorted(now))
        return after
