"""The scopes that a trigger or a step of a published flow needs. Pure; nothing is opened."""

from __future__ import annotations

from instep.core.errors import UserError
from instep.engine.flows.actions import open_requests
from instep.engine.flows.actions.offered_operations import OfferedOperations
from instep.engine.flows.actions.operations import APP
from instep.engine.flows.actions.record_actions import action_named, offered
from instep.engine.flows.triggers.resource_polls import watched_resources
from instep.sdk.connector import Connector
from instep.sdk.resource import Account
from instep.store.connections import Connection
from instep.store.flows.uses import ConnectionUse

_OPERATIONS = OfferedOperations(frozenset())


def scopes_used(used: ConnectionUse, connector: Connector, row: Connection) -> tuple[str, ...]:
    """Return the scopes of what a flow uses; none of what the app does not have any more."""
    if used.event is not None:
        event = connector.events.get(used.event)
        return () if event is None else tuple(event.scopes)
    if used.operation is None:
        return ()
    polled = watched_resources(connector.resources).get(used.operation) if used.starts else None
    if polled is not None:
        return tuple(polled.read_scopes)
    if connector.name == APP:
        operation = _OPERATIONS.get(used.operation)
        return () if operation is None else operation.scopes
    return _of_record(used.operation, connector, row)


def _of_record(name: str, connector: Connector, row: Connection) -> tuple[str, ...]:
    if name == open_requests.NAME:
        return ()
    account = Account(row.account_id, row.country, row.config)
    try:
        action = action_named(connector, account, name)
    except UserError:
        return ()
    return tuple(offered(action.kind(account), action.verb).scopes)
