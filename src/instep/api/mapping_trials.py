"""Trying a mapping over REST: what arrives, row by row, and what is wrong at which."""

from __future__ import annotations

from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from instep.api.access import OPERATOR
from instep.bootstrap import Instep
from instep.core.mapping_trials import Fate, Trial
from instep.core.pairs import SideName
from instep.engine.mapping_trials import MappingTrials

_MOST_ROWS = 500
_MOST_SAMPLES = 20

Texts = Annotated[
    list[Annotated[str, StringConstraints(max_length=10_000)]], Field(max_length=_MOST_SAMPLES)
]


class TriedRow(BaseModel):
    """A row of a mapping as it would be stored, with values of its two fields to try it on."""

    model_config = ConfigDict(extra="forbid")

    row: dict[str, Any]
    a: Texts = []
    b: Texts = []


class TrialWanted(BaseModel):
    """The rows to try, in their order."""

    model_config = ConfigDict(extra="forbid")

    rows: list[TriedRow] = Field(max_length=_MOST_ROWS)


class ArrivalView(BaseModel):
    """A value of the side `start` and what the other side would hold.

    `fate` left: a value map does not know the word, and both sides stay as they are. `fate` waits:
    the record would wait for a person.
    """

    start: SideName
    value: str
    there: str | None
    fate: Fate


class MappingTrialView(BaseModel):
    """What came of a row; `problem` says what is wrong with it."""

    problem: str | None
    arrivals: list[ArrivalView]

    @classmethod
    def of(cls, trial: Trial) -> Self:
        """Return the view of a trial."""
        return cls(
            problem=trial.problem,
            arrivals=[
                ArrivalView.model_validate(each, from_attributes=True) for each in trial.arrivals
            ],
        )


class TrialsView(BaseModel):
    """One trial for each row, in their order."""

    rows: list[MappingTrialView]


def router(instep: Instep) -> APIRouter:
    """Return the route that tries a mapping."""
    routes = APIRouter(prefix="/api/syncs", tags=["syncs"])

    @routes.post("/{name}/mapping/try", dependencies=[OPERATOR])
    async def try_mapping(name: str, wanted: TrialWanted) -> TrialsView:
        """Say what a mapping makes of these values, and what is wrong at which row."""
        trials = MappingTrials(instep.clients, instep.setup)
        rows = [each.row for each in wanted.rows]
        found = await trials.of_sync(
            name, rows, [{"a": each.a, "b": each.b} for each in wanted.rows]
        )
        return TrialsView(rows=[MappingTrialView.of(each) for each in found])

    return routes
