"""A flow of a recipe: its document with places, `{pipeline}`, for what a person chooses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import model_validator

from instep.recipes.form import Form, Kebab, Sentence

OWN = "instep"
"""The connection under which Instep itself offers actions."""

_PLACE = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")
_EXPRESSION = re.compile(r"\{\{.*?\}\}(?!\})")
_LEFT_OUT = object()


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step, or one way of a branch, in words. `app` is the one it calls, `instep` for Instep itself, else None.

    `depth` is how many other steps it stands in.
    """

    kind: str
    app: str | None
    operation: str | None
    does: str
    depth: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "kind": self.kind,
            "app": self.app,
            "operation": self.operation,
            "does": self.does,
            "depth": self.depth,
        }


class Pattern(Form):
    """A flow as a recipe has it. `starts` says in a sentence what its trigger does.

    The connection of an app is written `{gohighlevel}`. With a `name` it stands beside syncs.
    """

    name: Kebab | None = None
    starts: Sentence
    trigger: dict[str, Any]
    steps: list[dict[str, Any]]

    @model_validator(mode="after")
    def _titled(self) -> Self:
        for step, _ in _steps(self.steps):
            if not step.get("title"):
                raise ValueError(f"the {_called(step)} has no title")
        return self

    def asks(self) -> set[str]:
        """Return the names that stand for something: of answers, and of apps."""
        return {name for text in _texts(self._parts) for name in _PLACE.findall(text)}

    def asks_in_expressions(self) -> set[str]:
        """Return the names that stand inside an expression, where a text could be read as one."""
        inside = [part for text in _texts(self._parts) for part in _EXPRESSION.findall(text)]
        rows = [*_fields(self._parts)]
        return {name for text in (*inside, *rows) for name in _PLACE.findall(text)}

    def told(self) -> Iterator[ToldStep]:
        """Yield what starts the flow, and then its steps, those inside others too."""
        kind = str(self.trigger.get("kind"))
        operation = self.trigger.get("operation") or self.trigger.get("event")
        yield ToldStep(kind, _app(self.trigger), operation, self.starts)
        for step, depth in _steps(self.steps):
            title = str(step["title"])
            yield ToldStep(str(step.get("kind")), _app(step), step.get("operation"), title, depth)

    def document(self, name: str, title: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the flow's document with the answers in their places.

        An entry that is nothing but an answer nobody gave (None) is left out.
        """
        return {"id": name, "title": title, **_filled(self._parts, answers)}

    @property
    def _parts(self) -> dict[str, Any]:
        return {"trigger": self.trigger, "steps": self.steps}


def _called(step: Mapping[str, Any]) -> str:
    return f"step {step['id']!r}" if "id" in step else str(step.get("kind"))


def _app(part: Mapping[str, Any]) -> str | None:
    connection = part.get("connection")
    return None if connection is None else str(connection).strip("{}")


def _steps(steps: Any, depth: int = 0) -> Iterator[tuple[Mapping[str, Any], int]]:
    for step in steps:
        yield step, depth
        yield from _steps(step.get("steps") or (), depth + 1)
        for way in step.get("ways") or ():
            yield from _way(way, depth)
        if step.get("otherwise"):
            yield from _way({"title": "Otherwise", "steps": step["otherwise"]}, depth)


def _way(way: Mapping[str, Any], depth: int) -> Iterator[tuple[Mapping[str, Any], int]]:
    yield {"kind": "way", "title": way.get("title")}, depth + 1
    yield from _steps(way.get("steps") or (), depth + 2)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)


def _fields(value: Any) -> Iterator[str]:
    """Yield the fields of conditions, and the items of for-eachs: expressions without braces."""
    match value:
        case Mapping():
            for name, each in value.items():
                if name == "field" and "operator" in value:
                    yield str(each)
                yield from _fields(each)
        case list():
            for each in value:
                yield from _fields(each)


def _filled(value: Any, answers: Mapping[str, Any]) -> Any:
    match value:
        case str():
            whole = _PLACE.fullmatch(value)
            if whole is not None:
                answer = answers[whole[1]]
                return _LEFT_OUT if answer is None else answer
            return _PLACE.sub(lambda found: _text(answers[found[1]]), value)
        case Mapping():
            made = {name: _filled(each, answers) for name, each in value.items()}
            return {name: each for name, each in made.items() if each is not _LEFT_OUT}
        case list():
            several = [_filled(each, answers) for each in value]
            return [each for each in several if each is not _LEFT_OUT]
        case _:
            return value


def _text(answer: Any) -> str:
    return "" if answer is None else str(answer)
