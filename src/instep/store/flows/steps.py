"""Steps of runs: what the walk goes by, and what people are shown of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from instep.core.flow.outcomes import Outcome, State, load, stored
from instep.store import bulk
from instep.store.schema.flows import flow_step


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at a step. Times are epoch milliseconds; `error` None: it worked, or goes on.

    `input` is what it took, as JSON, where the attempts after it took something else.
    """

    number: int
    began_at: int
    ended_at: int | None = None
    error: str | None = None
    input: str | None = None

    def stored(self) -> dict[str, Any]:
        """Return it as it is stored; an input that is the step's own is left out."""
        told = {
            "number": self.number,
            "began_at": self.began_at,
            "ended_at": self.ended_at,
            "error": self.error,
        }
        return told if self.input is None else {**told, "input": self.input}


@dataclass(slots=True)
class StepRow:
    """One step of a run: what became of it, and what is kept for people to read, as JSON.

    `outcome` None: it is to be done again, as if it had not been come to.
    """

    place: str
    number: int
    kind: str
    title: str | None
    outcome: Outcome | None
    input: str | None = None
    output: str | None = None
    cut: str | None = None
    tries: list[Try] = field(default_factory=list)
    begun_at: int | None = None
    ended_at: int | None = None


def of_runs(tx: sa.Connection, run_ids: Collection[int]) -> Mapping[int, dict[str, StepRow]]:
    """Return the steps that these open runs have come to, by place."""
    found: dict[int, dict[str, StepRow]] = {run_id: {} for run_id in run_ids}
    for row in tx.execute(_OF_RUNS, {"runs": sorted(run_ids)}):
        found[row.run_id][row.place] = StepRow(
            place=row.place,
            number=row.number,
            kind=row.kind,
            title=row.title,
            outcome=None if row.outcome is None else load(json.loads(row.outcome)),
            input=row.input,
            output=row.output,
            cut=row.cut,
            tries=[Try(**each) for each in json.loads(row.attempts)],
            begun_at=row.begun_at,
            ended_at=row.ended_at,
        )
    return found


# built once: it is asked all the time
_OF_RUNS = sa.select(flow_step).where(flow_step.c.run_id.in_(sa.bindparam("runs", expanding=True)))


def done_actions(tx: sa.Connection, run_ids: Collection[int]) -> Mapping[int, set[str]]:
    """Return the places of the actions of these runs that were carried out."""
    query = sa.select(flow_step.c.run_id, flow_step.c.place).where(
        flow_step.c.run_id.in_(sorted(run_ids)),
        flow_step.c.kind == "action",
        flow_step.c.state == State.DONE.value,
    )
    found: dict[int, set[str]] = {run_id: set() for run_id in run_ids}
    for row in tx.execute(query):
        found[row.run_id].add(row.place)
    return found


@dataclass(frozen=True, slots=True)
class Written:
    """A step to be stored. Of a run that `ended` well nothing but what people read is needed."""

    run_id: int
    workspace_id: str
    step: StepRow
    ended: bool = False


def write(tx: sa.Connection, steps: Sequence[Written]) -> None:
    """Store steps; one that was stored before is replaced."""
    rows = [_row(each) for each in steps]
    rows.sort(key=lambda row: (row["run_id"], row["place"]))
    bulk.insert(tx, flow_step, rows, _AGAIN)


_CHANGES = (
    "state",
    "outcome",
    "input",
    "output",
    "cut",
    "attempts",
    "error",
    "begun_at",
    "ended_at",
)
_AGAIN = "ON CONFLICT (run_id, place) DO UPDATE SET " + ", ".join(
    f'"{name}" = excluded."{name}"' for name in _CHANGES
)


def forget_outcomes(tx: sa.Connection, run_ids: Collection[int]) -> None:
    """Forget what the walks of these runs went by: they ended well, and nothing reads it any more."""
    if not run_ids:
        return
    if tx.dialect.name == "sqlite":
        each = "UPDATE flow_step SET outcome = NULL WHERE run_id = ? AND outcome IS NOT NULL"
        tx.exec_driver_sql(each, [(run_id,) for run_id in sorted(run_ids)])
    else:
        mine = sa.and_(flow_step.c.run_id.in_(sorted(run_ids)), flow_step.c.outcome.is_not(None))
        tx.execute(sa.update(flow_step).where(mine).values(outcome=None))


def _row(written: Written) -> dict[str, Any]:
    step = written.step
    outcome = step.outcome
    whole = None if outcome is None or written.ended else _dump(stored(outcome))
    return {
        "run_id": written.run_id,
        "place": step.place,
        "workspace_id": written.workspace_id,
        "number": step.number,
        "kind": step.kind,
        "title": step.title,
        "state": (State.LATER if outcome is None else outcome.state).value,
        "outcome": whole,
        "input": step.input,
        "output": step.output,
        "cut": step.cut,
        "attempts": _dump([each.stored() for each in step.tries]),
        "error": None if outcome is None else outcome.error,
        "begun_at": step.begun_at,
        "ended_at": step.ended_at,
    }


# made once: each run comes by here several times
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def _dump(value: Any) -> str | None:
    return None if value is None else _JSON.encode(value)
