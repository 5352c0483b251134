"""What people do with recipes: look at them, and make the syncs and the flow of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.scopes import Needs, Use, needs
from instep.engine.clients import Clients
from instep.engine.recipe_flows import Ends, RecipeFlows
from instep.engine.recipe_making import ShownPart, check_carries, said_of, shown
from instep.engine.recipe_scopes import uses_of, uses_of_flow
from instep.engine.recipe_told import MadeFlow, MadeSync, ShownRecipe, Standing, Used
from instep.engine.rule_making import open_end
from instep.engine.scopes import always
from instep.engine.sync_services import Syncs, Wanted
from instep.recipes import reading
from instep.recipes.choosing import chosen, chosen_flow
from instep.recipes.pattern import Pattern
from instep.recipes.recipe import OWN_CONNECTOR, TITLES, Part, Recipe
from instep.sdk.connector import Connector
from instep.store import connections, credentials
from instep.store.connections import Connection
from instep.store.database import Database
from instep.store.syncs import Sync


@dataclass(frozen=True, slots=True)
class Using:
    """How a person wants a recipe used.

    `connections` are names or ids by app, `parts` what is optional and to be made as well, `answers`
    what the recipe asks. `prefix` begins the names of the syncs (None: the other connection's name)
    and is that of a flow (None: the recipe's id). `publish` lets a flow begin at once.
    """

    connections: Mapping[str, str]
    prefix: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[str] = ()
    publish: bool = False


class Recipes:
    """The services around the recipes, in one workspace."""

    def __init__(
        self,
        db: Database,
        clients: Clients,
        connectors: Mapping[str, Connector],
        syncs: Syncs,
        flows: RecipeFlows,
        workspace_id: str,
    ) -> None:
        self._db = db
        self._clients = clients
        self._connectors = connectors
        self._syncs = syncs
        self._flows = flows
        self._workspace_id = workspace_id

    def of_app(self, app: str | None = None) -> list[Recipe]:
        """Return the recipes, of one app if it is named. Raises UserError for an unknown app."""
        return reading.of_app(app)

    async def show(self, recipe_id: str) -> ShownRecipe:
        """Return a recipe, what it comes to, and how the connections stand that it could use.

        Raises UserError for an unknown one.
        """
        recipe = reading.get(recipe_id)
        parts = tuple(shown(recipe, part, self._connectors) for part in recipe.syncs)
        rows, granted = await self._known()
        scopes: dict[str, Mapping[str, tuple[str, ...]]] = {
            app: needs(uses).needed
            for app in recipe.apps
            if (uses := self._uses(recipe, parts, recipe.flow, app))
        }
        standings = [
            Standing(
                app,
                row.name,
                self._needs(self._uses(recipe, parts, recipe.flow, app), row, granted),
            )
            for app in recipe.apps
            for row in rows
            if row.connector == app
        ]
        return ShownRecipe(recipe, parts, scopes, tuple(standings))

    def planned(self, recipe_id: str, app: str) -> list[Use]:
        """Return what a recipe needs of an app, without what is optional. Raises UserError."""
        recipe = reading.get(recipe_id)
        if app not in recipe.apps:
            raise UserError(
                f"The recipe {recipe.id} is not for {app}; it is for {' and '.join(recipe.apps)}."
            )
        parts = [
            shown(recipe, part, self._connectors) for part in recipe.syncs if not part.optional
        ]
        return self._uses(recipe, parts, chosen_flow(recipe, ()), app)

    async def use(self, recipe_id: str, using: Using, *, dry_run: bool = False) -> Used:
        """Make what a recipe is: syncs that are paused, a flow that is a draft; all of it or nothing.

        Nothing is written to the apps, unless a flow is published. A dry run checks everything and
        makes none. Raises UserError for what is unknown, missing or taken, and for what an app
        cannot do.
        """
        recipe = reading.get(recipe_id)
        parts = chosen(recipe, using.parts, using.answers)
        pattern = chosen_flow(recipe, using.parts)
        rows, granted = await self._known()
        ends = _ends(recipe, using.connections, rows)
        made, taken = await self._checked_syncs(recipe, parts, ends, using)
        flow = None if pattern is None else await self._planned_flow(recipe, pattern, ends, using)
        if not dry_run:
            await self._syncs.store_all([each.new for each in made])
            if flow is not None:
                flow = await self._flows.make(recipe, flow, publish=using.publish)
        lacks = self._lacks(recipe, parts, pattern, ends, granted)
        return Used(recipe, tuple(made), taken, flow, tuple(lacks), dry_run)

    async def _planned_flow(
        self, recipe: Recipe, pattern: Pattern, ends: Sequence[Connection], using: Using
    ) -> MadeFlow:
        """Return the flow as it would be made. Raises UserError if it cannot be published but has to."""
        name = using.prefix or recipe.id
        if pattern.name is not None:
            name = f"{using.prefix or ends[-1].name}-{pattern.name}"
        chosen_ones: dict[str, str] = {
            app: row.name for app, row in zip(recipe.apps, ends, strict=True)
        }
        flow = await self._flows.plan(recipe, pattern, Ends(chosen_ones, using.answers), name)
        if using.publish and flow.problems:
            raise UserError(f"The flow cannot be published: {flow.problems[0]}")
        return flow

    async def _checked_syncs(
        self, recipe: Recipe, parts: Sequence[Part], ends: Sequence[Connection], using: Using
    ) -> tuple[list[MadeSync], tuple[str, ...]]:
        """Return the syncs to make, checked, and the names of those that are there. Raises UserError."""
        if not parts:
            return [], ()
        both = (ends[0], ends[1])
        taken = await self._taken(parts, both)
        missing = [part for part in parts if part.name not in taken]
        prefix = using.prefix or both[1].name
        wanted = [await self._wanted(recipe, part, both, prefix) for part in missing]
        checked = await self._syncs.check_all([each for each, _ in wanted])
        made = zip(checked, (left for _, left in wanted), strict=True)
        names = (both[0].name, both[1].name)
        return [MadeSync(new, *names, left) for new, left in made], tuple(taken.values())

    async def _taken(
        self, parts: Sequence[Part], ends: tuple[Connection, Connection]
    ) -> dict[str, str]:
        """Return the names of syncs that others can stand on and that are there, by part.

        Raises UserError where one does not carry what it has to.
        """
        there = await self._there(ends)
        taken = {}
        for part in parts:
            known = there.get(part.records)
            if part.ground and known is not None:
                check_carries(part, known, ends[0].id)
                taken[part.name] = known.name
        return taken

    async def _wanted(
        self, recipe: Recipe, part: Part, ends: tuple[Connection, Connection], prefix: str
    ) -> tuple[Wanted, tuple[str, ...]]:
        naming = part.model_dump(mode="json")
        a = await open_end(self._clients, "a", ends[0].id, part.records, naming)
        b = await open_end(self._clients, "b", ends[1].id, part.records, naming)
        said, left = said_of(part, (a.resource, b.resource))
        wanted = Wanted(
            f"{prefix}-{part.name}",
            ends[0].name,
            ends[1].name,
            part.records,
            every_seconds=part.minutes * 60,
            said=said,
            paused=f"The recipe {recipe.id} made it: preview it, then release it.",
            recipe=recipe.id,
        )
        return wanted, left

    async def _there(self, ends: tuple[Connection, Connection]) -> dict[str, Sync]:
        """Return the syncs that these connections have already, by kind of record."""
        both = {each.id for each in ends}
        return {
            sync.canonical: sync
            for sync in await self._syncs.list()
            if {sync.a_connection, sync.b_connection} == both
        }

    async def _known(self) -> tuple[list[Connection], Mapping[str, tuple[str, ...]]]:
        """Return every connection, and the scopes that each is known to have."""

        def read(tx: sa.Connection) -> tuple[list[Connection], Mapping[str, tuple[str, ...]]]:
            rows = connections.list_all(tx, self._workspace_id)
            return rows, credentials.scopes(tx, self._workspace_id)

        return await self._db.run_read(read)

    def _uses(
        self, recipe: Recipe, parts: Sequence[ShownPart], pattern: Pattern | None, app: str
    ) -> list[Use]:
        """Return what a recipe needs of an app."""
        of_flow = uses_of_flow(recipe, pattern, app, self._connectors)
        return [*uses_of(recipe, parts, app), *of_flow]

    def _needs(
        self, uses: Sequence[Use], row: Connection, granted: Mapping[str, tuple[str, ...]]
    ) -> Needs:
        connector = self._connectors[row.connector]
        return needs(uses, always(connector, row.auth_kind), granted.get(row.id))

    def _lacks(
        self,
        recipe: Recipe,
        parts: Sequence[Part],
        pattern: Pattern | None,
        ends: Sequence[Connection],
        granted: Mapping[str, tuple[str, ...]],
    ) -> list[str]:
        """Say what the chosen connections surely lack for these parts."""
        told = [shown(recipe, part, self._connectors) for part in parts]
        known = [
            (row.name, self._needs(self._uses(recipe, told, pattern, app), row, granted).sentence)
            for app, row in zip(recipe.apps, ends, strict=True)
        ]
        return [f"{name}: {sentence}" for name, sentence in known if sentence is not None]


def _ends(recipe: Recipe, named: Mapping[str, str], rows: Sequence[Connection]) -> list[Connection]:
    """Return the connections that a person named, in the order of the apps. Raises UserError."""
    for app in named:
        if app not in recipe.apps:
            raise UserError(
                f"The recipe {recipe.id} has no part for {app!r}; it needs a connection for "
                f"{' and one for '.join(recipe.apps)}."
            )
    return [_end(app, named.get(app), rows) for app in recipe.apps]


def _end(app: str, name: str | None, rows: Sequence[Connection]) -> Connection:
    usable = [row for row in rows if _fits(app, row.connector)]
    names = f"There are: {', '.join(row.name for row in usable)}." if usable else _how(app)
    if name is None:
        raise UserError(
            f"Which connection is the one of {TITLES[app]}? Say --connection {app}=NAME. {names}"
        )
    row = next((each for each in rows if name in {each.id, each.name}), None)
    if row is None:
        raise UserError(f"There is no connection called {name!r} for {TITLES[app]}. {names}")
    if row not in usable:
        raise UserError(
            f"The connection {name!r} is one of {row.connector}, and cannot be the one of "
            f"{TITLES[app]} here. {names}"
        )
    return row


def _fits(app: str, connector: str) -> bool:
    """Whether a connection by this connector may stand for an app."""
    if app in OWN_CONNECTOR:
        return connector == app
    return connector not in OWN_CONNECTOR


def _how(app: str) -> str:
    if app in OWN_CONNECTOR:
        return f"There is none yet: instep connect {app}"
    return (
        "There is none yet. The app has to be described in a manifest first; see "
        "docs/how-to/connect-your-own-app.md."
    )
