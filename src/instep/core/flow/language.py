"""What a flow needs of the two languages its values and conditions are written in: the ports.

Templates and conditions are rooms of their own; a flow only asks what they read and what they give.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

Path = tuple[str | int, ...]
"""Where a value stands, from a root on: ("steps", "find", "contacts", 0, "email")."""

ROOTS = ("trigger", "steps", "values", "item", "index", "now")
"""What a path may begin with. `item` and `index` are there inside a for-each only."""


def path_text(path: Path) -> str:
    """Return a path as people write it: `steps.find.contacts[0].email`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class Template(Protocol):
    """A text with expressions in it, read once."""

    @property
    def paths(self) -> Collection[Path]:
        """Every path it reads."""

    @property
    def only(self) -> Path | None:
        """The path, if the template is exactly one path and nothing else: its type is known."""

    def render(self, values: Mapping[str, Any]) -> Any:
        """Return what it gives for these values, by root. Raises UserError if it cannot."""


class Conditions(Protocol):
    """Rows of field, operator and value, read once."""

    @property
    def paths(self) -> Collection[Path]:
        """Every path they read."""

    def verdict(self, values: Mapping[str, Any], now: datetime) -> tuple[bool, str]:
        """Return whether they hold, and why in a sentence."""


class Language(Protocol):
    """Reads both. Each method raises UserError with a sentence that points to what is wrong."""

    def template(self, text: str) -> Template:
        """Read a template."""

    def conditions(self, raw: Any) -> Conditions:
        """Read conditions from their stored form."""
