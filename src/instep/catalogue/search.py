"""Finds operations by words, as people remember them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from instep.catalogue.operation import Effect, Operation
from instep.catalogue.reading import all_operations

_PLACES = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """What operations are looked for; None and an empty list of words mean any."""

    words: Sequence[str] = ()
    product: str | None = None
    kind: Literal["trigger", "action"] | None = None
    effect: Effect | None = None
    listed: bool = False


def find(wanted: Wanted, among: Iterable[Operation] | None = None) -> list[Operation]:
    """Return the operations that fit, the best first; without words in the catalogue's order.

    Every word must be found: in the name an operation goes by, its official id, its title and
    category, or its addresses. A plural finds the singular.
    """
    words = [word for text in wanted.words for word in _split(text)]
    ranked = []
    for operation in all_operations() if among is None else among:
        if _fits(operation, wanted):
            rank = _rank(operation, words)
            if rank is not None:
                ranked.append((rank, operation))
    if words:
        ranked.sort(key=lambda pair: (pair[0], pair[1].listed is None, len(pair[1].id)))
    return [operation for _, operation in ranked]


def _fits(operation: Operation, wanted: Wanted) -> bool:
    if wanted.product is not None and operation.product != wanted.product:
        return False
    if wanted.effect is not None and operation.effect != wanted.effect:
        return False
    if wanted.kind is not None:
        return operation.listed is not None and operation.listed.kind == wanted.kind
    return operation.listed is not None or not wanted.listed


def _rank(operation: Operation, words: Sequence[str]) -> int | None:
    """Return how far from its names the words were found (0 is best), None if one was not."""
    places = _texts(operation)
    total = 0
    for word in words:
        found = _distance(word, places)
        if found is None:
            return None
        total += found
    return total


def _texts(operation: Operation) -> tuple[str, ...]:
    """Return where to look, the telling places first."""
    listed = operation.listed
    title = listed.name if listed else operation.title
    paths = " ".join(f"{each.method} {each.path}" for each in operation.views.values())
    return (
        operation.id,
        title,
        f"{operation.official or ''} {listed.category if listed else ''}",
        paths,
    )


def _distance(word: str, places: Sequence[str]) -> int | None:
    """Return how good the best place is: a whole word beats a part, a near place a far one."""
    best: int | None = None
    for far, text in enumerate(places):
        split = _split(text)
        if word in split or word.removesuffix("s") in split or f"{word}s" in split:
            found = far
        elif word.removesuffix("s") in "".join(split):
            found = far + _PLACES
        else:
            continue
        best = found if best is None else min(best, found)
    return best


def _split(text: str) -> list[str]:
    """Return the words of an id, a path or a sentence in lower case."""
    words, word = [], ""
    for before, letter in zip(" " + text, text, strict=False):
        if not letter.isalnum() or (letter.isupper() and before.islower()):
            words.append(word)
            word = ""
        if letter.isalnum():
            word += letter.lower()
    return [each for each in (*words, word) if each]
