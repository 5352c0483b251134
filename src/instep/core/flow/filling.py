"""Values with templates in them, however deep: compiled once, filled in for each run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from instep.core.flow.language import Conditions, Template

OPENING = "{{"
"""Without it a text holds no expression and stands for itself."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that is a template."""

    template: Template


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions as they were written, and read."""

    raw: Any
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class Filling:
    """A value as it was written, and what it takes to fill it in.

    `_parts` has the same form as `raw`, with each template compiled; it is `raw` itself where there
    is none.
    """

    raw: Any
    _parts: Any

    @property
    def templates(self) -> tuple[Template, ...]:
        """Every template in it, in the order they stand."""
        return tuple(_templates(self._parts))

    @property
    def is_constant(self) -> bool:
        """Whether nothing has to be filled in."""
        return self._parts is self.raw

    @property
    def template(self) -> Template | None:
        """The template it is; None if it is a plain value, or one with templates inside."""
        return self._parts.template if isinstance(self._parts, _Text) else None

    def entries(self) -> Iterator[tuple[str, Filling]]:
        """Yield what stands directly inside, each with its place: `[1]` of a list, or a name."""
        if isinstance(self.raw, Mapping):
            for name, raw in self.raw.items():
                yield name, Filling(raw, self._parts[name])
        elif isinstance(self.raw, list):
            for number, raw in enumerate(self.raw):
                yield f"[{number + 1}]", Filling(raw, self._parts[number])

    def render(self, values: Mapping[str, Any]) -> Any:
        """Return the value for these values by root. Raises UserError where a template does."""
        return self.raw if self.is_constant else _rendered(self._parts, values)


def filled_in(inputs: Mapping[str, Filling], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operation's inputs for these values.

    One whose expression gives nothing is left out. A null that was written stays: it empties a
    field. Raises UserError where a template does.
    """
    found = {name: each.render(values) for name, each in inputs.items()}
    return {
        name: value
        for name, value in found.items()
        if value is not None or inputs[name].is_constant
    }


def text_of(raw: str, template: Template) -> Filling:
    """Return the filling of a text that is a template."""
    return Filling(raw, _Text(template))


def list_of(raw: list[Any], inside: list[Filling]) -> Filling:
    """Return the filling of a list whose items are these."""
    if all(each.is_constant for each in inside):
        return Filling(raw, raw)
    return Filling(raw, [each._parts for each in inside])  # noqa: SLF001 - of its own class


def object_of(raw: Mapping[str, Any], inside: Mapping[str, Filling]) -> Filling:
    """Return the filling of an object whose entries are these."""
    if all(each.is_constant for each in inside.values()):
        return Filling(raw, raw)
    parts = {name: each._parts for name, each in inside.items()}  # noqa: SLF001 - of its own class
    return Filling(raw, parts)


def constant(raw: Any) -> Filling:
    """Return the filling of a value without templates."""
    return Filling(raw, raw)


def _templates(parts: Any) -> Iterator[Template]:
    if isinstance(parts, _Text):
        yield parts.template
    elif isinstance(parts, Mapping):
        for each in parts.values():
            yield from _templates(each)
    elif isinstance(parts, list):
        for each in parts:
            yield from _templates(each)


def _rendered(parts: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(parts, _Text):
        return parts.template.render(values)
    if isinstance(parts, Mapping):
        found = {name: _rendered(each, values) for name, each in parts.items()}
        # nothing is read as nothing either way, and in a call a null would empty a field
        return {
            name: value
            for name, value in found.items()
            if value is not None or not isinstance(parts[name], _Text)
        }
    if isinstance(parts, list):
        return [_rendered(each, values) for each in parts]
    return parts
