"""Make the mapping and the rules of a sync out of what a person says, checked against both apps."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from instep.core.defaults import check_default
from instep.core.deleting import TAGS, Abilities, check
from instep.core.errors import UserError
from instep.core.filter_lines import read_lines
from instep.core.filters import build_filter, filter_rows
from instep.core.mapping import FieldMapping, build, default_mapping, rows_of, with_parent
from instep.core.mapping_rows import Row, reworded, towards, with_choices
from instep.core.pairs import Authority, Direction, SideName
from instep.core.records import FieldType
from instep.core.rules import Deletes, Leaving, Rules, SideRules
from instep.engine.business_names import resolve
from instep.engine.clients import Clients, Reached
from instep.sdk.resource import Resource

_Choice = TypeVar("_Choice", bound=StrEnum)

Asked = Sequence[str] | Mapping[str, Any] | None
"""A filter as it is asked for: lines, or a group; None: no filter any more."""


Declared = Resource | type[Resource]
"""A resource of a connection, or only what its connector declares."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says about a sync's mapping and rules. What is left out stays as it is.

    `fields` gives single pairs another direction or authority, by side A's name: "to_b,newest".
    `defaults` are texts by side and field, "b.calendar_id"; an empty one is taken away.
    """

    mapping: Sequence[Row] | None = None
    direction: str | None = None
    authority: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[SideName, Asked] = field(default_factory=dict)
    leaving: str | None = None
    deletes: Mapping[SideName, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class End:
    """One side of a sync while it is set up."""

    name: SideName
    reached: Reached
    resource: Resource

    @property
    def called(self) -> str:
        """What it is called in messages: "Insightly contacts"."""
        return f"{self.reached.connector.title} {self.resource.name}"


@dataclass(frozen=True, slots=True)
class Made:
    """A checked mapping, in its stored form, and the rules beside it."""

    rows: Sequence[Mapping[str, Any]]
    rules: Rules


async def open_end(
    clients: Clients, side: SideName, connection: str, canonical: str, naming: Any = None
) -> End:
    """Open one side, with the account's own fields where `naming` names one.

    Raises UserError for an unknown connection, or a kind its app does not have.
    """
    reached = await clients.named(connection)
    try:
        kind = reached.connector.resource(canonical)
    except KeyError:
        kinds = ", ".join(each.canonical for each in reached.connector.resources)
        raise UserError(
            f"{reached.connector.title} has no resource of the kind {canonical!r}; it has {kinds}."
        ) from None
    return End(side, reached, await clients.resource(reached, kind, naming))


async def make(ends: tuple[End, End], said: Said, now: Made | None = None) -> Made:
    """Return what a sync is to be. `now` is what it is; None: it is new.

    Asks the apps only for the ids of businesses that a filter names. Raises UserError.
    """
    a, b = ends
    mapping = _mapping(ends, said, now)
    rules = Rules() if now is None else now.rules
    leaving = rules.leaving if said.leaving is None else _chosen(Leaving, said.leaving, "leaving")
    _check_sides(said)
    rules = Rules(
        await _side_rules(a, b, said, rules.a, mapping),
        await _side_rules(b, a, said, rules.b, mapping),
        leaving,
    )
    for end, other in ((a, b), (b, a)):
        if leaving is Leaving.TAG and rules.side(end.name).filter is not None:
            _check_tags(other, mapping, "--leaving tag")
        check_deletes(rules.side(end.name).deletes, end, mapping)
    return Made(rows_of(mapping), rules)


# The mapping


def _mapping(ends: tuple[End, End], said: Said, now: Made | None) -> FieldMapping:
    a, b = ends
    rows = None if now is None else now.rows
    _check_withheld(said.mapping or (), ends)
    return mapping_of((a.resource, b.resource), (a.called, b.called), said, rows)


def mapping_of(
    kinds: tuple[Declared, Declared],
    called: tuple[str, str],
    said: Said,
    rows: Sequence[Row] | None = None,
) -> FieldMapping:
    """Return the mapping that somebody says, between two resources or what they declare.

    `called` is what the two are called in messages; `rows` is what the mapping is now, None: it is
    new. Raises UserError.
    """
    fields = kinds[0].fields, kinds[1].fields
    way = None if said.direction is None else _chosen(Direction, said.direction, "direction")
    who = None if said.authority is None else _chosen(Authority, said.authority, "authority")
    if said.mapping is not None:
        mapping = build(with_choices(said.mapping, way, who), *fields, called)
    elif rows is not None:
        mapping = build(reworded(rows, way, who, {}), *fields, called)
    else:
        mapping = towards(default_mapping(*fields, who or Authority.A), way or Direction.BOTH)
    mapping = _with_parent(mapping, kinds)
    return build(reworded(rows_of(mapping), None, None, said.fields), *fields, called)


def _check_withheld(rows: Sequence[Row], ends: tuple[End, End]) -> None:
    """Refuse fields that a connector never reads, with its reason."""
    for number, row in enumerate(rows, start=1):
        for end in ends:
            name = row.get(end.name, row.get("a"))
            why = end.resource.withheld(name) if isinstance(name, str) else None
            if why is not None:
                raise UserError(f"Row {number} of the mapping: {why}")


def _with_parent(mapping: FieldMapping, kinds: tuple[Declared, Declared]) -> FieldMapping:
    """Add the pair that names the parent; it goes the way of the others, if all go one way."""
    a, b = kinds
    parent = a.parent or b.parent
    if parent is None:
        return mapping
    whole = with_parent(mapping, parent.kind, a.fields, b.fields)
    ways = {pair.direction for pair in mapping.pairs}
    if len(whole.pairs) == len(mapping.pairs) or len(ways) != 1:
        return whole
    *others, added = whole.pairs
    return replace(whole, pairs=(*others, replace(added, direction=ways.pop())))


# The rules


def _check_sides(said: Said) -> None:
    for name in [*said.filters, *said.deletes]:
        if name not in {"a", "b"}:
            raise UserError(f"There is no side {name!r}: a sync has side a and side b.")
    for place in said.defaults:
        if place.partition(".")[0] not in {"a", "b"} or not place.partition(".")[2]:
            raise UserError(
                f"The default {place!r} names no field; say SIDE.FIELD=VALUE, such as "
                "b.status=confirmed."
            )


async def _side_rules(
    end: End, other: End, said: Said, now: SideRules, mapping: FieldMapping
) -> SideRules:
    stored = now.filter
    if end.name in said.filters:
        stored = await _filter(end, said.filters[end.name])
    deletes = now.deletes
    if end.name in said.deletes:
        deletes = _chosen(Deletes, said.deletes[end.name], "deletes")
    return SideRules(stored, deletes, _defaults(end, other, said, now, mapping))


async def _filter(end: End, asked: Asked) -> Mapping[str, Any] | None:
    if asked is None:
        return None
    fields = end.resource.fields
    raw: Any = asked
    if not isinstance(asked, Mapping):
        raw = read_lines(asked, [each.name for each in fields])
    raw = await resolve(raw, end.resource, end.reached)
    country = end.reached.account.country
    return filter_rows(build_filter(raw, fields, end.called, country))


def _defaults(
    end: End, other: End, said: Said, now: SideRules, mapping: FieldMapping
) -> dict[str, str]:
    texts = dict(now.defaults)
    known = {each.name: each for each in end.resource.fields}
    for place, text in said.defaults.items():
        side, _, name = place.partition(".")
        if side != end.name:
            continue
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1) or sorted(known)
            raise UserError(
                f"The default {place!r} names a field that {end.called} do not have; did you mean "
                f"{' or '.join(near)}?"
            )
        check_default(text or "-", known[name], end.reached.account.country, end.called)
        texts[name] = text
    texts = {name: text for name, text in texts.items() if text}
    return texts | _required(end, other, mapping, texts)


def _required(
    end: End, other: End, mapping: FieldMapping, texts: Mapping[str, str]
) -> dict[str, str]:
    """Return the defaults for what the app insists on; UserError where a person has to choose."""
    missing = {each.field: each for each in end.resource.required if each.field not in texts}
    if not is_reached(mapping, end.name):
        return {}
    sure = {each.field for each in other.resource.required}
    for pair in mapping.pairs:
        own, source = pair.field(end.name).name, pair.field(other.name).name
        if own not in missing or not pair.reaches(end.name, creating=True):
            continue
        if source in sure or missing[own].default is None:
            del missing[own]
    for name, each in missing.items():
        if each.default is None:
            raise UserError(
                f"{end.called} cannot be created without {name}. {each.why} "
                f"Say: --default {end.name}.{name}=VALUE"
            )
    return {name: each.default for name, each in missing.items() if each.default is not None}


# What the apps can do


def check_deletes(policy: Deletes, end: End, mapping: FieldMapping) -> None:
    """Check that an app can do what is to follow a delete on the other side. Raises UserError."""
    if policy is not Deletes.IGNORE:
        _check_reached(end, mapping, f"--deletes-{end.name} {policy.value}")
    abilities = Abilities(
        end.reached.connector.title,
        end.resource.name,
        tags=_has_tags(end.resource),
        archived=end.resource.archived,
        deletes=_can_delete(end.resource),
    )
    check(policy, end.name, abilities)


def _can_delete(resource: Resource) -> bool:
    child = resource if resource.parent is None else resource.under("0")
    return child.delete("0") is not None


def _check_tags(end: End, mapping: FieldMapping, option: str) -> None:
    _check_reached(end, mapping, option)
    if not _has_tags(end.resource):
        raise UserError(f"{end.called} have no tags to write, so {option} is not possible.")


def _has_tags(resource: Resource) -> bool:
    held = next((each for each in resource.fields if each.name == TAGS), None)
    return held is not None and held.type is FieldType.WORDS and not held.readonly


def _check_reached(end: End, mapping: FieldMapping, option: str) -> None:
    if not is_reached(mapping, end.name):
        raise UserError(
            f"The sync goes one way and never writes to side {end.name.upper()}, so {option} is "
            "not possible."
        )


def is_reached(mapping: FieldMapping, side: SideName) -> bool:
    """Whether anything may be written to `side`."""
    return any(pair.reaches(side, creating=True) for pair in mapping.pairs)


def _chosen(kind: type[_Choice], text: str, what: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        raise UserError(f"{text!r} is no {what}; it can be {', '.join(kind)}.") from None
