"""What a benchmark is, and how its rounds become one figure each."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, float]
"""Name → number. The name ends in its unit: `_s`, `_mb`, `_per_s`; without one it is a count."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One measurement. `measure` does one round from nothing and cleans up after itself."""

    name: str
    what: str
    measure: Callable[[], Coroutine[Any, Any, Figures]]


def medians(rounds: Sequence[Figures]) -> dict[str, float]:
    """Return each figure's median over the rounds, in the order of the first round."""
    return {name: _rounded(statistics.median(each[name] for each in rounds)) for name in rounds[0]}


def _rounded(figure: float) -> float:
    """Return three digits that mean something; counts stay whole."""
    if figure == int(figure):
        return int(figure)
    return round(figure, 4) if abs(figure) < 1 else round(figure, 2)
