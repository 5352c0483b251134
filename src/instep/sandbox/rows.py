"""Reads people out of a CSV file, and says what it could not read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from instep.core.countries import code_of
from instep.core.errors import UserError
from instep.core.normalise import to_e164
from instep.sandbox.headers import IDENTIFYING, assign
from instep.sandbox.people import Person
from instep.sdk.tables import DELIMITERS, Row, read_rows, read_text

_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_LOCAL_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTH_FIRST = {"US", "PH"}


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file held. Line numbers are physical and begin at 1.

    `rejected` are rows left out, `warnings` values that were kept as they are or left out; each a
    line and a reason. `unused_columns` are headers nobody knew.
    """

    people: list[Person]
    rejected: list[tuple[int, str]]
    warnings: list[tuple[int, str]]
    unused_columns: list[str]


def read_people(path: Path, country: str) -> Rows:
    """Read the people of a file; `country` (ISO alpha-2) completes their phone numbers.

    Raises UserError if the file is unreadable, empty, cut off, or has no column that could tell
    people apart.
    """
    text = read_text(path)
    delimiter = max(DELIMITERS, key=lambda each: _known(_header(text, each)))
    header = _header(text, delimiter)
    columns = assign(header.cells)
    if not any(field in columns for field in IDENTIFYING):
        shown = ", ".join(repr(cell.strip()) for cell in header.cells[:8])
        raise UserError(f"{path} has no column for a name, e-mail or phone; found {shown}.")
    return _Reader(path, country, len(header.cells), columns).read(text, delimiter, header)


def _header(text: str, delimiter: str) -> Row:
    return next(read_rows(text, delimiter, lambda _cells: None))


def _known(header: Row) -> tuple[int, int]:
    return len(assign(header.cells)), len(header.cells)


class _Reader:
    """Reads the rows below one header."""

    def __init__(self, path: Path, country: str, width: int, columns: Mapping[str, int]) -> None:
        self._path = path
        self._country = country
        self._width = width
        self._columns = columns
        self._warnings: list[tuple[int, str]] = []

    def read(self, text: str, delimiter: str, header: Row) -> Rows:
        people: list[Person] = []
        rejected: list[tuple[int, str]] = []
        for row in read_rows(text, delimiter, self._misshapen):
            if row.line == header.line:
                continue
            if row.fault and row.at_end and len(row.cells) <= self._width:
                raise UserError(
                    f"{self._path} ends in the middle of line {row.line}: it was cut off. "
                    "Export it again."
                )
            reason = row.fault or self._nobody(row)
            if reason:
                rejected.append((row.line, reason))
            else:
                people.append(self._person(row))
        used = set(self._columns.values())
        unused = [cell.strip() for column, cell in enumerate(header.cells) if column not in used]
        return Rows(people, rejected, self._warnings, unused)

    def _misshapen(self, cells: Sequence[str]) -> str | None:
        """Say what is wrong with the number of cells; empty ones too many do no harm."""
        if len(cells) < self._width:
            return f"{len(cells)} cells where the header has {self._width}"
        if any(cell.strip() for cell in cells[self._width :]):
            return f"{len(cells)} cells where the header has {self._width}"
        return None

    def _nobody(self, row: Row) -> str | None:
        values = self._values(row)
        if not any(values.get(field) for field in IDENTIFYING):
            return "no name, no e-mail and no phone"
        email = values.get("email")
        if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
            return f"{email!r} is not an e-mail address"
        return None

    def _values(self, row: Row) -> dict[str, str]:
        return {field: row.cells[column].strip() for field, column in self._columns.items()}

    def _person(self, row: Row) -> Person:
        values = {field: value for field, value in self._values(row).items() if value}
        country = code_of(values.get("country", self._country))
        first, _, last = values.pop("full_name", "").partition(" ")
        if first and "first_name" not in values and "last_name" not in values:
            values |= {"first_name": first} | ({"last_name": last.strip()} if last.strip() else {})
        for field in ("phone", "phone_other"):
            if field in values:
                values[field] = self._phone(row.line, values[field], country)
        tags = _tags(values.pop("tags", ""))
        born = self._birthday(row.line, values.pop("date_of_birth", ""), country)
        return Person(**{**values, "country": country}, tags=tags, date_of_birth=born)

    def _phone(self, line: int, text: str, country: str) -> str:
        number = to_e164(text, country)
        if number is None:
            self._warnings.append((line, f"phone {text!r} is no valid number in {country}; kept"))
        return number or text

    def _birthday(self, line: int, text: str, country: str) -> str | None:
        """Return YYYY-MM-DD; what is no date is left out and reported."""
        if not text:
            return None
        try:
            return _date(text, month_first=country in _MONTH_FIRST).isoformat()
        except ValueError:
            self._warnings.append((line, f"date of birth {text!r} is no date; left out"))
            return None


def _date(text: str, *, month_first: bool) -> date:
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
        return date(year, month, day)
    found = _LOCAL_DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    one, two, year = map(int, found.groups())
    return date(year, one, two) if month_first else date(year, two, one)


def _tags(text: str) -> tuple[str, ...]:
    words = (" ".join(word.split()).lower() for word in re.split(r"[,;|]", text))
    return tuple(sorted({word for word in words if word}))
