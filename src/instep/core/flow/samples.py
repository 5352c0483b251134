"""Made-up values for tests of flows: from a shape, or from what a flow reads. Always the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from instep.core.flow.language import Path
from instep.core.flow.model import (
    Action,
    Branch,
    Delay,
    Filter,
    Flow,
    ForEach,
    SetValues,
    Step,
)
from instep.core.template import Kind, Shape

_DEEPEST = 8
_MOMENT, _DAY = "2026-01-15T09:00:00+00:00", "2026-01-15"
_VALUES: Mapping[Kind, Any] = {
    Kind.NUMBER: 1,
    Kind.BOOLEAN: True,
    Kind.TIME: _MOMENT,
    Kind.MOMENT: _MOMENT,
    Kind.DATE: _DAY,
    Kind.NOTHING: None,
}
# what a text is likely to be, by the words of its name; addresses and numbers that reach nobody
_TEXTS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"email", "mail"}), "ann@example.com"),
    (frozenset({"phone", "mobile"}), "+12025550123"),
    (frozenset({"url", "link", "website"}), "https://example.com/"),
    (frozenset({"date", "at", "time", "since"}), _MOMENT),
    (frozenset({"first"}), "Ann"),
    (frozenset({"last"}), "Example"),
    (frozenset({"country"}), "US"),
    (frozenset({"zone", "timezone"}), "UTC"),
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def sample_of(shape: Shape, name: str = "", deepest: int = _DEEPEST) -> Any:
    """Return a value of this shape; `name` is what it stands under."""
    if not deepest:
        return None
    match shape.kind:
        case Kind.OBJECT:
            return {each: sample_of(of, each, deepest - 1) for each, of in shape.fields.items()}
        case Kind.LIST:
            return [] if shape.items is None else [sample_of(shape.items, name, deepest - 1)]
        case Kind.TEXT | Kind.ANY:
            return _text(name)
        case _:
            return _VALUES[shape.kind]


def sample_for(flow: Flow) -> dict[str, Any]:
    """Return an item that has a value wherever a flow's steps read one of its trigger.

    For triggers of whose items nothing is known beforehand.
    """
    item: dict[Path, Any] = {
        path[1:]: _text(_name(path)) for path in _read(flow, "trigger") if len(path) > 1
    }
    entry = _built({path[1:]: _text(_name(path)) for path in _read(flow, "item") if path[1:]})
    for step in flow.all_steps():
        if isinstance(step, ForEach):
            for path in _templates_of(step):
                if path[0] == "trigger" and path[1:]:
                    item[path[1:]] = [entry or _text("item")]
    return _built(item)


def _name(path: Path) -> str:
    return next((each for each in reversed(path) if isinstance(each, str)), "")


def _text(name: str) -> str:
    words = {each.lower() for each in _WORDS.findall(name)}
    for some, text in _TEXTS:
        if some & words:
            return text
    return f"sample {name}".rstrip()


def _built(values: Mapping[Path, Any]) -> dict[str, Any]:
    """Return the object in which these values stand at their paths."""
    built: Any = {}
    for path, value in values.items():
        built = _put(built, path, value)
    return dict(built)


def _put(held: Any, path: Path, value: Any) -> Any:
    """Return what is held with a value at a path; an object or a list there is not replaced."""
    if not path:
        return held if isinstance(held, (dict, list)) else value
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        return [_put(held[0] if isinstance(held, list) and held else None, rest, value)]
    if isinstance(held, list):
        return held  # a for-each goes through it: what it holds is there already
    known = held if isinstance(held, dict) else {}
    return {**known, head: _put(known.get(head), rest, value)}


def _read(flow: Flow, root: str) -> Iterator[Path]:
    for step in flow.all_steps():
        yield from (path for path in _paths(step) if path and path[0] == root)


def _paths(step: Step) -> Iterator[Path]:
    match step:
        case Filter():
            yield from step.where.conditions.paths
        case Branch():
            for way in step.ways:
                yield from way.where.conditions.paths
        case _:
            yield from _templates_of(step)


def _templates_of(step: Step) -> Iterable[Path]:
    match step:
        case Action():
            fillings = [*step.inputs.values()]
        case SetValues():
            fillings = [*step.values.values()]
        case ForEach():
            fillings = [step.items]
        case Delay(until=until) if until is not None:
            fillings = [until]
        case _:
            fillings = []
    return [path for each in fillings for one in each.templates for path in one.paths]
