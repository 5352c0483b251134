"""Cells: what a value looks like in a file, and what a cell means.

A cell that begins with = + - @ or a control character is run as a formula when somebody opens the
file in a spreadsheet, whoever wrote it there (CWE-1236). Such text is written behind an apostrophe,
which is taken away in reading; a plain number is no formula and stays as it is.
"""

from __future__ import annotations

import re

from instep.core.errors import RecordRejected
from instep.core.records import FieldType, Value

_WOULD_RUN = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]\d+(?:\.\d+)?", re.ASCII)
_BETWEEN_WORDS = re.compile(r"[,;|]")


def guarded(text: str) -> str:
    """Return a text so that no spreadsheet runs it; `unguarded` gives the text back."""
    if _WOULD_RUN.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(cell: str) -> str:
    """Return the text that was guarded, or is as it is."""
    if cell[:1] != "'":  # nearly every cell
        return cell
    return cell[1:] if _GUARDED.match(cell) else cell


def value_of(cell: str, kind: FieldType) -> Value:
    """Return what a cell means, raw; None if it is empty. Words stand between commas or the like."""
    text = unguarded(cell)
    if not text or text.isspace():
        return None
    if kind is FieldType.WORDS:
        words = (each.strip() for each in _BETWEEN_WORDS.split(text))
        return tuple(sorted({each for each in words if each})) or None
    return text


def text_of(value: Value, name: str) -> str:
    """Return the text of a value. Raises RecordRejected for words that a list cannot hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, tuple):
        return guarded(str(value))
    for word in value:
        if _BETWEEN_WORDS.search(word):
            raise RecordRejected(
                f"{name} has {word!r}: a file keeps several words between commas, so that none of "
                "them can have a comma, semicolon or bar in it."
            )
    return guarded(", ".join(value))
