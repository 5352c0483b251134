"""A language small enough to be seen through: `{{path}}` alone or in a text, and rows of equality."""

from __future__ import annotations

import re
from dataclasses import dataclass

from instep.core.errors import RecordRejected, UserError

_EXPRESSION = re.compile(r"\{\{([^{}]*)\}\}")
_PATH = re.compile(r"[a-z][\w-]*(\.[\w-]+|\[\d+\])*\Z", re.IGNORECASE)


def path_of(text):
    if not _PATH.match(text):
        raise UserError(f"{text!r} is no path.")
    parts = re.findall(r"[\w-]+", text)
    return tuple(int(each) if each.isdigit() else each for each in parts)


def look(path, values):
    for part in path:
        if (isinstance(part, int) and isinstance(values, list) and part < len(values)) or (
            isinstance(values, dict) and part in values
        ):
            values = values[part]
        else:
            return None
    return values


@dataclass(frozen=True)
class SmallTemplate:
    text: str
    paths: tuple

    @property
    def only(self):
        return self.paths[0] if _EXPRESSION.fullmatch(self.text) else None

    def render(self, values):
        if self.text.startswith("{{trigger.refused"):
            raise RecordRejected("It cannot be filled in.")
        if self.only is not None:
            return look(self.only, values)
        return _EXPRESSION.sub(
            lambda found: str(look(path_of(found[1].strip()), values) or ""), self.text
        )


@dataclass(frozen=True)
class SmallConditions:
    paths: tuple
    wanted: tuple

    def verdict(self, values, now):
        for path, wanted in zip(self.paths, self.wanted, strict=True):
            if (wanted if path == ("now",) else look(path, values)) != wanted:
                return False, f"{path[-1]} is not {wanted}"
        return True, "all of it holds"


class SmallLanguage:
    def template(self, text):
        found = _EXPRESSION.findall(text)
        if not found:
            raise UserError("The expression is not closed.")
        return SmallTemplate(text, tuple(path_of(each.strip()) for each in found))

    def conditions(self, raw):
        """Read {"trigger.status": "won"}; "never" is what no value meets."""
        if not isinstance(raw, dict):
            raise UserError("Conditions are an object.")
        return SmallConditions(tuple(map(path_of, raw)), tuple(raw.values()))
