"""What has to hold once people and apps rest: equal, nothing doubled, no edit lost untold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from instep.core.mapping import Authority, Pair
from instep.core.plan import Known, plan_pair
from instep.core.records import FieldType
from tests.core.small_apps import MAPPING, App
from tests.core.small_engine import Engine, Link

PAIRS = MAPPING.by_key

Sides = dict[str, Any]
"""Something of side a and of side b."""


@dataclass
class Watcher:
    """Remembers what stood at the last rest and what people did since.

    `edits` holds by (record id, pair key) what somebody entered, in order; of words, (word,
    whether it is there). `undecided` are the fields that wait for a person.
    """

    apps: dict[str, App]
    engine: Engine
    edits: dict[tuple[str, str], list[Any]] = field(default_factory=lambda: defaultdict(list))
    rested: dict[str, dict[str, Sides]] = field(default_factory=dict)
    undecided: set[tuple[str, str]] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    @property
    def stirred(self) -> bool:
        """Whether anything happened since the last rest."""
        return bool(self.edits) or self._records() != self.seen

    def check(self) -> None:
        """Check every law, and remember what stands now."""
        undecided = {
            (link.ids["a"], key) for link in self.engine.links for key in self._conflicts(link)
        }
        self._check_nothing_is_doubled()
        for link in self.engine.links:
            for pair in MAPPING.pairs:
                field = (link.ids["a"], pair.key)
                if field not in undecided:
                    self._check_both_sides_are_equal(link, pair)
                if field not in undecided | self.undecided:
                    self._check_edits(link, pair)
        self.undecided = undecided
        self.edits.clear()
        self.seen = self._records()
        self.rested = {
            link.ids["a"]: {pair.key: self._found(link, pair) for pair in MAPPING.pairs}
            for link in self.engine.links
        }

    # The laws

    def _check_nothing_is_doubled(self) -> None:
        sources = [source for source, _ in self.engine.creates]
        assert len(set(sources)) == len(sources), "a record was created twice"
        linked = [record_id for link in self.engine.links for record_id in link.ids.values()]
        assert len(set(linked)) == len(linked), "a record is linked twice"
        assert self._records() == {*linked, *self.engine.reviews}, "a record was passed over"

    def _check_both_sides_are_equal(self, link: Link, pair: Pair) -> None:
        if not (pair.reaches("a") and pair.reaches("b")):
            return
        found = self._found(link, pair)
        if pair.type is FieldType.CONSENT:
            assert bool(found["a"]) == bool(found["b"]), (pair.key, link)
        else:
            assert self.apps["b"].kept(pair.key, found["a"]) == found["b"], (pair.key, link)

    def _check_edits(self, link: Link, pair: Pair) -> None:
        done = {side: self.edits.get((link.ids[side], pair.key), []) for side in "ab"}
        before = self.rested.get(link.ids["a"], {}).get(pair.key)
        if pair.type is FieldType.WORDS:
            if before is not None:
                self._check_words(link, done["a"] + done["b"], before)
            return
        for side in "ab":
            self._check_it_is_kept_or_told(link, pair, side, done[side])
        if before is not None and len(done["a"]) + len(done["b"]) < 2:
            self._check_outcome(link, pair, done, before)

    def _check_it_is_kept_or_told(self, link: Link, pair: Pair, side: str, done: list[Any]) -> None:
        """What somebody entered last is there, or the history holds it."""
        if not done or done[-1] is None:
            return
        told = {
            entry.before
            for entry in self.engine.history
            if (entry.side, entry.record_id, entry.key) == (side, link.ids[side], pair.key)
        }
        assert done[-1] in {self._found(link, pair)[side], *told}, (pair.key, side, link)

    def _check_outcome(self, link: Link, pair: Pair, done: Sides, before: Sides) -> None:
        """A field nobody edited is as it was; a single edit has gone where it may go."""
        expected = before
        for side in "ab":
            for value in done[side]:
                expected = self._after_edit(pair, side, value, before)
        found = self._found(link, pair)
        if pair.type is FieldType.CONSENT:
            assert bool(found["a"]) == bool(found["b"]) == any(expected.values()), (link, done)
        else:
            assert found == expected, (pair.key, link, done, before)

    def _after_edit(self, pair: Pair, side: str, value: Any, before: Sides) -> Sides:
        other = "b" if side == "a" else "a"
        kept = self.apps[other].kept(pair.key, value)
        if pair.type is FieldType.CONSENT:
            return before | {side: value}  # the stricter of the two, whatever it is
        if value is None and before[other] is not None:
            if pair.clears and pair.reaches(other):
                return {side: None, other: None}
            refilled = self.apps[side].kept(pair.key, before[other])
            return before | {side: refilled if pair.reaches(side) else None}
        return {side: value, other: kept if pair.reaches(other) else before[other]}

    def _check_words(self, link: Link, done: list[tuple[str, bool]], before: Sides) -> None:
        """A word touched once is as it was left; one that nobody touched is as it was."""
        then = before["a"] or ()
        now = self.apps["a"].read(link.ids["a"])["tags"] or ()
        for word in {*then, *now, *(word for word, _ in done)}:
            touched = [there for each, there in done if each == word]
            if len(touched) < 2:
                there = touched[0] if touched else word in then
                assert (word in now) is there, (word, link, done, before)

    # What there is

    def _records(self) -> set[str]:
        return {record_id for app in self.apps.values() for record_id in app.records}

    def _found(self, link: Link, pair: Pair) -> Sides:
        return {side: self.apps[side].read(link.ids[side])[pair.key] for side in "ab"}

    def _conflicts(self, link: Link) -> set[str]:
        a, b = (
            Known(link.ids[side], self.apps[side].read(link.ids[side]), link.bases[side])
            for side in "ab"
        )
        conflicts = plan_pair(MAPPING, "pair", a, b).merge.conflicts
        assert all(PAIRS[each.key].authority is Authority.ASK for each in conflicts)
        return {each.key for each in conflicts}
