"""What a pair makes of a text on its way to the other side: transforms, and words for words. Pure.

Both know a way forward and a way back. What came forward stays the same if it is taken back and
forward again: so a record that is stored in this form can be written out and read in.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from instep.core.errors import UserError


class Tidying(StrEnum):
    """A transform that loses something: nobody can say from its outcome what was there before."""

    LOWER = "lower"
    UPPER = "upper"
    TITLE = "title"  # each word begins with a capital, the rest of it is lower case
    DIGITS = "digits"  # nothing but the digits, as 0 to 9


@dataclass(frozen=True)
class Transforms:
    """What is done to a text: first the tidying, then the prefix and the suffix."""

    tidying: Tidying | None = None
    prefix: str = ""
    suffix: str = ""

    @property
    def undoable(self) -> bool:
        """Whether the way back leads to the very text."""
        return self.tidying is None

    @property
    def room(self) -> int:
        """How many characters the prefix and the suffix take."""
        return len(self.prefix) + len(self.suffix)

    def forward(self, text: str, limit: int | None) -> str | None:
        """Return the transformed text, cut so that all of it fits `limit` characters."""
        tidied = _stable(_TIDY[self.tidying], text) if self.tidying else text
        if not self.room:
            return tidied or None
        kept = tidied if limit is None else tidied[: limit - self.room].rstrip()
        if not kept:
            return None
        joined = f"{self.prefix}{kept}{self.suffix}"
        # an accent at the border would melt into the prefix, and could not be taken off again
        return joined if unicodedata.is_normalized("NFC", joined) else kept

    def back(self, text: str) -> str:
        """Take prefix and suffix off; a text that does not have both stays as it is."""
        both = text.startswith(self.prefix) and text.endswith(self.suffix)
        if not both or len(text) <= self.room:
            return text
        return text[len(self.prefix) : len(text) - len(self.suffix)].strip() or text

    def rows(self) -> list[str | dict[str, str]]:
        """Return the stored form; `read_transforms` reads it back."""
        affixes = {"prefix": self.prefix, "suffix": self.suffix}
        tidying: list[str | dict[str, str]] = [self.tidying.value] if self.tidying else []
        return tidying + [{name: text} for name, text in affixes.items() if text]


def _title(text: str) -> str:
    return " ".join(word[:1].title() + word[1:].lower() for word in text.split())


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())


_TIDY: Mapping[Tidying, Callable[[str], str]] = {
    Tidying.LOWER: str.lower,
    Tidying.UPPER: str.upper,
    Tidying.TITLE: _title,
    Tidying.DIGITS: _digits,
}
_TURNS = 4  # more than any letter needs


def _stable(tidy: Callable[[str], str], text: str) -> str:
    """Tidy until tidying changes nothing: some letters turn into several, which turn again."""
    for _ in range(_TURNS):
        tidied = " ".join(unicodedata.normalize("NFC", tidy(text)).split())
        if tidied == text:
            break
        text = tidied
    return text


class Unknown(StrEnum):
    """What happens to a word that a value map does not know."""

    PASS = "pass"  # noqa: S105 - no password: it travels as it is
    DROP = "drop"  # it counts as not read: it neither travels nor is overwritten
    REFUSE = "refuse"  # the record waits for a person


@dataclass(frozen=True)
class ValueMap:
    """Words of side A with their partners on side B, compared without case."""

    words: tuple[tuple[str, str], ...]
    unknown: Unknown = Unknown.PASS

    @cached_property
    def _there(self) -> Mapping[str, Mapping[str, str]]:
        # where several words have one partner, the first of them is its way back; one word in two
        # spellings is one word, in its first spelling
        own_a, own_b = self._own["a"], self._own["b"]
        folded = [(a.casefold(), b.casefold()) for a, b in reversed(self.words)]
        return {
            "a": {b: own_a[a] for a, b in folded},
            "b": {a: own_b[b] for a, b in folded},
        }

    @cached_property
    def _own(self) -> Mapping[str, Mapping[str, str]]:
        return {
            "a": {a.casefold(): a for a, _ in reversed(self.words)},
            "b": {b.casefold(): b for _, b in reversed(self.words)},
        }

    @property
    def undoable(self) -> bool:
        """Whether every word has a partner of its own."""
        return all(len(words) == len(self.words) for words in self._own.values())

    def of(self, side: str) -> list[str]:
        """Return one side's words in order."""
        return [pair[side == "b"] for pair in self.words]

    def knows(self, text: str, side: str) -> bool:
        """Whether `text` is one of this side's words."""
        return text.casefold() in self._own[side]

    def towards(self, text: str, side: str) -> str:
        """Return the word that `side` has for `text`; an unknown one as it is."""
        folded = text.casefold()
        return self._there[side].get(folded) or self._own[side].get(folded) or text


# Reading the stored or typed form

_AFFIXES = ("prefix", "suffix")
_NAMES = (*Tidying, *_AFFIXES)


def read_transforms(raw: Any, where: str) -> Transforms | None:
    """Read what `Transforms.rows` wrote, or somebody typed: ["lower", {"prefix": "AU-"}].

    `where` begins the sentence of the UserError that is raised for anything else.
    """
    if raw is None:
        return None
    found: dict[str, Any] = {}
    for each in [raw] if isinstance(raw, (str, Mapping)) else _listed(raw, where):
        name, value = _named(each, where)
        kind = "prefix or suffix" if name in _AFFIXES else "tidying"
        key = name if name in _AFFIXES else "tidying"
        if key in found:
            raise UserError(f"{where} names two transforms of a kind ({kind}); one is possible.")
        found[key] = value
    return Transforms(**found) if found else None


def _listed(raw: Any, where: str) -> Iterable[Any]:
    if isinstance(raw, (list, tuple)):
        return raw
    raise UserError(f'{where} has to be a list of transforms, for example ["lower"].')


def _named(each: Any, where: str) -> tuple[str, Any]:
    if isinstance(each, str) and each in set(Tidying):
        return each, Tidying(each)
    if isinstance(each, Mapping) and len(each) == 1:
        ((name, text),) = each.items()
        if name in _AFFIXES:
            return name, _affix(name, text, where)
    if each in _AFFIXES:
        raise UserError(f'{where} names {each} without a text; write {{"{each}": "…"}}.')
    name = next(iter(each), each) if isinstance(each, Mapping) else each
    near = difflib.get_close_matches(str(name), _NAMES, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(_NAMES)}."
    raise UserError(f"{where} names the transform {name!r}, which there is not. {hint}")


def _affix(name: str, text: Any, where: str) -> str:
    """Check that a text keeps its form in front of or behind any other."""
    if isinstance(text, str):
        around = f"{text}x" if name == "prefix" else f"x{text}"
        tidy = " ".join(unicodedata.normalize("NFC", around).split())
        melts = text[:1] and unicodedata.combining(text[0])
        if text.strip() and tidy == around and not melts and "\x00" not in text:
            return text
    raise UserError(
        f"{where} has the {name} {text!r}; it has to be text with something in it, and no blanks at "
        "its outer end or one after another."
    )


def read_value_map(raw: Any, unknown: Any, where: str) -> ValueMap | None:
    """Read pairs of words, a list of two-item lists or an object. Raises UserError.

    `unknown` is the policy for other words, None for the default.
    """
    if raw is None:
        if unknown is not None:
            raise UserError(f"{where} says what to do with unknown words, but has no value_map.")
        return None
    pairs = list(raw.items()) if isinstance(raw, Mapping) else raw
    if not isinstance(pairs, (list, tuple)) or not pairs or not all(map(_is_pair, pairs)):
        raise UserError(
            f"{where} has a value_map that cannot be read; write it as pairs of words, for example "
            '{"open": "Open", "won": "Closed won"}.'
        )
    return ValueMap(tuple((_word(a), _word(b)) for a, b in pairs), _policy(unknown, where))


def _is_pair(each: Any) -> bool:
    return (
        isinstance(each, (list, tuple))
        and len(each) == 2  # noqa: PLR2004 - a pair
        and all(isinstance(word, str) and _word(word) for word in each)
    )


def _word(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _policy(unknown: Any, where: str) -> Unknown:
    try:
        return Unknown.PASS if unknown is None else Unknown(unknown)
    except ValueError:
        raise UserError(
            f"{where} has unknown {unknown!r}; it can be {', '.join(Unknown)}."
        ) from None
