"""What is wrong with a flow: all of it at once, each with its place and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from instep.core.groups import place_of

MOST_PROBLEMS = 200
"""How many errors, and how many warnings, are told at once: nobody reads more."""

_SHOWN = 8
_LENGTH = 60
_HUGE = 10**18


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `place` counts from one: `steps[2].inputs.email`.

    `step` is the id of the step it stands in, where it stands in one. A warning keeps nothing from
    being published.
    """

    place: str
    what: str
    fix: str
    step: str | None = None
    is_warning: bool = False

    @property
    def sentence(self) -> str:
        """The whole of it, for people."""
        where = self.place or "The flow"
        step = f" (step {self.step})" if self.step else ""
        return f"{where}{step} {self.what}. {self.fix}"


@dataclass(slots=True)
class Problems:
    """What has been found so far, in the order of the document."""

    found: list[Problem] = field(default_factory=list)
    step: str | None = None

    def add(self, place: str, what: str, fix: str) -> None:
        """Note what makes the flow unusable."""
        if not self.is_full:
            self.found.append(Problem(place, what, fix, self.step))

    def warn(self, place: str, what: str, fix: str) -> None:
        """Note what a person should know before publishing."""
        if len(self.warnings) < MOST_PROBLEMS:
            self.found.append(Problem(place, what, fix, self.step, is_warning=True))

    @property
    def is_full(self) -> bool:
        """Whether no further error is taken."""
        return len(self.found) >= MOST_PROBLEMS and len(self.errors) >= MOST_PROBLEMS

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the flow from being published."""
        return tuple(each for each in self.found if not each.is_warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What does not."""
        return tuple(each for each in self.found if each.is_warning)


def nearest(name: object, known: Iterable[str]) -> str:
    """Say which known name could be meant, else which there are."""
    names = sorted(known)
    near = difflib.get_close_matches(shown(name), names, n=1)
    if near:
        return f"Did you mean {near[0]}?"
    if not names:
        return "There are none."
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"There are: {', '.join(names[:_SHOWN])}{more}."


def shown(value: object) -> str:
    """Return what somebody wrote as it fits a sentence."""
    match value:
        case None | "":
            text = "empty"
        case bool():
            text = "true" if value else "false"
        case str():
            text = value if len(value) <= _LENGTH else f"{value[:_LENGTH]}…"
        case int() | float():
            # thousands of digits would not even be turned into text
            text = repr(value) if abs(value) < _HUGE else "a huge number"
        case list() | tuple():
            text = "a list"
        case _:
            text = "an object"
    return text


def below(place: str, name: str) -> str:
    """Return the place of an entry of what stands at `place`."""
    return f"{place}.{name}" if place else name


def tell_condition(sentence: str, place: str, problems: Problems) -> None:
    """Note what is wrong with conditions, at the row it is about where the sentence names one."""
    row, said = place_of(sentence)
    what, _, hint = said.rstrip(".").partition("; ")
    if not row:
        problems.add(place, "cannot be read", sentence)
        return
    fix = f"{hint[:1].upper()}{hint[1:]}" if hint else "Change the condition"
    problems.add(below(place, row), what, fix if fix.endswith("?") else f"{fix}.")
