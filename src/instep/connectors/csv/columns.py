"""Columns: which field each column of a file is, and how its rows are known."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from instep.connectors.csv.cells import text_of, value_of
from instep.connectors.csv.kinds import FULL_NAME, Kind
from instep.core.errors import UserError
from instep.core.records import Field, FieldType, Value, Values
from instep.core.synonyms import plain
from instep.sdk.custom import PREFIX, named_apart

ID = "id"
"""The column that names a row where nobody says otherwise."""

_NAMES = ("first_name", "last_name")


@dataclass(frozen=True)
class Columns:
    """The columns of one file. `places` are the fields it has, by the column's place from 0.

    `key` is the place of the column that names a row; None: a row is known by what it says.
    `types` are those of the file's own columns, by header, where they are no texts.
    """

    kind: Kind
    headers: tuple[str, ...]
    places: Mapping[str, int]
    key: int | None = None
    full_name: int | None = None
    types: Mapping[str, FieldType] = field(default_factory=dict)

    @cached_property
    def checked(self) -> Mapping[int, FieldType]:
        """The types of the columns by place, where they are no plain texts."""
        return {place: kind for _, place, kind in self._typed if kind is not FieldType.TEXT}

    @property
    def custom(self) -> tuple[Field, ...]:
        """The columns that are fields of the file's own."""
        return tuple(
            Field(name, self.headers[place], self._type(name), custom=True)
            for name, place in self.places.items()
            if name.startswith(PREFIX)
        )

    def has(self, name: str) -> bool:
        """Whether there is a column for a field."""
        return name in self.places or (self.full_name is not None and name in _NAMES)

    @cached_property
    def _typed(self) -> tuple[tuple[str, int, FieldType], ...]:
        return tuple((name, place, self._type(name)) for name, place in self.places.items())

    @cached_property
    def _telling(self) -> tuple[tuple[str, int, FieldType], ...]:
        """The columns that a row may be known by."""
        names = {name for group in self.kind.known_by for name in group}
        return tuple(each for each in self._typed if each[0] in names)

    def values(self, cells: Sequence[str]) -> dict[str, Value]:
        """Return what a row's cells say, by field. A field without a column is left out."""
        values = {name: value_of(cells[place], kind) for name, place, kind in self._typed}
        return values | self._names(cells) if self.full_name is not None else values

    def telling(self, cells: Sequence[str]) -> dict[str, Value]:
        """Return only what a row may be known by."""
        values = {name: value_of(cells[place], kind) for name, place, kind in self._telling}
        return values | self._names(cells) if self.full_name is not None else values

    def _names(self, cells: Sequence[str]) -> dict[str, Value]:
        whole = value_of(cells[self.full_name or 0], FieldType.TEXT)
        first, _, last = " ".join(str(whole or "").split()).partition(" ")
        return {"first_name": first or None, "last_name": last or None}

    def cells(self, values: Values) -> dict[int, str]:
        """Return the cells that hold these values, by place. Raises RecordRejected."""
        cells = {
            self.places[name]: text_of(value, name)
            for name, value in values.items()
            if name in self.places
        }
        if self.full_name is not None and any(name in values for name in _NAMES):
            both = (values.get(name) for name in _NAMES)
            cells[self.full_name] = text_of(" ".join(str(each) for each in both if each), FULL_NAME)
        return cells

    def with_column(self, header: str, name: str | None) -> Columns:
        """Return these columns and one more at the end, for a field or (None) for the rows' ids."""
        place = len(self.headers)
        places = self.places if name is None else {**self.places, name: place}
        key = place if name is None else self.key
        headers = (*self.headers, header)
        return replace(self, headers=headers, places=places, key=key)

    def _type(self, name: str) -> FieldType:
        known = self.kind.field(name)
        if known is not None:
            return known.type
        return self.types.get(self.headers[self.places[name]], FieldType.TEXT)


def read_headers(
    kind: Kind,
    headers: Sequence[str],
    key: str,
    whose: str,
    types: Mapping[str, FieldType] = MappingProxyType({}),
) -> Columns:
    """Return the columns of a file whose first row is `headers`; `whose` is what it is called.

    Raises UserError where two columns have one name, the key has none, or nothing tells the
    rows apart.
    """
    names = tuple(" ".join(each.split()) for each in headers)
    _check_names(names, whose)
    key_at = _place_of_key(names, key, whose)
    known = _known(kind, names, key_at)
    full_name = known.pop(FULL_NAME, None)
    if any(name in known for name in _NAMES):
        full_name = None  # a third wording of the same: a column of the file's own
    taken = {*known.values(), full_name}
    if key_at is not None and plain(names[key_at]) == ID:
        taken.add(key_at)  # any other key says something of its own, too
    left = [place for place, name in enumerate(names) if name and place not in taken]
    custom = named_apart([(names[place], names[place]) for place in left])
    places = {**known, **dict(zip(custom, left, strict=True))}
    columns = Columns(kind, names, places, key_at, full_name, types)
    groups = [name for group in kind.known_by for name in group]
    if key_at is None and not any(columns.has(name) for name in groups):
        raise UserError(
            f"{whose} has no column {ID!r}, nor one for {', '.join(groups)}, so that its rows "
            f"cannot be told apart. It has: {_listed(names)}. Say which column does: key=COLUMN."
        )
    return columns


def new_columns(kind: Kind, key: str) -> Columns:
    """Return the columns of a file that Instep makes itself: all fields, each row with its id."""
    names = [each.name for each in kind.fields]
    places = {name: place for place, name in enumerate(names, start=1)}
    return Columns(kind, (key, *names), places, key=0)


def identity(columns: Columns, values: Values, cells: Sequence[str]) -> str:
    """Return what a row is known by where no column names it: e-mail, phone, name or all it says."""
    for group in columns.kind.known_by:
        said = [values.get(name) for name in group]
        if any(each is not None for each in said):
            if len(group) == 1 or group == _NAMES:
                return " ".join(_same(name, values.get(name)) for name in group).strip()
            return _digest(repr(said))
    return _digest(repr([*cells]))


def _same(name: str, value: Value) -> str:
    text = " ".join(str(value or "").split()).lower()
    return re.sub(r"[^\d+]", "", text) or text if name == "phone" else text


def _digest(text: str) -> str:
    return f"row-{hashlib.blake2b(text.encode(errors='replace'), digest_size=6).hexdigest()}"


def _check_names(names: Sequence[str], whose: str) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        first = seen.setdefault(name.casefold(), number)
        if name and first != number:
            raise UserError(
                f"{whose} has two columns called {name!r}, column {first} and column {number}: "
                "give one of them another name."
            )


def _place_of_key(names: Sequence[str], key: str, whose: str) -> int | None:
    wanted = plain(key)
    found = next((place for place, name in enumerate(names) if plain(name) == wanted), None)
    if found is None and wanted != ID:
        raise UserError(
            f"{whose} has no column {key!r} to know its rows by. It has: {_listed(names)}."
        )
    return found


def _known(kind: Kind, names: Sequence[str], key_at: int | None) -> dict[str, int]:
    """Return the canonical fields and their places; of two words for one the more telling wins."""
    ranks = {
        word: (name, rank) for name, words in kind.words.items() for rank, word in enumerate(words)
    }
    ranks |= {plain(each.name): (each.name, -1) for each in kind.fields}
    best: dict[str, tuple[int, int]] = {}
    for place, header in enumerate(names):
        found = ranks.get(plain(header))
        if found is None or (place == key_at and plain(header) == ID):
            continue
        name, rank = found
        if name not in best or rank < best[name][0]:
            best[name] = (rank, place)
    return {name: place for name, (_, place) in best.items()}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name for name in names if name) or "none"
