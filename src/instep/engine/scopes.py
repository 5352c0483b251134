"""Which scopes each connection needs for its syncs and its published flows, from what these use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from instep.core.mapping_rows import Row
from instep.core.pairs import SIDES, SideName
from instep.core.rules import Deletes, Leaving, Rules
from instep.core.scopes import Needs, Reason, Use, asked, needs
from instep.engine.custom_fields import names_custom
from instep.engine.flows.needed_scopes import scopes_used
from instep.engine.typed import named
from instep.sdk.auth import OAuth2
from instep.sdk.connector import Connector
from instep.sdk.resource import Resource
from instep.store import connections, credentials, syncs
from instep.store.connections import Connection
from instep.store.database import Database
from instep.store.flows import uses as flow_uses
from instep.store.flows.uses import ConnectionUse
from instep.store.syncs import Sync


class Scopes:
    """The scopes of every connection of one workspace."""

    def __init__(
        self, db: Database, connectors: Mapping[str, Connector], workspace_id: str
    ) -> None:
        self._db = db
        self._connectors = connectors
        self._workspace_id = workspace_id

    async def all(self) -> Mapping[str, Needs]:
        """Return what each connection needs and has, by its id; nothing for apps without scopes."""

        def read(tx: sa.Connection) -> Mapping[str, Needs]:
            granted = credentials.scopes(tx, self._workspace_id)
            uses = self._uses(tx)
            return {
                row.id: needs(uses[row.id], always(connector, row.auth_kind), granted.get(row.id))
                for row in connections.list_all(tx, self._workspace_id)
                if (connector := self._connectors.get(row.connector)) is not None
            }

        return await self._db.run_read(read)

    async def to_ask(
        self, app: str, kind: str, name: str, added: Sequence[str], planned: Sequence[Use] = ()
    ) -> tuple[str, ...]:
        """Return the scopes to ask for when `name` is connected to an app by OAuth 2.0.

        There may be no connection of that name yet. `planned` is what it is to be used for soon.
        """
        auth = self._connectors[app].auth[kind]
        if not isinstance(auth, OAuth2):
            return ()
        uses = await self._uses_of(name, planned)
        known = needs(uses, auth.always)
        return asked(known, usual=auth.scopes, has_syncs=bool(uses), added=added)

    async def offered(
        self, app: str, kind: str, name: str, planned: Sequence[Use] = ()
    ) -> list[Reason]:
        """Return every scope that can be of use, each with its reason, those first that are asked for.

        Raises UserError for an unknown app or way to sign in.
        """
        connector = named(app, self._connectors)
        auth = connector.auth.get(kind)
        if not isinstance(auth, OAuth2):
            return []
        known = needs(await self._uses_of(name, planned), auth.always)
        wanted = await self.to_ask(app, kind, name, (), planned)
        allows = allowed_by(connector)
        rest = sorted({*allows} - {*wanted})
        return [
            Reason(scope, allows.get(scope, ()), known.needed.get(scope, ()), scope in wanted)
            for scope in [*wanted, *rest]
        ]

    async def _uses_of(self, name: str, planned: Sequence[Use]) -> list[Use]:
        def read(tx: sa.Connection) -> Sequence[Use]:
            rows = connections.list_all(tx, self._workspace_id)
            ids = [row.id for row in rows if name in {row.id, row.name}]
            return [use for each in ids for use in self._uses(tx)[each]]

        return [*planned, *await self._db.run_read(read)]

    def _uses(self, tx: sa.Connection) -> defaultdict[str, list[Use]]:
        rows: dict[str, Connection] = {
            row.id: row for row in connections.list_all(tx, self._workspace_id)
        }
        uses: defaultdict[str, list[Use]] = defaultdict(list)
        for sync in syncs.list_all(tx, self._workspace_id):
            for side in SIDES:
                connector = self._connectors.get(rows[sync.connection(side)].connector)
                if connector is not None:
                    scopes = _scopes(sync, side, connector)
                    uses[sync.connection(side)].append(Use(_called(sync), scopes))
        by_name = {row.name: row for row in rows.values()}
        for used in flow_uses.published(tx, self._workspace_id):
            row = by_name.get(used.connection)
            connector = None if row is None else self._connectors.get(row.connector)
            if row is not None and connector is not None:
                scopes = scopes_used(used, connector, row)
                uses[row.id].append(Use(_called_flow(used), scopes))
        return uses


def _called(sync: Sync) -> str:
    """Return a sync's name, and the recipe that made it: both need its scopes."""
    return sync.name if sync.recipe is None else f"{sync.name}, of the recipe {sync.recipe}"


def _called_flow(used: ConnectionUse) -> str:
    called = f"the flow {used.flow}"
    return called if used.recipe is None else f"{called}, of the recipe {used.recipe}"


def _scopes(sync: Sync, side: SideName, connector: Connector) -> tuple[str, ...]:
    return scopes_of(connector.resource(sync.canonical), side, sync.mapping, sync.rules)


def scopes_of(
    resource: type[Resource], side: SideName, rows: Sequence[Row], rules: Rules
) -> tuple[str, ...]:
    """Return the scopes that a sync with this mapping and these rules needs at one of its ends."""
    return tuple(_each_scope(resource, side, rows, rules))


def _each_scope(
    resource: type[Resource], side: SideName, rows: Sequence[Row], rules: Rules
) -> Iterator[str]:
    yield from resource.read_scopes
    if names_custom((rows, rules.as_json())):
        yield from resource.custom_scopes
    if _is_written(side, rows, rules):
        yield from resource.write_scopes


def _is_written(side: SideName, rows: Sequence[Row], rules: Rules) -> bool:
    """Whether the sync ever writes to this side."""
    ways = {"both", f"to_{side}"}
    travels = any(row.get("direction", "both") in ways for row in rows)
    deletes = rules.side(side).deletes is not Deletes.IGNORE
    return travels or deletes or rules.leaving is Leaving.TAG


def allowed_by(connector: Connector) -> dict[str, tuple[str, ...]]:
    """Return what each scope of an app's resources allows, in words."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for resource in connector.resources:
        kind = resource.canonical
        for verb, scopes in (
            (f"read {kind} records", resource.read_scopes),
            (f"change {kind} records", resource.write_scopes),
            (f"read the fields you made yourself for {kind} records", resource.custom_scopes),
        ):
            for scope in scopes:
                found[scope].append(verb)
    return {scope: tuple(verbs) for scope, verbs in found.items()}


def always(connector: Connector, kind: str) -> tuple[str, ...]:
    """Return the scopes that a connection needs for being one at all."""
    auth = connector.auth.get(kind)
    return auth.always if isinstance(auth, OAuth2) else ()
