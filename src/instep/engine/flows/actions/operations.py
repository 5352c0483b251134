"""GoHighLevel for steps: every operation of the catalogue, called, looked up or only told."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from instep.catalogue import Operation, get
from instep.catalogue.descriptions import usual_view
from instep.catalogue.operation import ViewName
from instep.core.errors import RecordRejected, UserError
from instep.engine.clients import Reached
from instep.engine.flows.actions.calling import Arrived, Call
from instep.engine.flows.actions.operation_look_ups import OperationLookUps
from instep.engine.flows.actions.typed_inputs import typed
from instep.engine.operation_services import Line, Prepared, call_once, described, prepare
from instep.sdk.limits import Purpose

APP = "gohighlevel"


class Operations:
    """Calls the operations of the catalogue over GoHighLevel's connections."""

    def __init__(self, look_ups: OperationLookUps) -> None:
        self._look_ups = look_ups

    async def call(self, reached: Reached, call: Call) -> Any:
        """Send the call and return the body of the answer; of a list its first page."""
        line = line_of(reached)
        made = prepared(line, call.operation, call.inputs)
        body = await call_once(line, made, purpose_of(made.operation))
        self._look_ups.remember(call, body)
        return as_json(body)

    async def find_out(self, reached: Reached, call: Call) -> Arrived | None:
        """Look up what became of a call whose answer was lost."""
        line = line_of(reached)
        return await self._look_ups.find_out(
            line, prepared(line, call.operation, call.inputs), call
        )

    async def describe(self, reached: Reached, call: Call) -> Sequence[Mapping[str, Any]]:
        """Return the request, its secrets hidden."""
        line = line_of(reached)
        return [described(line, prepared(line, call.operation, call.inputs).request)]


def line_of(reached: Reached) -> Line:
    """Return the way to GoHighLevel over an opened connection."""
    return Line(reached.connector, reached.account, reached.client)


def prepared(line: Line, identifier: str, inputs: Mapping[str, Any]) -> Prepared:
    """Return a call that is checked and typed. Raises UserError for an unknown operation.

    Raises RecordRejected, naming the input, for what does not fit.
    """
    operation = get(identifier)
    view: ViewName = usual_view(operation)
    try:
        return prepare(operation, view, typed(operation, view, inputs), line.defaults)
    except UserError as error:
        raise RecordRejected(str(error)) from None


def purpose_of(operation: Operation) -> Purpose:
    """Return whose budget a call is made from."""
    return Purpose.READ if operation.effect == "read" else Purpose.WRITE


def as_json(body: Any) -> Any:
    """Return a body as later steps can read and the store can keep it: a sound as base64."""
    if isinstance(body, bytes):
        return {"base64": base64.b64encode(body).decode("ascii")}
    return {} if body is None else body
