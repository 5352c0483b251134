"""What screens ask, besides what commands do: how everything stands, people, and what changes."""

from __future__ import annotations

from dataclasses import dataclass

from instep.engine.draining import Engine
from instep.engine.flows.actions.finds import Finds
from instep.engine.flows.actions.record_look_ups import RecordLookUps
from instep.engine.flows.actions.records import Records
from instep.engine.live import Live
from instep.engine.overview import Overviews
from instep.engine.people.asking import Asker
from instep.engine.people.editing import Editor
from instep.engine.people.services import People
from instep.engine.review_services import Reviews


@dataclass(frozen=True, slots=True)
class Screens:
    """The services that screens ask, of one workspace."""

    overviews: Overviews
    people: People
    live: Live


def screens_of(engine: Engine, workspace_id: str) -> Screens:
    """Return what screens ask, over an engine."""
    clients, clock = engine.clients, engine.clock
    look_ups = RecordLookUps(Finds(clock))
    return Screens(
        overviews=Overviews(engine.db, clock, workspace_id),
        people=People(
            db=engine.db,
            clock=clock,
            reviews=Reviews(engine, workspace_id),
            asker=Asker(clients, clock),
            editor=Editor(engine, clients, Records(clients, look_ups, clock)),
            workspace_id=workspace_id,
        ),
        live=Live(engine.db, workspace_id),
    )
