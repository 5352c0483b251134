"""Puts together what carries out the actions of flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from instep.engine.clients import Reached
from instep.engine.flows.actions.calling import Call, Caller
from instep.engine.flows.actions.calls import Calls, Opens, Way
from instep.engine.flows.actions.finds import Finds
from instep.engine.flows.actions.open_requests import NAME, OpenRequests
from instep.engine.flows.actions.operation_look_ups import OperationLookUps
from instep.engine.flows.actions.operations import APP, Operations
from instep.engine.flows.actions.record_look_ups import RecordLookUps
from instep.engine.flows.actions.records import OpensResources, Records
from instep.sdk.clock import Clock


class OpensBoth(Opens, OpensResources, Protocol):
    """Opens connections, and their resources."""


def caller(opens: OpensBoth, clock: Clock, own: Mapping[str, Caller] | None = None) -> Calls:
    """Return the caller of all operations. `own` are callers by the name of their connection."""
    finds = Finds(clock)
    operations = Operations(OperationLookUps(finds))
    records = Records(opens, RecordLookUps(finds), clock)
    requests = OpenRequests()

    def way(reached: Reached, call: Call) -> Way:
        if reached.connector.name == APP:
            return operations
        return requests if call.operation == NAME else records

    return Calls(opens, way, own or {}, clock)
