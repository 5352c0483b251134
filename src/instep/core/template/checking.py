"""Whether a template can work with what is known of its values, before there are any."""

from __future__ import annotations

from dataclasses import dataclass

from instep.core.shapes import ANYTHING, WRITABLE, Kind, Shape, kind_of, takes
from instep.core.template.expressions import Call, Expression, Literal, Path, Template
from instep.core.template.mistakes import TemplateError, nearest
from instep.core.template.modifier import Keeps


@dataclass(frozen=True, slots=True)
class Checked:
    """What will come of a template, as far as that is known, and everything wrong in it."""

    shape: Shape
    errors: tuple[TemplateError, ...]


def check(template: Template | Expression, known: Shape) -> Checked:
    """Check names and types against what is known of the values. Raises nothing."""
    errors: list[TemplateError] = []
    if isinstance(template, Expression):
        return Checked(_expression(template, known, errors), tuple(errors))
    shapes = [_expression(each, known, errors) for each in template.expressions]
    alone = len(template.parts) == 1
    if not alone:
        for shape, each in zip(shapes, template.expressions, strict=True):
            _written(shape, each, errors)
    shape = shapes[0] if alone and shapes else Shape(Kind.TEXT)
    return Checked(shape, tuple(errors))


def _written(shape: Shape, expression: Expression, errors: list[TemplateError]) -> None:
    if shape.kind is Kind.OBJECT:
        at = expression.operand
        said = "this is an object, not a text; name one of its fields, or add | json"
        hint = f" ({nearest('', shape.fields)})" if shape.fields else ""
        errors.append(TemplateError(said + hint, expression.source, at.start, at.end))


def _expression(expression: Expression, known: Shape, errors: list[TemplateError]) -> Shape:
    shape = _operand(expression.operand, known, expression.source, errors)
    for call in expression.calls:
        wanted = call.modifier.takes
        if not takes(wanted, shape.kind):
            said = f"{call.modifier.name} takes {_a(wanted)}, and is given {_a(shape.kind)}"
            said += "; take one item (first, [0]) or join it" if shape.kind is Kind.LIST else ""
            errors.append(TemplateError(said, expression.source, call.start, call.end))
        _arguments(call, known, expression.source, errors)
        shape = _after(call, shape)
    return shape


def _arguments(call: Call, known: Shape, source: str, errors: list[TemplateError]) -> None:
    for number, each in enumerate(call.arguments):
        if isinstance(each, Literal):
            continue
        argument = call.modifier.argument(number)
        shape = _operand(each, known, source, errors)
        if not takes(argument.kind, shape.kind):
            said = (
                f"the {argument.name} of {call.modifier.name} is {_a(argument.kind)}, and is "
                f"given {_a(shape.kind)}"
            )
            errors.append(TemplateError(said, source, each.start, each.end))


def _after(call: Call, shape: Shape) -> Shape:
    match call.modifier.keeps:
        case Keeps.ITEM:
            return shape.items or ANYTHING
        case Keeps.VALUE:
            others = {
                kind_of(each.of(None)) for each in call.arguments if isinstance(each, Literal)
            }
            mixed = any(isinstance(each, Path) for each in call.arguments)
            same = not mixed and (others <= {shape.kind} or call.modifier.name != "default")
            return shape if same else ANYTHING
        case None:
            return Shape(call.modifier.gives)


def _operand(
    operand: Path | Literal, known: Shape, source: str, errors: list[TemplateError]
) -> Shape:
    if isinstance(operand, Literal):
        return Shape(kind_of(operand.value))
    shape = known
    for number, step in enumerate(operand.steps):
        below = _below(shape, step)
        if isinstance(below, str):
            there = f"{Path(operand.steps[:number])} " if number else ""
            said = f"{there}{below}".strip()
            errors.append(TemplateError(said, source, operand.start, operand.end))
            return ANYTHING
        shape = below
    return shape


def _below(shape: Shape, step: str | int) -> Shape | str:
    """Return what is known one step further, or say why there is no such step."""
    if shape.kind is Kind.LIST:
        return (
            shape.items or ANYTHING
            if isinstance(step, int)
            else f"is a list: take one item first, as in [0], or | pick:{step[:40]!r}"
        )
    if shape.kind is Kind.OBJECT:
        return _field(shape, str(step))
    if shape.kind in WRITABLE:
        return f"is {_a(shape.kind)}, which has nothing in it"
    return ANYTHING


def _field(shape: Shape, name: str) -> Shape | str:
    found = shape.fields.get(name)
    if found is not None:
        return found
    return ANYTHING if shape.more else f"has no {name[:40]!r}; {nearest(name, shape.fields)}"


def _a(kind: Kind) -> str:
    if kind in {Kind.TEXT, Kind.BOOLEAN, Kind.ANY, Kind.NOTHING}:
        return kind.value
    return f"an {kind}" if kind is Kind.OBJECT else f"a {kind}"
