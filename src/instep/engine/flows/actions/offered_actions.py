"""What the connections of a workspace offer to the steps of a flow: the actions part of `Offer`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from instep.core.flow.offer import OfferedAction
from instep.core.records import Field
from instep.engine.clients import Reached
from instep.engine.flows.actions import open_requests
from instep.engine.flows.actions.offered_operations import OfferedOperations
from instep.engine.flows.actions.operations import APP, line_of
from instep.engine.flows.actions.record_actions import RecordAction, actions_of, name_of, offered
from instep.engine.flows.actions.records import OpensResources
from instep.sdk.connector import Connector
from instep.sdk.custom import PREFIX
from instep.sdk.resource import Account


async def with_custom_fields(opens: OpensResources, reached: Reached) -> Account:
    """Return a connection's account with the fields it made itself, asked of the app every while.

    Raises RetryLater where the app cannot be asked now, ConnectionBroken for a dead credential.
    """
    custom: dict[str, tuple[Field, ...]] = {}
    for kind in reached.connector.resources:
        custom |= (await opens.resource(reached, kind, PREFIX)).account.custom
    return replace(reached.account, custom=custom)


class OfferedActions:
    """Works out what opened connections offer, no more of it than is asked for."""

    def actions(
        self, reached: Reached, account: Account | None = None
    ) -> Mapping[str, OfferedAction]:
        """Return a connection's operations by name.

        `account` is the connection's with the custom fields it made itself, where they are known.
        """
        if reached.connector.name == APP:
            known = line_of(reached).defaults
            return OfferedOperations(frozenset(name for name, each in known.items() if each))
        return _OfferedRecords(reached.connector, account or reached.account)


class _OfferedRecords(Mapping[str, OfferedAction]):
    """The record actions of an app by name, and a request of one's own where the app takes it."""

    def __init__(self, connector: Connector, account: Account) -> None:
        self._account = account
        self._actions: dict[str, RecordAction] = {
            name_of(each): each for each in actions_of(connector, account)
        }
        self._open = connector.open_requests is not None

    def __getitem__(self, name: str) -> OfferedAction:
        if self._open and name == open_requests.NAME:
            return open_requests.OFFERED
        action = self._actions[name]
        return offered(action.kind(self._account), action.verb)

    def __iter__(self) -> Iterator[str]:
        yield from self._actions
        if self._open:
            yield open_requests.NAME

    def __len__(self) -> int:
        return len(self._actions) + self._open
