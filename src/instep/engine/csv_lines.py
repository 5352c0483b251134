"""Lines of a CSV file that other programs open: no cell of it is a formula to them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# a cell that begins like this is carried out by spreadsheets: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | None


def line(cells: Iterable[Cell]) -> str:
    """Return one line with its end; a cell that would be a formula stands behind an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(each) for each in cells])
    return text.getvalue()


def _harmless(value: Cell) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
