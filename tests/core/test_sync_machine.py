"""Two apps, people who edit both, a third tool that edits in between, answers that get lost.

Whatever happens, once people rest the apps come to rest, too: `resting.Watcher` says how.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from instep.core.records import Write
from tests.core.resting import PAIRS, Watcher
from tests.core.small_apps import MAPPING, two_apps
from tests.core.small_engine import Effect, Engine

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
MOST = 6  # records of a side, from which on people make no more

sides = st.sampled_from("ab")


def edits_of(keys):
    plain = [(key, value) for key in keys for value in PEOPLE[key]]
    words = [("tags", (word, there)) for word in WORDS for there in (False, True)]
    return st.sampled_from(plain + words)


edits = st.lists(
    st.tuples(sides, st.integers(0, 5), edits_of(QUIET) | edits_of(PEOPLE)), min_size=1, max_size=4
)
people = st.fixed_dictionaries(
    {key: st.sampled_from(values) for key, values in PEOPLE.items()}
    | {"tags": st.frozensets(st.sampled_from(WORDS)).map(lambda found: tuple(sorted(found)))}
)
disturbances = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["target", "target", "lost", "source"]), edits_of(QUIET)
    ),
    min_size=1,
    max_size=3,
)


class TwoAppsInStep(RuleBasedStateMachine):
    """Two people are on both sides from the start, so that there is something to edit."""

    @initialize()
    def set_up(self):
        self.apps = two_apps()
        self.engine = Engine(self.apps)
        self.watcher = Watcher(self.apps, self.engine)
        for name, word in (("Eve", "p"), ("Joe", "q")):
            mail = f"{name}@y.example"
            self.apps["a"].create({"first_name": name, "email": mail, "tags": (word,), "zip": "1"})
        self.rest()

    # What people do

    @rule(side=sides, values=people)
    def create(self, side, values):
        if len(self.apps[side].records) < MOST:
            self.apps[side].create(MAPPING.outward(values, side))

    @rule(edits=edits)
    def edit(self, edits):
        for side, number, edit in edits:
            ids = sorted(self.apps[side].records)
            self._edit(side, ids[number % len(ids)], *edit)

    def _edit(self, side: str, record_id: str, key: str, value: Any) -> None:
        app, name = self.apps[side], PAIRS[key].field(side).name
        before = app.read(record_id)[key]
        if key == "tags":
            word, there = value
            change = {name: (word,)}
            app.update(record_id, Write(add=change) if there else Write(remove=change))
        else:
            app.update(record_id, Write({name: value}))
        after = app.read(record_id)[key]
        if after != before:
            self.watcher.edits[record_id, key].append(value if key == "tags" else after)

    # What the engine does

    @precondition(lambda self: self.watcher.stirred)
    @rule(planned=disturbances)
    def sync(self, planned):
        def disturb(number: int, effect: Effect) -> bool:
            mine = [(what, edit) for at, what, edit in planned if at == number]
            for what, edit in mine:
                if what != "lost":
                    self._edit_an_end(effect, what, edit)
            return "lost" in {what for what, _ in mine}

        self.engine.sync(disturb)

    def _edit_an_end(self, effect: Effect, what: str, edit: tuple[str, Any]) -> None:
        """A third tool, between the decision and the write."""
        side = effect.intent.side
        if what == "source":
            self._edit("b" if side == "a" else "a", effect.source_id, *edit)
        elif effect.target_id is not None:
            self._edit(side, effect.target_id, *edit)

    @precondition(lambda self: self.watcher.stirred)
    @rule()
    def rest(self):
        writes = [self.engine.sync() for _ in range(4)]
        assert writes[-1] == 0, f"it does not come to rest: {writes}"
        self.watcher.check()

    def teardown(self):
        if hasattr(self, "engine"):
            self.rest()


TestTwoAppsInStep = TwoAppsInStep.TestCase
TestTwoAppsInStep.settings = settings(max_examples=80, stateful_step_count=25)
