"""What a recipe comes to between two apps: its mappings, its rules and the scopes they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.core.errors import UserError
from instep.core.mapping import rows_of
from instep.core.mapping_rows import with_choices
from instep.core.pairs import SIDES
from instep.core.rules import Deletes, Rules, SideRules
from instep.engine.rule_making import Declared, Said, mapping_of
from instep.engine.scopes import scopes_of
from instep.recipes.recipe import OWN_CONNECTOR, TITLES, Part, Recipe, Row
from instep.sdk.connector import Connector
from instep.sdk.resource import Resource
from instep.store.syncs import Sync

_TURNED = {"to_a": "to_b", "to_b": "to_a"}

Kinds = tuple[type[Resource] | None, type[Resource] | None]
"""The resources of both apps for one kind of record; None where nobody has described one."""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One sync of a recipe as it would be made.

    `rows` is its mapping; None: every field that both apps have, which is not known before the
    other app is described. `scopes` are those that it needs of each app, by name.
    """

    part: Part
    rows: Sequence[Mapping[str, Any]] | None
    scopes: Mapping[str, tuple[str, ...]]


def said_of(part: Part, kinds: tuple[Declared, Declared]) -> tuple[Said, tuple[str, ...]]:
    """Return what a part says about a sync between two resources, and the fields left out.

    Left out are pairs that a recipe wants only where both apps have the field.
    """
    mapping, left = None, []
    if part.mapping != "default":
        held = [{field.name for field in kind.fields} for kind in kinds]
        mapping = []
        for row in part.mapping:
            if row.where_held and not (row.a in held[0] and row.other in held[1]):
                left.append(row.a)
            else:
                mapping.append(row.plain())
    return (
        Said(
            mapping,
            part.direction.value,
            part.authority.value,
            part.fields,
            {side: tuple(lines) for side, lines in part.filters.items()},
            part.leaving.value,
            {side: policy.value for side, policy in part.deletes.items()},
            part.defaults,
        ),
        tuple(left),
    )


def shown(recipe: Recipe, part: Part, connectors: Mapping[str, Connector]) -> ShownPart:
    """Return a part as it would be made, as far as the apps' connectors tell beforehand."""
    kinds = _kinds(recipe, part, connectors)
    rows = _rows(recipe, part, kinds)
    known = rows if rows is not None else [{"direction": part.direction.value}]
    rules = Rules(
        SideRules(deletes=part.deletes.get("a", Deletes.IGNORE)),
        SideRules(deletes=part.deletes.get("b", Deletes.IGNORE)),
        part.leaving,
    )
    scopes: dict[str, tuple[str, ...]] = {
        app: scopes_of(kind, side, known, rules)
        for app, kind, side in zip(recipe.apps, kinds, SIDES, strict=True)
        if kind is not None
    }
    return ShownPart(part, rows, scopes)


def _kinds(recipe: Recipe, part: Part, connectors: Mapping[str, Connector]) -> Kinds:
    # what others declare says little: a person describes the app anew, as far as its API goes
    a, b = (
        _kind(connectors.get(app) if app in OWN_CONNECTOR else None, part.records)
        for app in recipe.apps
    )
    return a, b


def _kind(connector: Connector | None, records: str) -> type[Resource] | None:
    if connector is None:
        return None
    return next((each for each in connector.resources if each.canonical == records), None)


def _rows(recipe: Recipe, part: Part, kinds: Kinds) -> Sequence[Mapping[str, Any]] | None:
    a, b = kinds
    if a is not None and b is not None:
        names = tuple(
            f"{TITLES[app]} {each.name}" for app, each in zip(recipe.apps, (a, b), strict=True)
        )
        said, _ = said_of(part, (a, b))
        return rows_of(mapping_of((a, b), (names[0], names[1]), said))
    if part.mapping == "default":
        return None
    plain = [_whole(row) for row in part.mapping]
    return with_choices(plain, part.direction.value, part.authority.value)


def _whole(row: Row) -> dict[str, Any]:
    return {**row.plain(), "b": row.other}


def check_carries(part: Part, sync: Sync, a_connection: str) -> None:
    """Check that a sync which is there already does for the others that stand on it.

    `a_connection` is the recipe's side A; the sync may have it as its side B. Raises UserError
    that says what to change.
    """
    swapped = sync.a_connection != a_connection
    rows = {row["b" if swapped else "a"]: row for row in sync.mapping}
    for field in part.carries:
        row = rows.get(field)
        if row is None:
            raise UserError(
                f"The sync {sync.name!r} keeps these {part.records}s in step already, but does not "
                f"carry {field}, which this recipe needs. Add the pair by a mapping file: "
                f"instep sync set {sync.name} --mapping FILE"
            )
        way = part.direction.value
        wanted = _TURNED.get(way, way) if swapped else way
        if row["direction"] not in {"both", wanted}:
            raise UserError(
                f"The sync {sync.name!r} keeps these {part.records}s in step already, but carries "
                f"{field} the other way only ({row['direction']}). This recipe needs it {wanted}: "
                f"instep sync set {sync.name} --field {row['a']}=both"
            )
