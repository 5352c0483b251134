"""What several tables of the first migration have alike."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def row_id() -> sa.Column[Any]:
    """Return a key that numbers its rows."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, autoincrement=True, nullable=False)


def where(condition: str) -> dict[str, Any]:
    """Return the options that make an index partial, on either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
