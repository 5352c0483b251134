"""A template that was read: text and expressions, ready to be rendered as often as you like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from instep.core.shapes import Kind
from instep.core.template.mistakes import Refused, RenderRefused
from instep.core.template.modifier import Modifier, given, taken
from instep.core.template.writing import LARGEST_TEXT, clean, number_text, text_of
from instep.core.times import NoTime

NO_SETTINGS: Mapping[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the template itself."""

    value: str | bool | float | None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def of(self, _values: Any) -> Any:
        """Return the value."""
        return self.value

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return quoted(self.value)
        if self.value is None:
            return "null"
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return number_text(self.value)


@dataclass(frozen=True, slots=True)
class Path:
    """The way to a value: names of fields and places in lists, counted from 0, or -1 from the end."""

    steps: tuple[str | int, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def of(self, values: Any) -> Any:
        """Return what is there; None where a step leads nowhere. Never looks into Python objects."""
        for step in self.steps:
            if isinstance(values, dict):
                values = values.get(step)
            elif isinstance(values, (list, tuple)):
                there = isinstance(step, int) and -len(values) <= step < len(values)
                values = values[step] if there else None  # type: ignore[index]  # an int, as `there` says
            elif isinstance(values, Mapping):
                values = values.get(step)
            else:
                return None
        return values

    def __str__(self) -> str:
        return "".join(map(_step, self.steps)).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if is_plain(step) else f"[{quoted(step)}]"


def is_plain(name: str) -> bool:
    """Whether a name can stand without quotes."""
    letters = name.replace("_", "a").replace("-", "0")
    return name.isascii() and letters.isalnum() and (name[0].isalpha() or name[0] == "_")


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """Return a text as a literal."""
    return '"' + "".join(_ESCAPES.get(each, each) for each in text) + '"'


@dataclass(frozen=True, slots=True)
class Call:
    """A modifier with its arguments. `ready` are those that are known before there are values."""

    modifier: Modifier
    arguments: tuple[Path | Literal, ...] = ()
    ready: Mapping[int, Any] = field(default_factory=dict, compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def of(self, value: Any, values: Any, settings: Mapping[str, str | None]) -> Any:
        """Return what the modifier makes of a value. Raises Refused."""
        modifier = self.modifier
        if value is None and not modifier.sees_missing:
            return None
        arguments = self._arguments(values, settings)
        try:
            return given(modifier.work(_taken(value, modifier), *arguments))
        except NoTime as error:
            raise Refused(f"the value before {modifier.name} {error}") from None
        except Refused as error:
            raise Refused(f"the value before {modifier.name} {error}") from None

    def _arguments(self, values: Any, settings: Mapping[str, str | None]) -> list[Any]:
        modifier, given_here = self.modifier, len(self.arguments)
        found = []
        for number in range(max(given_here, _fixed(modifier))):
            if number in self.ready:
                found.append(self.ready[number])
                continue
            value = self.arguments[number].of(values) if number < given_here else None
            argument = modifier.argument(number)
            if value is None and argument.repeats:
                found.append(None)
                continue
            try:
                found.append(argument.ready(value, settings))
            except (Refused, NoTime) as error:
                raise Refused(f"the {argument.name} of {modifier.name} {error}") from None
        return found

    def __str__(self) -> str:
        arguments = ",".join(map(str, self.arguments))
        return f"{self.modifier.name}:{arguments}" if arguments else self.modifier.name


def _fixed(modifier: Modifier) -> int:
    """Count the arguments that the work gets even if nobody gave them."""
    return len(modifier.arguments) - (modifier.most is None)


def _taken(value: Any, modifier: Modifier) -> Any:
    return value if modifier.takes is Kind.ANY else taken(value, modifier.takes)


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands between the braces: a path or literal, and the modifiers it goes through."""

    operand: Path | Literal
    calls: tuple[Call, ...] = ()
    source: str = field(default="", compare=False)

    def value(self, values: Any, settings: Mapping[str, str | None] = NO_SETTINGS) -> Any:
        """Return the value in its own type; None if it is missing. Raises RenderRefused.

        `settings` are the account's "zone" and "country", for dates and phones without their own.
        """
        value = self.operand.of(values)
        for call in self.calls:
            try:
                value = call.of(value, values, settings)
            except Refused as error:
                raise RenderRefused(str(error), self.source, call.start, call.end) from None
        return value

    def __str__(self) -> str:
        return " | ".join(map(str, (self.operand, *self.calls)))


@dataclass(frozen=True, slots=True)
class Template:
    """Text with expressions in it. `str()` writes it in its plainest form; equal means that."""

    parts: tuple[str | Expression, ...]
    source: str = field(default="", compare=False)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in it, in order."""
        return tuple(each for each in self.parts if isinstance(each, Expression))

    def render(self, values: Any, settings: Mapping[str, str | None] = NO_SETTINGS) -> Any:
        """Return what comes of it: the value itself if it is one expression only, else text.

        What a value holds is never read as a template again. Raises RenderRefused.
        """
        parts = self.parts
        if len(parts) == 1:
            (only,) = parts
            return only if isinstance(only, str) else only.value(values, settings)
        texts, size = [], 0
        for part in parts:
            text = part if isinstance(part, str) else self._text(part, values, settings)
            size += len(text)
            if size > LARGEST_TEXT:
                said = f"the text would have more than {LARGEST_TEXT:,} characters"
                raise RenderRefused(said, self.source, 0)
            texts.append(text)
        return "".join(texts)

    def _text(self, expression: Expression, values: Any, settings: Mapping[str, str | None]) -> str:
        value = expression.value(values, settings)
        try:
            return clean(value) if isinstance(value, str) else text_of(value)
        except Refused as error:
            at = expression.operand
            raise RenderRefused(f"the value {error}", self.source, at.start, at.end) from None

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else f"{{{{{part}}}}}" for part in self.parts)
