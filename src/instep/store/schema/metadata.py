"""The one MetaData every table belongs to, and the columns they share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

# SQLite numbers rows by itself only when the key is exactly INTEGER.
_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def workspace() -> sa.Column[Any]:
    """Return the workspace column: in every table from the first migration on."""
    return sa.Column("workspace_id", sa.Text, nullable=False)


def row_id() -> sa.Column[Any]:
    """Return a key that grows with time: rows are read back in the order they were written."""
    return sa.Column("id", _ROW_NUMBER, primary_key=True, autoincrement=True)
