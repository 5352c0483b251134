"""What both sides have agreed on once a change has been carried out. Pure.

A plain field is settled by values: the written side holds what it answered, the other side what
the decision stood on. Words are settled by difference: while one side's additions are written, the
other side's may still be on their way, so each base moves only by what has really been carried.
"""

from __future__ import annotations

from dataclasses import dataclass

from instep.core.records import Value


@dataclass(frozen=True, slots=True)
class WordsMoved:
    """The words one side added and removed since it last agreed, which a change carries over.

    `stays`: the other side's base is not moved. So it is where a change is undone: the two sides
    agree to differ.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Bases:
    """One field's base on the side that is written to, and on the side the change comes from."""

    target: Value
    source: Value


def settle_words(old: Bases, moved: WordsMoved, before: Value, answered: Value) -> Bases:
    """Return the bases of a words field after its target, which held `before`, answered.

    An app may keep a word its own way, or refuse it: what appears in its answer beside the words
    we sent is then taken for theirs. If all of them are there, anything else is somebody's edit,
    which has still to travel.
    """
    held, now = as_set(before), as_set(answered)
    added, removed = frozenset(moved.added), frozenset(moved.removed)
    gained, lost = now - held, held - now
    if added <= now:
        gained &= added
    if not removed & now:
        lost &= removed
    target = (as_set(old.target) | gained | (added & held)) - lost - (removed - held)
    source = as_set(old.source) if moved.stays else (as_set(old.source) | added) - removed
    return Bases(as_words(target), as_words(source))


def as_set(value: Value) -> frozenset[str]:
    """Return a words value as a set."""
    return frozenset(value) if isinstance(value, tuple) else frozenset()


def as_words(words: frozenset[str]) -> Value:
    """Return a set as a words value; an empty set is an empty value."""
    return tuple(sorted(words)) or None
