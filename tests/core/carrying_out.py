"""What the engine does with a merge: carry the changes out and store what each side agreed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from instep.core.bases import Bases, settle_words
from instep.core.mapping import FieldMapping
from instep.core.merge import Merge, merge


def as_sent(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Pairing:
    """A linked pair: both sides' values, their bases (None: just linked), and how each app keeps
    what it is sent."""

    mapping: FieldMapping
    a: dict[str, Any]
    b: dict[str, Any]
    bases: tuple[dict[str, Any], dict[str, Any]] | None = None
    keeps: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    newest: Any = None

    def merged(self) -> Merge:
        return merge(self.mapping, (self.a, self.b), self.bases, self.newest)

    def after(self, *, only: str = "ab") -> Pairing:
        """Carry out one merge.

        The written side's base is what it answered, the other side's is the value the decision
        stood on; words are settled by difference. `only` names the sides whose write succeeds;
        the others' were dropped.
        """
        merged = self.merged()
        now = {"a": dict(self.a), "b": dict(self.b)}
        old_a, old_b = self.bases or ({}, {})
        base = {"a": old_a | dict(merged.base_a), "b": old_b | dict(merged.base_b)}
        for change in merged.changes:
            if change.side not in only:
                continue
            other = "b" if change.side == "a" else "a"
            answer = self.keeps.get(change.side, as_sent)(change.after)
            now[change.side][change.key] = answer
            new = Bases(answer, change.source)
            if change.moved is not None:
                old = Bases(base[change.side].get(change.key), base[other].get(change.key))
                new = settle_words(old, change.moved, change.before, answer)
            base[change.side][change.key] = new.target
            base[other][change.key] = new.source
        return replace(self, a=now["a"], b=now["b"], bases=(base["a"], base["b"]))

    def edited(self, side: str, **values: Any) -> Pairing:
        """A person changes fields of one side."""
        return replace(self, **{side: getattr(self, side) | values})
