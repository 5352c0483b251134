"""What reports say of records that are written to an app and cannot be read back. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def of_sync(canonical: str, name: str) -> str:
    """Say it of the records of a sync; `name` is the connection's."""
    return (
        f"Each {canonical} is written to {name} but cannot be read back: what {name} holds is known "
        "only as far as it tells."
    )


def of_record(name: str) -> str:
    """Say it of one record."""
    return (
        f"It is written to {name} but cannot be read back: its values there are what was sent and "
        "what was told."
    )


def of_connection(name: str, kinds: Sequence[str]) -> str:
    """Say it of a connection and the kinds of records this is so for."""
    return f"Records ({', '.join(kinds)}) are written to {name} but cannot be read back."
