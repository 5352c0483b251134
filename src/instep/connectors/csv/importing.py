"""Look through the rows of a file before they are imported: what is wrong, where, and what to do.

What passes becomes a file of its own, in which every row has its id; the import is a sync of that.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from instep.connectors.csv.cells import guarded, text_of, unguarded, value_of
from instep.connectors.csv.columns import Columns, read_headers
from instep.connectors.csv.table import Dialect, Table
from instep.core.countries import code_of
from instep.core.normalise import to_e164
from instep.core.records import FieldType
from instep.core.synonyms import plain
from instep.sdk.tables import Encoding

KEY = "instep_id"
"""The column of the prepared file that names its rows."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.ASCII)
_LOCAL_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_MONTH_FIRST = {"US", "PH"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file that was brought: its line, its id in the prepared file, its cells."""

    line: int
    id: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in a line: the column, if it is about one, and a sentence that says what to do."""

    line: int
    column: str | None
    sentence: str

    def told(self) -> str:
        """Return it as a person reads it."""
        where = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{where}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an import takes of a file, and what it does not.

    `columns` are those of the prepared file, whose bytes are `raw`. `refused` are the rows left
    out, each with its reason, `warnings` what is taken although it is odd.
    """

    columns: Columns
    raw: bytes
    rows: Sequence[Row]
    refused: Sequence[tuple[Row, Finding]]
    warnings: Sequence[Finding]
    headers: Sequence[str]
    dialect: Dialect


@dataclass(slots=True)
class _Checker:
    """Looks at one table, row by row."""

    table: Table
    country: str | None
    warnings: list[Finding] = field(default_factory=list)

    def finding(self, place: int) -> Finding | None:
        """Return why a row is not taken; None if it is."""
        line, values = self.table.numbers[place], self.table.values(place)
        known = {name for group in self.table.columns.kind.known_by for name in group}
        if not any(values.get(name) for name in known):
            names = ", ".join(sorted(known))
            return Finding(line, None, f"it has none of {names}; fill one in")
        email = values.get("email")
        if isinstance(email, str) and not _EMAIL.fullmatch(email.strip()):
            said = f"{email!r} is not an e-mail address; correct it, or leave it empty"
            return Finding(line, self._header("email"), said)
        return None

    def cells(self, place: int) -> list[str]:
        """Return a row's cells as the prepared file has them: phones and dates as all apps read them."""
        columns = self.table.columns
        cells = self.table.cells(place)[: len(columns.headers)]
        told = self.table.values(place).get("country")
        country = code_of(told) if isinstance(told, str) else self.country
        for at, kind in columns.checked.items():
            text = value_of(cells[at], FieldType.TEXT)
            if not isinstance(text, str):
                continue
            if kind is FieldType.DATE:
                cells[at] = self._date(place, at, text)
            elif kind is FieldType.PHONE:
                cells[at] = guarded(self._phone(place, at, text, country))
            elif kind is FieldType.NUMBER:
                cells[at] = self._number(place, at, text)
        return cells

    def _number(self, place: int, at: int, text: str) -> str:
        if _NUMBER.fullmatch(text.strip()):
            return text.strip()
        # half the world writes a decimal comma: nothing is guessed
        self._warn(place, at, f"{text!r} is no number; it is left out. Write it like 1250.50")
        return ""

    def _date(self, place: int, at: int, text: str) -> str:
        day = day_of(text.strip(), month_first=self.country in _MONTH_FIRST)
        if day is None:
            self._warn(place, at, f"{text!r} is no date; it is left out. Write it as YYYY-MM-DD")
        return day or ""

    def _phone(self, place: int, at: int, text: str, country: str | None) -> str:
        number = to_e164(text, country)
        if number is None:
            where = f" in {country}" if country else ""
            self._warn(place, at, f"{text!r} is no valid number{where}; it is taken as it is")
        return number or text

    def _warn(self, place: int, at: int, sentence: str) -> None:
        table = self.table
        self.warnings.append(Finding(table.numbers[place], table.columns.headers[at], sentence))

    def _header(self, name: str) -> str:
        return self.table.columns.headers[self.table.columns.places[name]]


def prepare(
    table: Table, country: str | None, tag: str | None, types: Mapping[str, FieldType]
) -> Prepared:
    """Check every row of a table that was read leniently, and write what passes to a new file.

    `country` completes phones and tells how dates are written; every row gets `tag`. `types` are
    those of the file's own columns, by header.
    """
    table.columns = replace(table.columns, types=types)
    headers = table.columns.headers
    checker = _Checker(table, country)
    tags = table.columns.places.get("tags")
    added = ["tags"] if tag is not None and tags is None else []
    written = [KEY, *headers, *added]
    columns = read_headers(table.form.kind, written, KEY, "The prepared file", types)
    dialect = Dialect()
    lines = [dialect.row(written)]
    rows: list[Row] = []
    refused = [
        (Row(each.line, "", each.cells), Finding(each.line, None, f"{each.why}; correct the line"))
        for each in table.faults
    ]
    for place in table.following(0):
        row = Row(table.numbers[place], table.ids[place], table.cells(place))
        finding = checker.finding(place)
        if finding is not None:
            refused.append((row, finding))
            continue
        cells = checker.cells(place)
        if tag is not None:
            _add_tag(cells, tags, tag)
        lines.append(dialect.row([guarded(row.id), *cells]))
        rows.append(row)
    refused.sort(key=lambda each: each[0].line)
    raw = "".join(lines).encode()
    return Prepared(columns, raw, rows, refused, checker.warnings, headers, table.dialect)


def _add_tag(cells: list[str], place: int | None, tag: str) -> None:
    if place is None:
        cells.append(text_of((tag,), "tags"))
        return
    words = value_of(cells[place], FieldType.WORDS)
    held = set(words) if isinstance(words, tuple) else set()
    cells[place] = text_of(tuple(sorted({*held, tag})), "tags")


def day_of(text: str, *, month_first: bool) -> str | None:
    """Return a date as YYYY-MM-DD, also one in the order a country writes it; None if it is none."""
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            year, month, day = map(int, found.groups())
            return date(year, month, day).isoformat()
        if (local := _LOCAL_DATE.fullmatch(text)) is None:
            return None
        one, two, year = map(int, local.groups())
        return (date(year, one, two) if month_first else date(year, two, one)).isoformat()
    except ValueError:
        return None


def report(prepared: Prepared, left: Mapping[int, tuple[str, str]]) -> Iterator[bytes]:
    """Yield a report in the form of the file: the rows that were not taken, each with its reason.

    `left` is result and reason by line.
    """
    # a reason may have a character that an old encoding lacks
    dialect = replace(prepared.dialect, encoding=Encoding("utf-8", BOM_UTF8))
    width, encoding = len(prepared.headers), dialect.encoding
    yield encoding.mark
    yield encoding.encode(dialect.row([*prepared.headers, "instep_result", "instep_reason"]))
    everybody = sorted((*prepared.rows, *(row for row, _ in prepared.refused)), key=_line)
    for row in everybody:
        if row.line in left:
            cells = [guarded(unguarded(each)) for each in (*row.cells, *[""] * width)]
            yield encoding.encode(dialect.row([*cells[:width], *map(guarded, left[row.line])]))


def _line(row: Row) -> int:
    return row.line


def headed(columns: Columns, header: str) -> str | None:
    """Return the field that the column with this header is; None if there is no such column."""
    wanted = plain(header)
    for name, place in columns.places.items():
        if place and plain(columns.headers[place]) == wanted:
            return name
    return None
