"""A table: one reading of a file, row by row, and the changes made to it. No disk in here.

Rows stay as they were written, quotes and all, until one of their cells changes; then that cell
alone is written anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from instep.connectors.csv.cells import guarded, text_of, unguarded
from instep.connectors.csv.columns import (
    ID,
    Columns,
    identity,
)
from instep.connectors.csv.kinds import Kind
from instep.core.errors import RecordRejected
from instep.core.records import FieldType, Record, Value, Values, Write
from instep.sdk.custom import PREFIX
from instep.sdk.tables import (
    Encoding,
    Row,
    cells,
    piece,
    pieces,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written: its characters, what stands between cells, what ends a line.

    `quoted` says that every cell is in quotes.
    """

    encoding: Encoding = field(default_factory=Encoding)
    delimiter: str = ","
    line_end: str = "\r\n"
    quoted: bool = False

    def row(self, texts: Sequence[str]) -> str:
        """Return a row of these texts, its line end included."""
        written = [piece(text, self.delimiter, quoted=self.quoted) for text in texts]
        return self.delimiter.join(written) + self.line_end


@dataclass(frozen=True, slots=True)
class Form:
    """What is known of a file before it is read: its kind of records, the column of their ids.

    `types` are those of columns that are the file's own, by header; the others are texts.
    """

    kind: Kind
    key: str = ID
    largest_rows: int = 250_000
    types: Mapping[str, FieldType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is no row: where it is, why, and what stands there."""

    line: int
    why: str
    cells: Sequence[str]


@dataclass(slots=True)
class Table:
    """The rows of one file.

    `lines` are the rows as they are written, "" for a removed one; `ids` what each is known by.
    `numbers` are the lines they begin on; `faults` the lines that are no rows.
    """

    form: Form
    dialect: Dialect
    columns: Columns
    head: str
    lines: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)
    _holders: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    # Reading

    def __len__(self) -> int:
        return len(self._places)

    def place(self, record_id: str) -> int | None:
        """Return a row's place from 0; None if there is no such row."""
        return self._places.get(record_id)

    def cells(self, place: int) -> list[str]:
        """Return the cells of the row at a place, as they read."""
        return cells(self.lines[place].lstrip("\r\n"), self.dialect.delimiter)

    def values(self, place: int) -> dict[str, Value]:
        """Return what the row at a place says, by field."""
        return self.columns.values(self.cells(place))

    def record(self, place: int, changed_at: str | None) -> Record:
        """Return the row at a place as a record; its version is what it says."""
        found = self.cells(place)
        values = self.columns.values(found)
        if self.columns.key is not None:
            found[self.columns.key] = ""  # a column more, or an id, makes no other row of it
        said = "\0".join(found).rstrip("\0").encode(errors="replace")
        version = hashlib.blake2b(said, digest_size=8).hexdigest()
        return Record(self.ids[place], values, version, changed_at)

    def following(self, place: int) -> Iterator[int]:
        """Yield the places of the rows from one on, in the order of the file."""
        return (each for each in range(place, len(self.lines)) if self.lines[each])

    def holders(self, name: str, value: str) -> Sequence[str]:
        """Return the ids of the rows whose field has a value, without regard to case."""
        if name not in self._holders:
            known: dict[str, list[str]] = {}
            for place in self.following(0):
                said = self.values(place).get(name)
                if isinstance(said, str):
                    known.setdefault(said.strip().lower(), []).append(self.ids[place])
            self._holders[name] = known
        return self._holders[name].get(value.strip().lower(), ())

    # Changing

    def add(self, values: Values) -> int:
        """Append a row and return its place. Raises RecordRejected, and then nothing is changed."""
        self._check(values)
        self._prepare(values)
        texts = [""] * len(self.columns.headers)
        for place, text in self.columns.cells(values).items():
            texts[place] = text
        record_id = self._new_id(values, texts)
        if self.columns.key is not None:
            texts[self.columns.key] = guarded(record_id)
        last = self.lines[-1] if self.lines else self.head
        if not last.endswith(("\n", "\r")):
            self._end_last_line()
        self._take(self.dialect.row(texts), record_id, 0)
        self._holders.clear()
        return len(self.lines) - 1

    def edit(self, place: int, write: Write) -> None:
        """Change a row. Raises RecordRejected, and then nothing is changed."""
        after = write.applied_to(self.values(place))
        named = {*write.set, *write.add, *write.remove}
        changed = {name: after[name] for name in named}
        if self.columns.full_name is not None and named & {"first_name", "last_name"}:
            changed = {**{name: after.get(name) for name in ("first_name", "last_name")}, **changed}
        key = self.columns.key
        if key is not None and any(self.columns.places.get(name) == key for name in changed):
            raise RecordRejected(
                f"The column {self.columns.headers[key]!r} is what rows are known by, so that it "
                "is not changed."
            )
        self._check(changed)
        self._prepare(changed)
        texts = self.columns.cells(changed)
        key = self.columns.key
        if key is not None and not self.cells(place)[key].strip():
            texts[key] = guarded(self.ids[place])  # what it is known by may change now
        self.lines[place] = self._with_cells(self.lines[place], texts)
        self._holders.clear()

    def remove(self, record_id: str) -> None:
        """Take a row out."""
        self.lines[self._places.pop(record_id)] = ""
        self._holders.clear()

    def dump(self) -> bytes:
        """Return the file's bytes."""
        encoding = self.dialect.encoding
        return encoding.mark + encoding.encode("".join((self.head, *self.lines)))

    def _prepare(self, values: Values) -> None:
        """Give every row an id of its own, and every value a column: we are about to write."""
        if self.columns.key is None:
            self._widen(ID, None, [*map(guarded, self.ids)])
        for name, value in values.items():
            if value not in (None, "", ()) and not self.columns.has(name):
                self._widen(name.removeprefix(PREFIX), name, None)

    def _widen(self, header: str, name: str | None, texts: Sequence[str] | None) -> None:
        """Add a column at the end, with a text for each row."""
        width = len(self.columns.headers)
        self.columns = self.columns.with_column(header, name)
        self.head = self._with_cells(self.head, {width: header})
        for place in self.following(0):
            text = "" if texts is None else texts[place]
            self.lines[place] = self._with_cells(self.lines[place], {width: text})

    def _with_cells(self, line: str, texts: Mapping[int, str]) -> str:
        """Return a written row with some of its cells anew."""
        row = line.lstrip("\r\n")
        body = row.rstrip("\r\n")
        end = row[len(body) :]
        found = pieces(body, self.dialect.delimiter)
        found += [""] * (max(texts, default=0) + 1 - len(found))
        for place, text in texts.items():
            found[place] = piece(text, self.dialect.delimiter, quoted=self.dialect.quoted)
        return line[: len(line) - len(row)] + self.dialect.delimiter.join(found) + end

    def _check(self, values: Values) -> None:
        """Check that the file can hold these values, and take the id they give. Raises RecordRejected."""
        for name, value in values.items():
            try:
                self.dialect.encoding.encode(name + text_of(value, name))
            except UnicodeEncodeError as error:
                odd = error.object[error.start : error.start + 1]
                raise RecordRejected(
                    f"The file is kept in {self.dialect.encoding.codec}, which has no {odd!r}. "
                    "Save it as UTF-8, and it will hold every character."
                ) from None

    def _end_last_line(self) -> None:
        if self.lines:
            self.lines[-1] += self.dialect.line_end
        else:
            self.head += self.dialect.line_end

    def _new_id(self, values: Values, texts: Sequence[str]) -> str:
        key = self.columns.key
        if key is not None and texts[key]:
            said = unguarded(texts[key])
            if said in self._places:
                raise RecordRejected(f"There is a row {said!r} already.")
            return said
        return self._free(identity(self.columns, values, texts if any(texts) else [uuid4().hex]))

    def _free(self, wanted: str) -> str:
        """Return an id that no row has: rows that say the same are counted."""
        number, free = 1, wanted
        while free in self._places:
            number += 1
            free = f"{wanted}#{number}"
        return free

    def _take(self, line: str, record_id: str, number: int) -> None:
        self._places[record_id] = len(self.lines)
        self.lines.append(line)
        self.ids.append(record_id)
        self.numbers.append(number)

    def take(self, row: Row, line: str) -> str | None:
        """Take a row in as it was read; say why not if its id is taken."""
        key = self.columns.key
        said = unguarded(row.cells[key].strip()) if key is not None else ""
        if not said:
            values = self.columns.telling(row.cells)
            said = self._free(identity(self.columns, values, row.cells))
        elif said in self._places:
            first = self.numbers[self._places[said]]
            name = self.columns.headers[key or 0]
            return f"{name} is {said!r}, which line {first} has already"
        self._take(line, said, row.line)
        return None
