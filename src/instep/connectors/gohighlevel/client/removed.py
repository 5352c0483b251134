"""What v3 took away, and what to call instead."""

from __future__ import annotations

from instep.catalogue import Operation
from instep.connectors.gohighlevel.client.errors import RemovedInV3


def removed_in_v3(operation: Operation) -> RemovedInV3:
    """Return the error for an operation that v3 does not have, naming what does its work there."""
    instead = operation.replaced_by
    advice = f"call {instead}" if instead else "nothing took its place"
    return RemovedInV3(
        f"{operation.id} was removed in v3: {advice}, or use the client with version='v2'.",
        instead,
    )
