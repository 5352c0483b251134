"""The language flows are written in: the house's own templates and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from instep.core import conditions, template
from instep.core.comparing import Situation
from instep.core.flow.language import Conditions, Path, Template
from instep.core.template import Expression, Shape
from instep.core.template.expressions import Path as Operand

Settings = Mapping[str, str | None]
"""The account's "zone" and "country", for dates and phones without their own."""

_GUARD = "default"
_WHERE = "The conditions"


@dataclass(frozen=True, slots=True)
class FlowLanguage:
    """Reads the templates and conditions of one flow."""

    settings: Settings = field(default_factory=dict)

    def template(self, text: str) -> Template:
        """Read a template. Raises UserError."""
        return _Template(template.parse(text), self.settings)

    def conditions(self, raw: Any) -> Conditions:
        """Read conditions from their stored form. Raises UserError."""
        return _Conditions(conditions.build_conditions(raw, _WHERE), self.settings)


@dataclass(frozen=True, slots=True)
class _Template:
    read: template.Template
    settings: Settings

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(_paths(self.read.expressions))

    @property
    def unguarded(self) -> tuple[Path, ...]:
        return tuple(_paths(_without_default(self.read.expressions)))

    def render(self, values: Mapping[str, Any]) -> Any:
        return self.read.render(values, self.settings)

    def check(self, known: Shape) -> tuple[Shape, Sequence[str]]:
        checked = template.check(self.read, known)
        return checked.shape, [each.sentence for each in checked.errors]


@dataclass(frozen=True, slots=True)
class _Conditions:
    read: conditions.Conditions
    settings: Settings

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(_paths(_expressions(self.read)))

    @property
    def unguarded(self) -> tuple[Path, ...]:
        # a row has a clear answer for what is missing
        return ()

    def verdict(self, values: Mapping[str, Any], now: datetime) -> tuple[bool, str]:
        before = None
        if values.get("before") is not None:
            before = {**values, "trigger": values["before"]}
        verdict = conditions.judge(self.read, Situation(values, before, now, self.settings))
        return verdict.held, verdict.sentence

    def check(self, known: Shape) -> Sequence[str]:
        wrong = conditions.check_conditions(self.read, known, _WHERE)
        return [str(each).removeprefix(f"{_WHERE}: ") for each in wrong]


def _expressions(read: conditions.Conditions) -> Iterator[Expression]:
    for row in read.rows():
        yield row.field
        wanted = row.wanted if isinstance(row.wanted, tuple) else (row.wanted,)
        for each in wanted:
            if isinstance(each, template.Template):
                yield from each.expressions


def _without_default(expressions: Iterable[Expression]) -> Iterator[Expression]:
    for each in expressions:
        if not any(call.modifier.name == _GUARD for call in each.calls):
            yield each


def _paths(expressions: Iterable[Expression]) -> Iterator[Path]:
    for each in expressions:
        arguments = (argument for call in each.calls for argument in call.arguments)
        for operand in (each.operand, *arguments):
            if isinstance(operand, Operand):
                yield operand.steps
