"""Which runs of flows a person means: the options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from instep.core.errors import NeedsPerson, UserError
from instep.core.times import NoTime, instant, read_length, read_time
from instep.engine.flows.runs.run_services import Meant

Keys = Annotated[
    list[str] | None, typer.Argument(metavar="[RUN]...", help="Runs, by their ids from the list.")
]
OfFlow = Annotated[str | None, typer.Option("--flow", help="Only those of this flow.")]
InState = Annotated[
    list[str] | None,
    typer.Option("--state", help="Only those in this state; may be given several times."),
]
Origin = Annotated[
    str | None,
    typer.Option(help="Only those started by: event, poll, schedule, manual, bridge, replay."),
]
Since = Annotated[
    str | None, typer.Option(help="Not before then: 2h, 3d, or a day or moment (ISO 8601).")
]
Until = Annotated[str | None, typer.Option(help="Before then; as --since.")]
OfRecord = Annotated[str | None, typer.Option("--record", help="Only those about this record.")]
Text = Annotated[str | None, typer.Option(help="Only those in which this text occurs.")]
OfReplay = Annotated[str | None, typer.Option("--replay", help="Only those of this replay.")]
All = Annotated[bool, typer.Option("--all", help="All that the options choose.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]


def moment(text: str | None, now: datetime | None = None) -> int | None:
    """Return a time as epoch milliseconds; a length of time is so long ago. Raises UserError."""
    if text is None:
        return None
    now = now or datetime.now(UTC)
    try:
        try:
            when = read_length(text).backwards.after(now)
        except NoTime:
            read = read_time(text)
            is_moment = isinstance(read, datetime)
            when = read if is_moment else datetime(read.year, read.month, read.day, tzinfo=UTC)  # type: ignore[assignment] # told apart in the line before
        return int(instant(when, None).timestamp() * 1000)
    except NoTime:
        raise UserError(
            f"{text!r} is no time. Say how long ago, such as 2h or 3d, or when, such as "
            "2026-01-31 or 2026-01-31T08:00:00Z."
        ) from None


def named_or_all(meant: Meant, *, everything: bool) -> Meant:
    """Return what is meant. Raises UserError if neither runs nor --all were given, or both."""
    if everything == bool(meant.keys):
        raise UserError("Name runs by their ids, or say --all with --flow, --state and the like.")
    return meant


def ask(question: str, hint: str, *, can_ask: bool) -> None:
    """Ask a person. Raises NeedsPerson where nobody is there, or who is says no."""
    if not can_ask:
        raise NeedsPerson(f"{question} {hint}")
    if not typer.confirm(question, err=True):
        raise NeedsPerson("Nothing was changed.")
