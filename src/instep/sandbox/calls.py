"""Counts what was called, so that a test can say how many calls a job cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any


class Calls:
    """Calls of one app by method and path template; refused and broken calls count too."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, method: str, path: str, path_parameters: Mapping[str, Any]) -> None:
        """Count one call."""
        names = {str(value): f"{{{name}}}" for name, value in path_parameters.items()}
        template = "/".join(names.get(segment, segment) for segment in path.split("/"))
        self._counts[f"{method} {template}"] += 1

    def reset(self) -> None:
        """Begin at zero."""
        self._counts.clear()

    def describe(self) -> dict[str, Any]:
        """Return `{"total": n, "calls": {"GET /contacts/{contactId}": n, …}}`."""
        return {"total": self._counts.total(), "calls": dict(sorted(self._counts.items()))}
