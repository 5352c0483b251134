"""What is known, at one step, of the values it may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from instep.core.flow.language import Path
from instep.core.flow.problems import nearest
from instep.core.template import Kind, Shape

TEXT = Shape(Kind.TEXT)
NUMBER = Shape(Kind.NUMBER)
MOMENT = Shape(Kind.MOMENT)
OPEN = Shape(Kind.OBJECT, more=True)
"""An object of which nothing is known beforehand."""


def known_object(**fields: Shape) -> Shape:
    """Return the shape of an object that has these fields and no others."""
    return Shape(Kind.OBJECT, fields)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a step sees: the shapes of what stands before it, by root. `item` is there inside a for-each only.

    `unsure` are the steps and values ("steps", id) that only some ways give.
    """

    trigger: Shape
    steps: Mapping[str, Shape] = field(default_factory=dict)
    values: Mapping[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    unsure: frozenset[Path] = frozenset()

    @property
    def shape(self) -> Shape:
        """All of it, as the languages check against it."""
        loop = {} if self.item is None else {"item": self.item, "index": NUMBER}
        return known_object(
            trigger=self.trigger,
            before=self.trigger,
            steps=Shape(Kind.OBJECT, self.steps),
            values=Shape(Kind.OBJECT, self.values),
            now=MOMENT,
            **loop,
        )

    def with_step(self, own: str, shape: Shape) -> Sight:
        """Return the sight after a step that gives this."""
        return replace(
            self,
            steps={**self.steps, own: shape},
            unsure=self.unsure - {("steps", own)},
        )

    def with_values(self, values: Mapping[str, Shape]) -> Sight:
        """Return the sight after these values were set."""
        return replace(
            self,
            values={**self.values, **values},
            unsure=self.unsure - {("values", name) for name in values},
        )

    def joined(self, ways: Iterable[Sight]) -> Sight:
        """Return the sight after a branch: what some ways give is there, but not for sure."""
        ends = list(ways)
        steps, values, unsure = dict(self.steps), dict(self.values), set(self.unsure)
        for end in ends:
            steps |= end.steps
            values = {**end.values, **values}
            unsure |= end.unsure
        for end in ends:
            unsure |= {("steps", own) for own in steps.keys() - end.steps.keys()}
            unsure |= {("values", name) for name in values.keys() - end.values.keys()}
        return replace(self, steps=steps, values=values, unsure=frozenset(unsure))

    def doubtful(self, paths: Iterable[Path]) -> list[str]:
        """Return which steps and values among these paths only some ways give."""
        heads = dict.fromkeys(path[:2] for path in paths)
        return [f"{head[0]}.{head[1]}" for head in heads if head in self.unsure]

    def undocumented(self, paths: Iterable[Path]) -> list[tuple[str, str]]:
        """Return the paths whose app does not say that there is such a thing, each with a hint."""
        found = {}
        for path in paths:
            hint = _strangeness(self.shape, path)
            if hint is not None:
                found[".".join(map(str, path))] = hint
        return [*found.items()]


def _strangeness(shape: Shape, path: Path) -> str | None:
    """Say which name could be meant, if a path names what is not among the known; else None."""
    for step in path:
        if shape.kind is Kind.LIST:
            shape = shape.items or Shape()
        elif step in shape.fields:
            shape = shape.fields[str(step)]
        else:
            return nearest(step, shape.fields) if shape.fields and shape.more else None
    return None
