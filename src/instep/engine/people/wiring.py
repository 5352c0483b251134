"""The services around people, put together over an engine."""

from __future__ import annotations

from instep.engine.draining import Engine
from instep.engine.flows.finds import Finds
from instep.engine.flows.record_look_ups import RecordLookUps
from instep.engine.flows.records import Records
from instep.engine.people.asking import Asker
from instep.engine.people.editing import Editor
from instep.engine.people.services import People
from instep.engine.review_services import Reviews


def people_of(engine: Engine, reviews: Reviews, workspace_id: str) -> People:
    """Return the services around the people of a workspace."""
    clients, clock = engine.clients, engine.clock
    return People(
        db=engine.db,
        clock=clock,
        reviews=reviews,
        asker=Asker(clients, clock),
        editor=Editor(engine, clients, Records(clients, RecordLookUps(Finds(clock)), clock)),
        workspace_id=workspace_id,
    )
