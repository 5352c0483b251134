"""Two apps, people who edit both, a third tool that edits in between, answers that get lost.

Whatever happens, once people rest the two apps come to rest too: equal, nothing doubled, no edit
lost without a line in the history, and a further sync writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from instep.core.mapping import Authority, Pair
from instep.core.plan import Known, plan_pair
from instep.core.records import FieldType, Write
from tests.core.small_apps import MAPPING, two_apps
from tests.core.small_engine import Effect, Engine, Link

PAIRS = MAPPING.by_key
WORDS = "pqr"
PEOPLE = {
    "first_name": [None, "Ada", "ada", "Bob"],
    "email": [None, "ada@x.example", "bob@x.example"],
    "phone": [None, "+61412345678", "+442079460958", "555"],
    "city": [None, "Ulm", "ulm", "Bad Doberan"],
    "zip": [None, "1", "2"],
    "note": [None, "one", "two"],
    "company": [None, "Acme", "Zeta"],
    "opted_out": [None, False, True],
}
QUIET = ["city", "zip", "note", "opted_out"]  # what a third tool edits: nothing to be found by
MOST = 4  # records of a side that people make

sides = st.sampled_from("ab")
numbers = st.integers(0, 5)


def edits_of(keys):
    plain = [(key, value) for key in keys for value in PEOPLE[key]]
    words = [("tags", (word, there)) for word in WORDS for there in (False, True)]
    return st.sampled_from(plain + words)


any_edit = edits_of(QUIET) | edits_of(PEOPLE)
disturbances = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["target", "target", "lost", "source"]), edits_of(QUIET)),
    min_size=1,
    max_size=3,
)


class TwoAppsInStep(RuleBasedStateMachine):
    """`edits` holds what people did since the last rest, `rested` what stood then."""

    @initialize()
    def set_up(self) -> None:
        self.apps = two_apps()
        self.engine = Engine(self.apps)
        self.made = {"a": 0, "b": 0}
        self.edits: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self.rested: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self.undecided: set[tuple[str, str]] = set()
        for name, word in (("Eve", "p"), ("Joe", "q")):
            mail = f"{name}@y.example"
            self.apps["a"].create({"first_name": name, "email": mail, "tags": (word,), "zip": "1"})
        self.rest()

    @property
    def stirred(self) -> bool:
        """Whether anything happened since the last rest."""
        records = {each for app in self.apps.values() for each in app.records}
        return bool(self.edits) or not records <= self.seen

    # What people do

    @precondition(lambda self: min(self.made.values()) < MOST)
    @rule(
        side=sides,
        values=st.fixed_dictionaries({key: st.sampled_from(PEOPLE[key]) for key in PEOPLE}),
        words=st.frozensets(st.sampled_from(WORDS)),
    )
    def create(self, side, values, words):
        if self.made[side] < MOST:
            self.made[side] += 1
            filled = values | {"tags": tuple(sorted(words)) or None}
            self.apps[side].create(MAPPING.outward(filled, side))

    @rule(edits=st.lists(st.tuples(sides, numbers, any_edit), min_size=1, max_size=4))
    def edit(self, edits):
        for side, number, edit in edits:
            ids = sorted(self.apps[side].records)
            self._edit(side, ids[number % len(ids)], *edit)

    def _edit(self, side: str, record_id: str, key: str, value: Any) -> None:
        app = self.apps[side]
        before = app.read(record_id)[key]
        name = PAIRS[key].field(app.side).name
        if key == "tags":
            word, there = value
            change = {name: (word,)}
            app.update(record_id, Write(add=change) if there else Write(remove=change))
        else:
            app.update(record_id, Write({name: value}))
        after = app.read(record_id)[key]
        if after != before:
            self.edits[record_id, key].append(value if key == "tags" else after)

    # What the engine does

    @precondition(lambda self: self.stirred)
    @rule(planned=disturbances)
    def sync(self, planned):
        def disturb(number: int, effect: Effect) -> bool:
            lost = False
            for _, what, edit in (each for each in planned if each[0] == number):
                if what == "lost":
                    lost = True
                else:
                    self._disturb(effect, what, edit)
            return lost

        self.engine.sync(disturb)

    def _disturb(self, effect: Effect, what: str, edit: tuple[str, Any]) -> None:
        side = effect.intent.side
        if what == "source":
            self._edit("b" if side == "a" else "a", effect.source_id, *edit)
        elif effect.target_id is not None:
            self._edit(side, effect.target_id, *edit)

    @precondition(lambda self: self.stirred)
    @rule()
    def rest(self):
        rounds = [self.engine.sync() for _ in range(4)]
        assert rounds[-1] == 0, f"it does not come to rest: {rounds}"
        self.undecided = {(key, each.ids["a"]) for each in self.links for key in _conflicts(self, each)}
        self._check_nothing_is_doubled()
        for link in self.links:
            self._check_both_sides_are_equal(link)
            self._check_edits(link)
        self._remember()

    def teardown(self):
        if hasattr(self, "engine"):
            self.rest()

    # What then has to hold

    @property
    def links(self) -> list[Link]:
        return self.engine.links

    def _check_nothing_is_doubled(self) -> None:
        sources = [source for source, _ in self.engine.creates]
        assert len(set(sources)) == len(sources), "a record was created twice"
        linked = [record_id for link in self.links for record_id in link.ids.values()]
        assert len(set(linked)) == len(linked), "a record is linked twice"
        everything = {each for app in self.apps.values() for each in app.records}
        assert everything == set(linked) | set(self.engine.reviews), "a record was passed over"

    def _check_both_sides_are_equal(self, link: Link) -> None:
        a, b = (self.apps[side].read(link.ids[side]) for side in "ab")
        for key, pair in PAIRS.items():
            if not (pair.reaches("a") and pair.reaches("b")) or (key, link.ids["a"]) in self.undecided:
                continue
            if pair.type is FieldType.CONSENT:
                assert bool(a[key]) == bool(b[key]), (key, link, a, b)
            else:
                assert self.apps["b"].kept(key, a[key]) == b[key], (key, link, a, b)

    def _check_edits(self, link: Link) -> None:
        before = self.rested.get((link.ids["a"], link.ids["b"]))
        for key, pair in PAIRS.items():
            done = {side: self.edits[link.ids[side], key] for side in "ab"}
            if pair.type is FieldType.WORDS:
                if before is not None:
                    self._check_words(link, done["a"] + done["b"], before)
                continue
            for side in "ab":
                self._check_kept_or_told(link, key, side, done[side])
            if before is not None and (key, link.ids["a"]) not in self.undecided:
                self._check_outcome(link, pair, done, before)

    def _check_kept_or_told(self, link: Link, key: str, side: str, values: list[Any]) -> None:
        """What somebody entered last is there, or the history holds it."""
        if not values or values[-1] is None:
            return
        record_id = link.ids[side]
        told = {
            entry.before
            for entry in self.engine.history
            if (entry.side, entry.record_id, entry.key) == (side, record_id, key)
        }
        assert values[-1] in {self.apps[side].read(record_id)[key], *told}, (key, side, link)

    def _check_outcome(
        self, link: Link, pair: Pair, done: dict[str, list[Any]], before: dict[str, dict[str, Any]]
    ) -> None:
        """A field nobody edited is as it was; a single edit has gone where it may go."""
        count = len(done["a"]) + len(done["b"])
        if count > 1:
            return
        expected = {side: before[side][pair.key] for side in "ab"}
        if count:
            side = "a" if done["a"] else "b"
            expected = self._after_one_edit(pair, side, done[side][0], expected)
        found = {each: self.apps[each].read(link.ids[each])[pair.key] for each in "ab"}
        if pair.type is FieldType.CONSENT:
            assert bool(found["a"]) == bool(found["b"]) == any(expected.values()), (link, found)
        else:
            assert found == expected, (pair.key, link, done, before)

    def _after_one_edit(
        self, pair: Pair, side: str, value: Any, before: dict[str, Any]
    ) -> dict[str, Any]:
        other = "b" if side == "a" else "a"
        if pair.type is FieldType.CONSENT:
            return before | {side: value}
        clears = pair.clears and pair.reaches(other)
        if value is None and before[other] is not None and not clears:
            kept = self.apps[side].kept(pair.key, before[other])
            return before | {side: kept if pair.reaches(side) else None}
        if not pair.reaches(other):
            return before | {side: value}
        return {side: value, other: self.apps[other].kept(pair.key, value)}

    def _check_words(
        self, link: Link, done: list[Any], before: dict[str, dict[str, Any]]
    ) -> None:
        """A word touched once is as it was left; one that nobody touched is as it was."""
        now = set(self.apps["a"].read(link.ids["a"])["tags"] or ())
        for word in WORDS:
            touched = [there for each, there in done if each == word]
            if len(touched) < 2:
                there = touched[0] if touched else word in (before["a"]["tags"] or ())
                assert (word in now) is there, (word, link, done, before)

    def _remember(self) -> None:
        self.edits.clear()
        self.seen = {each for app in self.apps.values() for each in app.records}
        self.rested = {
            (link.ids["a"], link.ids["b"]): {
                side: self.apps[side].read(link.ids[side]) for side in "ab"
            }
            for link in self.links
        }


def _conflicts(machine: TwoAppsInStep, link: Link) -> set[str]:
    a, b = (
        Known(link.ids[side], machine.apps[side].read(link.ids[side]), link.bases[side])
        for side in "ab"
    )
    conflicts = plan_pair(MAPPING, "pair", a, b).merge.conflicts
    assert all(PAIRS[each.key].authority is Authority.ASK for each in conflicts)
    return {each.key for each in conflicts}


TestTwoAppsInStep = TwoAppsInStep.TestCase
TestTwoAppsInStep.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
