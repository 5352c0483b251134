"""What finders look for: whose trouble, at which time, from which size on."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from instep.core.alerting.rules import Kind, Rule

_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000


@dataclass(frozen=True, slots=True)
class Sought:
    """One look. `now` is epoch milliseconds; the rules say from which size on it is trouble."""

    workspace_id: str
    now: int
    rules: Mapping[Kind, Rule]

    def oldest_allowed(self) -> int:
        """Return the time before which whatever waits waits too long (epoch milliseconds)."""
        return self.now - self.rules[Kind.DELAY].size * _MINUTE_MS

    def silent_since(self) -> int:
        """Return the time since which a trigger has to have heard something."""
        return self.now - self.rules[Kind.SILENCE].size * _HOUR_MS

    @property
    def fewest_percent(self) -> int:
        """How much of a daily quota has to be left."""
        return self.rules[Kind.QUOTA].size


def command(*words: str) -> str:
    """Return a command as it is typed, names quoted where they have to be."""
    return shlex.join(("instep", *words))


def counted(number: int, word: str) -> str:
    """Return "1 write", "2 writes"."""
    return f"{number} {word}{'' if number == 1 else 's'}"
