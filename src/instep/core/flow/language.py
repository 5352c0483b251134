"""What a flow needs of the two languages its values and conditions are written in: the ports.

Templates and conditions are rooms of their own; a flow only asks what they read and what they give.
`core.flow.spoken` is the one there is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from instep.core.template import Shape

Path = tuple[str | int, ...]
"""Where a value stands, from a root on: ("steps", "find", "contacts", 0, "email")."""


class Reads(Protocol):
    """What reads values by path."""

    @property
    def paths(self) -> Collection[Path]:
        """Every path it reads."""

    @property
    def unguarded(self) -> Collection[Path]:
        """The paths for which nothing says what to take where they lead nowhere."""


class Template(Reads, Protocol):
    """A text with expressions in it, read once."""

    def render(self, values: Mapping[str, Any]) -> Any:
        """Return what it gives for these values, by root. Raises InstepError if it cannot."""

    def check(self, known: Shape) -> tuple[Shape, Sequence[str]]:
        """Return what it will give, as far as that is known, and what is wrong in sentences."""


class Conditions(Reads, Protocol):
    """Rows of field, operator and value, read once."""

    def verdict(self, values: Mapping[str, Any], now: datetime) -> tuple[bool, str]:
        """Return whether they hold, and why in a sentence. Raises InstepError if nobody can say."""

    def check(self, known: Shape) -> Sequence[str]:
        """Return what is wrong in sentences, as far as the values are known."""


class Language(Protocol):
    """Reads both. Each method raises UserError with a sentence that points to what is wrong."""

    def template(self, text: str) -> Template:
        """Read a template."""

    def conditions(self, raw: Any) -> Conditions:
        """Read conditions from their stored form."""
