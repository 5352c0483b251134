"""What a run keeps of a step for people to read: secrets masked, sizes bounded, cuts said. Pure."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

MASK = "•••"

LONGEST_TEXT = 4_000
MOST_ENTRIES = 200
"""How many entries of one list or object are kept."""
MOST_CHARACTERS = 32_000
"""How many characters of JSON one input or output may come to."""
DEEPEST = 20

_SHORTEST_SECRET = 6
"""Shorter ones would be found in innocent words."""

_SECRET_WORDS = frozenset(
    {
        "apikey",
        "auth",
        "authorization",
        "bearer",
        "cookie",
        "credential",
        "credentials",
        "jwt",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "secret",
        "secrets",
        "token",
        "tokens",
    }
)
_SECRET_PAIRS = frozenset(
    {("api", "key"), ("access", "key"), ("private", "key"), ("client", "key"), ("pass", "word")}
)
_TELLING = _SECRET_WORDS | {last for _first, last in _SECRET_PAIRS}
_SECRET_PARTS = tuple(
    each for each in _TELLING if not any(other in each for other in _TELLING - {each})
)
"""One of these is part of the name of every secret."""
_POSITION_WORDS = frozenset({"page", "next", "previous", "cursor", "sync", "count", "counts"})
"""Beside these a token is a position, not a secret: nextPageToken."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A value as it is kept, and the same as JSON; no text stands for nothing at all.

    `cut` says in a sentence what is missing; None if nothing is.
    """

    value: Any
    cut: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a step. Times are UTC; `error` is a sentence, None if it worked."""

    number: int
    started_at: datetime
    ended_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a run keeps of one step: `place` tells which, each item of a for-each has its own."""

    place: str
    kind: str
    title: str | None
    input: Kept
    output: Kept
    attempts: tuple[Attempt, ...] = ()

    @property
    def error(self) -> str | None:
        """What went wrong in the last attempt; None if it worked."""
        return self.attempts[-1].error if self.attempts else None


def keep(value: Any, secrets: Collection[str] = ()) -> Kept:
    """Return a value of JSON as it may be kept and shown.

    What stands under a secret's name is masked whole, and so is every occurrence of `secrets` (the
    connection's own) in any text. Masking comes before cutting: half a secret is one, too.
    """
    plain = _plain(value, secrets)
    if plain is not None:
        return Kept(value, None, plain)
    keeper = _Keeper(tuple(sorted(filter(_is_worth, secrets), key=len, reverse=True)))
    kept = keeper.kept(value, 0)
    text = None if kept is None else _JSON.encode(kept)
    if text is not None and len(text) > MOST_CHARACTERS:
        shape = f"{len(kept)} entries" if isinstance(kept, (dict, list)) else "a value"
        return Kept(None, f"It is too long to keep: {shape}, {len(text):,} characters.")
    cut = "; ".join(dict.fromkeys(keeper.cuts)) + "." if keeper.cuts else None
    return Kept(kept, cut, text)


def _plain(value: Any, secrets: Collection[str]) -> str | None:
    """Return a value's JSON if one look at that tells that all of it may be kept; else None.

    Nearly every value is like that, and the look is much quicker than going through it all.
    """
    if not isinstance(value, (dict, list)):
        return None
    try:
        text = _JSON.encode(value)
    except (TypeError, ValueError):
        return None  # it is not JSON, or goes round in a ring: to be gone through
    is_small = (
        len(text) <= LONGEST_TEXT
        and text.count(",") < MOST_ENTRIES
        and text.count("{") + text.count("[") <= DEEPEST
    )
    if not is_small or any(_JSON.encode(each)[1:-1] in text for each in filter(_is_worth, secrets)):
        return None
    lower = text.lower()
    return None if any(part in lower for part in _SECRET_PARTS) else text


def masked(text: str, secrets: Collection[str]) -> str:
    """Return a sentence (an error's) without the connection's secrets."""
    return _Keeper(tuple(sorted(filter(_is_worth, secrets), key=len, reverse=True))).text(text)


@lru_cache(maxsize=8_192)
def is_secret(name: str) -> bool:
    """Whether what stands under this name is a secret: password, apiKey, access_token."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if set(words) & _POSITION_WORDS:
        words = [word for word in words if word not in {"token", "tokens"}]
    pairs = set(itertools.pairwise(words))
    return bool(set(words) & _SECRET_WORDS or pairs & _SECRET_PAIRS)


def _is_worth(secret: str) -> bool:
    return len(secret) >= _SHORTEST_SECRET


class _Keeper:
    """Masks and cuts one value, and notes what it cut."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self.cuts: list[str] = []

    def kept(self, value: Any, depth: int) -> Any:
        """Return a value masked and cut."""
        if depth > DEEPEST:
            self.cuts.append(f"What is deeper than {DEEPEST} levels is cut")
            return None
        if isinstance(value, str):
            return self._cut(self.text(value))
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, (dict, Mapping)):  # a dict is told at once, and is what comes
            return self._object(value, depth)
        if isinstance(value, (list, tuple)):
            self._count(len(value))
            return [self.kept(each, depth + 1) for each in value[:MOST_ENTRIES]]
        return self._cut(self.text(str(value)))

    def text(self, text: str) -> str:
        """Return a text in which every secret is masked."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def _object(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        self._count(len(value))
        kept = {}
        for name, each in itertools.islice(value.items(), MOST_ENTRIES):
            called = str(name)
            secret = is_secret(called) and each not in (None, "", True, False)
            kept[self._cut(self.text(called))] = MASK if secret else self.kept(each, depth + 1)
        return kept

    def _count(self, entries: int) -> None:
        if entries > MOST_ENTRIES:
            self.cuts.append(f"Of {entries:,} entries the first {MOST_ENTRIES} are kept")

    def _cut(self, text: str) -> str:
        if len(text) <= LONGEST_TEXT:
            return text
        self.cuts.append(f"Of {len(text):,} characters the first {LONGEST_TEXT:,} are kept")
        return text[:LONGEST_TEXT] + "…"
