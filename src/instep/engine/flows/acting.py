"""Puts together what carries out the actions of flows."""

from __future__ import annotations

from collections.abc import Mapping

from instep.engine.clients import Reached
from instep.engine.flows.calling import Call, Caller
from instep.engine.flows.calls import Calls, Opens, Way
from instep.engine.flows.finds import Finds
from instep.engine.flows.operation_look_ups import OperationLookUps
from instep.engine.flows.operations import APP, Operations
from instep.sdk.clock import Clock


def caller(opens: Opens, clock: Clock, own: Mapping[str, Caller] | None = None) -> Calls:
    """Return the caller of all operations. `own` are callers by the name of their connection."""
    finds = Finds(clock)
    operations = Operations(OperationLookUps(finds))

    def way(reached: Reached, call: Call) -> Way:
        return operations

    return Calls(opens, way, own or {})
