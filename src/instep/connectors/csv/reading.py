"""Read a file's bytes into a table, or say why it is none."""

from __future__ import annotations

from collections.abc import Sequence

from instep.connectors.csv.columns import new_columns, read_headers
from instep.connectors.csv.kinds import Kind
from instep.connectors.csv.table import Dialect, Fault, Form, Table
from instep.core.errors import UserError
from instep.sandbox.headers import assign
from instep.sdk.tables import DELIMITERS, Row, decode, line_end_of, pieces, read_rows

_SHOWN_FAULTS = 5


def read_table(raw: bytes, form: Form, whose: str, *, lenient: bool = False) -> Table:
    """Read a file's bytes; `whose` is what it is called.

    Raises UserError for a file that is no table, or has too many rows; unless it is `lenient` also
    for every line that is no row.
    """
    text, encoding = decode(raw, whose)
    delimiter = max(DELIMITERS, key=lambda each: _fit(text, each, form.kind))
    rows = read_rows(text, delimiter, lambda _cells: None)
    first = next(rows)
    columns = read_headers(form.kind, first.cells, form.key, whose, form.types)
    head = text[: first.end]
    written = pieces(head.strip("\r\n"), delimiter)
    dialect = Dialect(
        encoding, delimiter, line_end_of(text), all(each.startswith('"') for each in written)
    )
    table = Table(form, dialect, columns, head)
    _take_rows(table, text, first)
    if table.faults and not lenient:
        raise UserError(_told(table.faults, whose))
    if len(table) > form.largest_rows:
        raise UserError(
            f"{whose} has more than {form.largest_rows} rows. Divide it, or allow more: "
            "largest_rows=NUMBER."
        )
    return table


def new_table(form: Form) -> Table:
    """Return the table of a file that is not there yet."""
    columns = new_columns(form.kind, form.key)
    dialect = Dialect()
    return Table(form, dialect, columns, dialect.row(columns.headers))


def _fit(text: str, delimiter: str, kind: Kind) -> tuple[int, int]:
    """Return how well a header falls into columns by this delimiter."""
    row = next(read_rows(text, delimiter, lambda _cells: None))
    known = len(assign(row.cells)) if kind.canonical == "contact" else 0
    return known, len(row.cells)


def _take_rows(table: Table, text: str, first: Row) -> None:
    width = len(first.cells)

    def misshapen(found: list[str]) -> str | None:
        if len(found) < width or any(cell.strip() for cell in found[width:]):
            return f"{len(found)} cells where the header has {width}"
        return None

    end = first.end
    for row in read_rows(text, table.dialect.delimiter, misshapen):
        if row.start < first.end:
            continue
        if len(table.ids) > table.form.largest_rows:
            return
        fault = row.fault or table.take(row, text[end : row.end])
        if fault is not None:
            table.faults.append(Fault(row.line, fault, row.cells))
        end = row.end


def _told(faults: Sequence[Fault], whose: str) -> str:
    shown = "; ".join(f"line {each.line}: {each.why}" for each in faults[:_SHOWN_FAULTS])
    more = len(faults) - _SHOWN_FAULTS
    rest = f"; and {more} more" if more > 0 else ""
    return f"{whose} has lines that are no rows: {shown}{rest}. Correct them, or leave them out."
