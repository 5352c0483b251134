"""Whether what a step or a poll is given is what the operation takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.core.flow.filling import Filling
from instep.core.flow.offer import Input
from instep.core.flow.problems import Problems, below, nearest, shown
from instep.core.flow.sight import TEXT, Sight
from instep.core.shapes import ANYTHING, WRITABLE, kind_of, takes
from instep.core.template import Kind, Shape

_FLAGS = frozenset({"true", "false"})


def check_inputs(
    given: Mapping[str, Filling],
    wanted: Mapping[str, Input],
    place: str,
    sight: Sight,
    problems: Problems,
) -> None:
    """Check names, required ones, types and allowed values of an operation's inputs."""
    for name in given:
        if name not in wanted and not problems.is_full:
            problems.add(below(place, name), "is unknown to the operation", nearest(name, wanted))
    for name, each in wanted.items():
        held = given.get(name)
        if each.required and (held is None or held.raw in (None, "")):
            fix = f"The operation needs it: give {name} {_a(each.shape.kind)}."
            problems.add(place, f"has no {name}", fix)
        elif held is not None:
            check_value(held, each.shape, below(place, name), sight, problems)
            _check_allowed(held, each, below(place, name), problems)


def check_value(
    given: Filling, wanted: Shape, place: str, sight: Sight, problems: Problems
) -> Shape:
    """Check a value, and all in it, against the shape it should have; return the shape it has."""
    if given.template is not None:
        shape = check_template(given, place, sight, problems)
    elif given.is_constant:
        shape = _constant(given.raw, wanted)
    else:
        shape = _check_inside(given, wanted, place, sight, problems)
    if not takes(wanted.kind, shape.kind):
        # of single values the app may still take one for the other: "5" for 5
        tell = problems.warn if {wanted.kind, shape.kind} <= WRITABLE | {Kind.BOOLEAN} else None
        tell = problems.add if tell is None or given.is_constant else tell
        held = shown(given.raw) if given.is_constant else _a(shape.kind)
        tell(place, f"is {held}", f"It has to be {_a(wanted.kind)}.")
    return shape


def check_template(given: Filling, place: str, sight: Sight, problems: Problems) -> Shape:
    """Check a template against what is known; return the shape of what it gives."""
    if given.template is None:
        return Shape(kind_of(given.raw))
    shape, wrong = given.template.check(sight.shape)
    for sentence in wrong:
        tell_wrong(sentence, place, problems)
    if not wrong:
        tell_doubtful(sight.doubtful(given.template.unguarded), place, problems)
        for path, hint in sight.undocumented(given.template.unguarded):
            problems.warn(place, f"reads {path}, which its app does not document", hint)
    return shape


def tell_wrong(sentence: str, place: str, problems: Problems) -> None:
    """Note what a language found wrong; what stands behind its semicolon is what to do."""
    what, _, hint = sentence.rstrip(".").partition("; ")
    fix = f"{hint[:1].upper()}{hint[1:]}" if hint else "Change the expression"
    problems.add(place, f"cannot be: {what}", fix if fix.endswith("?") else f"{fix}.")


def tell_doubtful(names: list[str], place: str, problems: Problems) -> None:
    """Note what only some ways of a branch give."""
    for name in names:
        fix = "It is empty on the others: give it a default, or set it on every way."
        problems.warn(place, f"reads {name}, which only some ways give", fix)


def _check_inside(
    given: Filling, wanted: Shape, place: str, sight: Sight, problems: Problems
) -> Shape:
    """Check a list or an object with templates somewhere inside."""
    found = {}
    for name, each in given.entries():
        inner = (wanted.items or ANYTHING) if name.startswith("[") else wanted.fields.get(name)
        at = f"{place}{name}" if name.startswith("[") else below(place, name)
        found[name] = check_value(each, inner or ANYTHING, at, sight, problems)
    if isinstance(given.raw, list):
        return Shape(Kind.LIST, items=next(iter(found.values()), None))
    return Shape(Kind.OBJECT, found)


def _constant(raw: Any, wanted: Shape) -> Shape:
    """Return the shape of a plain value: a text that tells what is wanted counts as that."""
    if isinstance(raw, str) and raw.strip():
        if wanted.kind is Kind.BOOLEAN and raw.lower() in _FLAGS:
            return Shape(Kind.BOOLEAN)
        if wanted.kind is Kind.NUMBER:
            return Shape(Kind.NUMBER) if _is_number(raw) else Shape(Kind.BOOLEAN)
        return TEXT
    return Shape(kind_of(raw))


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _check_allowed(given: Filling, wanted: Input, place: str, problems: Problems) -> None:
    if not wanted.allowed or not given.is_constant or given.raw is None:
        return
    if isinstance(given.raw, (str, int, float)) and str(given.raw) not in wanted.allowed:
        fix = nearest(given.raw, wanted.allowed)
        problems.add(place, f"is {shown(given.raw)}, which is not allowed", fix)


def _a(kind: Kind) -> str:
    match kind:
        case Kind.TEXT | Kind.BOOLEAN | Kind.ANY | Kind.NOTHING:
            return "a value" if kind is Kind.ANY else kind.value
        case Kind.OBJECT:
            return "an object"
        case _:
            return f"a {kind.value}"
