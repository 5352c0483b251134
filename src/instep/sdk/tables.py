"""Delimited text as the world writes it: any encoding, line ending and delimiter.

Python's own reader lets a quote that is never closed swallow the rest of a file; this one gives up
only the line it stands on.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from instep.core.errors import UserError

DELIMITERS = (",", ";", "\t", "|")

_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's characters are kept: the codec, and the mark the file begins with, if any."""

    codec: str = "utf-8"
    mark: bytes = b""

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text, without the mark. Raises UnicodeEncodeError."""
        if self.codec != _WINDOWS:
            return text.encode(self.codec)
        return text.translate(_KEPT).encode(_WINDOWS, errors="surrogateescape")


_WINDOWS = "cp1252"
_MARKED = (
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the physical line it begins on (from 1), its cells, what is wrong with it.

    `at_end` says that the file ends with it, without a line ending. `start` and `end` are its place
    in the text, its line ending included.
    """

    line: int
    cells: list[str]
    fault: str | None = None
    at_end: bool = False
    start: int = 0
    end: int = 0


def read_text(path: Path) -> str:
    """Return a file's text. Raises UserError if it cannot be read, is empty or is no text."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    return decode(raw, path)[0]


def decode(raw: bytes, path: Path | str) -> tuple[str, Encoding]:
    """Return the text of a file's bytes and how it is encoded.

    Raises UserError if it is empty, cut off or no text; `path` is what it is called there.
    """
    text, encoding = _decode(raw, path)
    if not text.strip():
        raise UserError(f"{path} is empty: it has no header line and no rows.")
    if "\0" in text:
        raise UserError(f"{path} is not a text file; save it as CSV and try again.")
    return text, encoding


def _decode(raw: bytes, path: Path | str) -> tuple[str, Encoding]:
    for marked in _MARKED:
        if raw.startswith(marked.mark):
            return _decoded(raw[len(marked.mark) :], marked.codec, path), marked
    for codec, zero in (("utf-16-le", raw[1:2]), ("utf-16-be", raw[:1])):
        if zero == b"\0":
            return _decoded(raw, codec, path), Encoding(codec)
    try:
        return raw.decode("utf-8"), Encoding()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise _half_written(path) from error
        # Windows-1252 leaves five bytes without a meaning; they are kept as control characters
        text = raw.decode(_WINDOWS, errors="surrogateescape").translate(_UNDEFINED)
        return text, Encoding(_WINDOWS)


_UNDEFINED = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_KEPT = {byte: escaped for escaped, byte in _UNDEFINED.items()}


def _decoded(raw: bytes, encoding: str, path: Path | str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end >= len(raw):
            raise _half_written(path) from error
        raise UserError(f"{path} is not a text file; save it as CSV and try again.") from error


def _half_written(path: Path | str) -> UserError:
    return UserError(f"{path} ends in the middle of a character: it was cut off. Export it again.")


def read_rows(
    text: str, delimiter: str, accept: Callable[[list[str]], str | None]
) -> Iterator[Row]:
    """Yield every row that is not blank. `accept` says what is wrong with a row's cells, or None.

    A row that runs over several lines but is wrong was never one row: only its first line is
    reported, and reading goes on with the second.
    """
    line, start = 1, 0
    while start < len(text):
        cells, end, fault = _read_row(text, start, delimiter)
        first_end = _end_of_line(text, start)
        fault = fault or (accept(cells) if cells != [""] else None)
        if fault and end > first_end:
            end = first_end
        if fault or cells != [""]:
            at_end = end >= len(text) and not _LINE_END.search(text[-1])
            yield Row(line, cells, fault, at_end, start, end)
        line += len(_LINE_END.findall(text, start, end))
        start = end


def _end_of_line(text: str, start: int) -> int:
    found = _LINE_END.search(text, start)
    return found.end() if found else len(text)


def _read_row(text: str, start: int, delimiter: str) -> tuple[list[str], int, str | None]:
    """Read one row from `start`; return its cells, where the next begins, and what is wrong."""
    line_end = _LINE_END.search(text, start)
    whole = text[start : line_end.start() if line_end else len(text)]
    if _QUOTE not in whole:  # nearly every row of nearly every file
        return whole.split(delimiter), line_end.end() if line_end else len(text), None
    cells: list[str] = []
    place = start
    while True:
        read = _read_quoted if text.startswith(_QUOTE, place) else _read_plain
        cell, place = read(text, place, delimiter)
        if cell is None:
            return cells, _end_of_line(text, start), "a quote is opened and not closed"
        cells.append(cell)
        if not text.startswith(delimiter, place):
            ending = _LINE_END.match(text, place)
            return cells, ending.end() if ending else len(text), None
        place += 1


def _read_plain(text: str, place: int, delimiter: str) -> tuple[str, int]:
    found = _plain_end(delimiter).search(text, place)
    end = found.start() if found else len(text)
    return text[place:end], end


@cache
def _plain_end(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf"[\r\n{re.escape(delimiter)}]")


def _read_quoted(text: str, place: int, delimiter: str) -> tuple[str | None, int]:
    """Read a cell in quotes; a doubled quote stands for one. None if it never properly ends."""
    end = place + 1
    while True:
        end = text.find(_QUOTE, end)
        if end < 0:
            return None, place
        if not text.startswith(_QUOTE, end + 1):
            break
        end += 2
    after = end + 1
    if after < len(text) and text[after] not in (delimiter, "\r", "\n"):
        return None, place
    return text[place + 1 : end].replace(_QUOTE * 2, _QUOTE), after


# Writing


def line_end_of(text: str) -> str:
    """Return what ends the first line of a text; the network's own (RFC 4180) if nothing does."""
    found = _LINE_END.search(text)
    return found[0] if found else "\r\n"


def pieces(row: str, delimiter: str) -> list[str]:
    """Return the cells of a sound row as they are written, quotes and all, without its line end."""
    found: list[str] = []
    place = 0
    while True:
        read = _read_quoted if row.startswith(_QUOTE, place) else _read_plain
        _, end = read(row, place, delimiter)
        found.append(row[place:end])
        if not row.startswith(delimiter, end):
            return found
        place = end + 1


def piece(text: str, delimiter: str, *, quoted: bool = False) -> str:
    """Return a cell as it is written: in quotes where it has to be, or where all are."""
    odd = any(each in text for each in (delimiter, _QUOTE, "\r", "\n"))
    if not (quoted or odd or text != text.strip()):
        return text
    return f"{_QUOTE}{text.replace(_QUOTE, _QUOTE * 2)}{_QUOTE}"


def cells(row: str, delimiter: str) -> list[str]:
    """Return what the cells of a sound row say."""
    return _read_row(row, 0, delimiter)[0]
