"""What is wrong with a template, said so that it can be found: position, sentence, caret."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Self

from instep.core.errors import RecordRejected, UserError

_AROUND = 40  # characters shown on each side of the place
_COMPARED = 40  # characters: no name is longer, and comparing takes the square of it


class Refused(ValueError):
    """A modifier cannot do it. `str()` goes on where "| upper" began: "takes text, …"."""


class _Pointed(Exception):
    """An error with a place: `start` and `end` count characters of `source` from 0."""

    def __init__(self, sentence: str, source: str, start: int, end: int | None = None) -> None:
        self.sentence = sentence
        self.source = source
        self.start = min(start, len(source))
        self.end = max(self.start + 1, end or 0)
        stop = "" if sentence.endswith(("?", "…")) else "."
        super().__init__(f"The template is wrong at character {self.start + 1}: {sentence}{stop}")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, int, int]]:
        """Copy and store by what it was made of, not by the sentence it makes."""
        return type(self), (self.sentence, self.source, self.start, self.end)

    def pointed(self) -> str:
        """Return two lines: the part of the template around the place, and a mark below it."""
        first = max(0, self.start - _AROUND)
        last = min(len(self.source), self.start + _AROUND)
        line = "".join(
            each if each.isprintable() else "\N{REPLACEMENT CHARACTER}"
            for each in self.source[first:last]
        )
        begin, end = "…" if first else "", "…" if last < len(self.source) else ""
        marks = "^" * max(1, min(self.end, last) - self.start)
        return f"{begin}{line}{end}\n{' ' * (len(begin) + self.start - first)}{marks}"


class TemplateError(_Pointed, UserError):
    """A template cannot be read, or cannot do what it says: `sentence` says what to change."""


class RenderRefused(_Pointed, RecordRejected):
    """A template is right, but not for these values. No value is repeated in the sentence."""


def nearest(name: str, known: Iterable[str], some: int = 12) -> str:
    """Return the hint that ends a sentence: the nearest right word, or the words there are."""
    words = sorted(known)
    folded = {word.lower(): word for word in words}
    near = difflib.get_close_matches(name[:_COMPARED].lower(), folded, n=1)
    if near:
        return f"did you mean {folded[near[0]]}?"
    if not words:
        return "there is nothing in it"
    return f"there are: {', '.join(words[:some])}{', …' if len(words) > some else ''}"
