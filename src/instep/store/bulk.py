"""Many rows at once, at the price of one statement: what a batch spends most of its time on.

SQLAlchemy looks at every value of every row. Here the values go to the driver as they are: SQLite
takes the rows one by one from a prepared statement, PostgreSQL takes whole columns as arrays.
Tables and columns are those of the schema; values are text, whole numbers, truth values and None,
which need no translation. Nothing from outside ever becomes part of a statement.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

Rows = Sequence[Mapping[str, Any]]


def insert(tx: sa.Connection, table: sa.Table, rows: Rows, conflict: str = "") -> None:
    """Insert rows, each with the same columns. `conflict` is an ON CONFLICT clause of ours."""
    if not rows:
        return
    names = tuple(rows[0])
    if tx.dialect.name == "sqlite":
        statement = _sqlite_insert(table, names, conflict)
        tx.exec_driver_sql(statement, _values(names, rows))
    else:
        statement = _postgres_insert(table, names, conflict)
        tx.exec_driver_sql(statement, _columns(names, rows))


def insert_new(
    tx: sa.Connection, table: sa.Table, rows: Rows, returned: Collection[str]
) -> Sequence[sa.Row[Any]]:
    """Insert the rows that nothing in the table collides with; return these columns of theirs."""
    if not rows:
        return []
    names = tuple(rows[0])
    conflict = f"ON CONFLICT DO NOTHING RETURNING {_list(returned)}"
    if tx.dialect.name == "sqlite":
        statement = _sqlite_insert_all(table, names, conflict)
        columns: tuple[str, ...] = (json.dumps([[*row.values()] for row in rows]),)
    else:
        statement = _postgres_insert(table, names, conflict)
        columns = _columns(names, rows)
    return tx.exec_driver_sql(statement, columns).all()


def update(tx: sa.Connection, table: sa.Table, rows: Rows, key: Collection[str]) -> None:
    """Set the other columns of each row where its `key` columns are equal."""
    if not rows:
        return
    names = tuple(rows[0])
    if tx.dialect.name == "sqlite":
        statement = _sqlite_update(table, names, tuple(key))
        tx.exec_driver_sql(statement, _values([*_but(names, key), *key], rows))
    else:
        statement = _postgres_update(table, names, tuple(key))
        tx.exec_driver_sql(statement, _columns(names, rows))


def among(tx: sa.Connection, column: sa.ColumnElement[Any], values: Iterable[str]) -> Any:
    """Return the condition that a column of text holds one of these values."""
    chosen = list(values)
    if tx.dialect.name == "sqlite":
        each = sa.func.json_each(sa.bindparam(None, chosen, sa.JSON)).table_valued("value")
        return column.in_(sa.select(each.c.value))
    return column == sa.func.any(sa.bindparam(None, _array(chosen), _Texts()))


class _Texts(sa.types.UserDefinedType[str]):
    """An array of texts as PostgreSQL spells it: a constant to its planner, which a cast is not."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return its name."""
        return "TEXT[]"


@lru_cache(maxsize=64)
def _sqlite_insert(table: sa.Table, names: tuple[str, ...], conflict: str) -> str:
    values = ", ".join("?" * len(names))
    return f"INSERT INTO {table.name} ({_list(names)}) VALUES ({values}) {conflict}"  # noqa: S608 - names of the schema


@lru_cache(maxsize=64)
def _sqlite_insert_all(table: sa.Table, names: tuple[str, ...], conflict: str) -> str:
    values = ", ".join(f"value ->> {place}" for place in range(len(names)))
    # without a WHERE, SQLite would read the conflict clause as that of a join
    rows = f"SELECT {values} FROM json_each(?) WHERE true"  # noqa: S608 - places in a row
    return f"INSERT INTO {table.name} ({_list(names)}) {rows} {conflict}"


@lru_cache(maxsize=64)
def _postgres_insert(table: sa.Table, names: tuple[str, ...], conflict: str) -> str:
    into = f"INSERT INTO {table.name} ({_list(names)})"
    return f"{into} SELECT * FROM {_unnest(table, names)} {conflict}"  # noqa: S608 - as above


@lru_cache(maxsize=64)
def _sqlite_update(table: sa.Table, names: tuple[str, ...], key: tuple[str, ...]) -> str:
    to = ", ".join(f'"{name}" = ?' for name in _but(names, key))
    where = " AND ".join(f'"{name}" = ?' for name in key)
    return f"UPDATE {table.name} SET {to} WHERE {where}"  # noqa: S608 - as above


@lru_cache(maxsize=64)
def _postgres_update(table: sa.Table, names: tuple[str, ...], key: tuple[str, ...]) -> str:
    to = ", ".join(f'"{name}" = fresh."{name}"' for name in _but(names, key))
    where = " AND ".join(f'{table.name}."{name}" = fresh."{name}"' for name in key)
    rows = f"{_unnest(table, names)} AS fresh ({_list(names)})"
    return f"UPDATE {table.name} SET {to} FROM {rows} WHERE {where}"  # noqa: S608 - as above


def _but(names: Iterable[str], key: Collection[str]) -> list[str]:
    return [name for name in names if name not in key]


def _values(names: Iterable[str], rows: Rows) -> list[tuple[Any, ...]]:
    """Return rows by the places of these columns: the driver takes by name a third longer."""
    return [tuple([row[name] for name in names]) for row in rows]


def _columns(names: Iterable[str], rows: Rows) -> tuple[str, ...]:
    return tuple(_array([row[name] for row in rows]) for name in names)


def _array(values: Sequence[str | int | None]) -> str:
    """Return PostgreSQL's own spelling of an array: the driver's takes several times as long."""
    if all(type(value) is str for value in values):
        return _texts(values)  # type: ignore[arg-type] # it has just been looked at
    return "{" + ",".join(map(_element, values)) + "}"


def _texts(values: Sequence[str]) -> str:
    """Return an array of texts, escaped all at once: no text can hold the NUL between them."""
    together = _NUL.join(values)
    if together.count(_NUL) >= max(len(values), 1):
        return "{" + ",".join(map(_element, values)) + "}"  # which the database refuses
    return '{"' + _escaped(together).replace(_NUL, '","') + '"}' if values else "{}"


_NUL = "\0"


def _element(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    return f'"{_escaped(value)}"' if isinstance(value, str) else str(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _unnest(table: sa.Table, names: Iterable[str]) -> str:
    arrays = ", ".join(f"%s::{_type(table.c[name].type)}[]" for name in names)
    return f"unnest({arrays})"


def _type(kind: sa.types.TypeEngine[Any]) -> str:
    for python, name in (
        (sa.Boolean, "boolean"),
        (sa.BigInteger, "bigint"),
        (sa.Integer, "integer"),
    ):
        if isinstance(kind, python):
            return name
    return "text"


def _list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
