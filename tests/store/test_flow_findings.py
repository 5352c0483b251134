"""What counts as trouble with flows, found in the tables of both databases; and what does not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from instep.core.alerting.rules import USUAL, Kind
from instep.store.alert_findings import find_all
from instep.store.alert_findings.sought import Sought
from instep.store.flows import runs, triggers, versions
from instep.store.flows.runs import NewRun
from instep.store.flows.triggers import NewTrigger
from instep.store.flows.versions import NewFlow
from instep.store.schema.flows import flow, flow_run, flow_trigger
from instep.store.workspaces import DEFAULT_WORKSPACE

NOW = 1_700_000_000_000
MINUTE, HOUR = 60_000, 3_600_000


class Place:
    """A flow in the tables, and what is found of it."""

    def __init__(self, database):
        self.database = database

        def put(tx):
            made = versions.create(tx, DEFAULT_WORKSPACE, NewFlow("leads", None, {}), NOW)
            tx.execute(sa.update(flow).values(state="active", version=1))
            triggers.put(tx, made, NewTrigger("poll", "x", every_ms=1, due_at=0), goes_on=False)
            triggers.change(tx, made.id, ok_at=NOW)
            return made

        with database.write() as tx:
            self.flow = put(tx)

    def run(self, age=0, **values):
        """Put in a run of this age, as these values say it stands."""
        at = NOW - age
        new = NewRun(self.flow.id, DEFAULT_WORKSPACE, 1, self.flow.shard, "manual", {}, at)
        with self.database.write() as tx:
            [key] = runs.put(tx, [new])
            mine = sa.update(flow_run).where(flow_run.c.key == key)
            tx.execute(mine.values(**{"origin": "manual", **values}))

    def change(self, table, **values):
        with self.database.write() as tx:
            tx.execute(sa.update(table).values(**values))

    def found(self):
        with self.database.read() as tx:
            return find_all(tx, Sought(DEFAULT_WORKSPACE, NOW, USUAL))


@pytest.fixture
def place(database):
    return Place(database)


def test_a_flow_that_does_its_work_is_in_no_trouble(place):
    place.run(state="done", ended_at=NOW)
    place.run(age=MINUTE)
    assert place.found() == []


def test_a_flow_whose_newest_runs_failed_is_a_failure_since_the_first(place):
    place.change(flow, failures=3, failing_since=NOW - HOUR)
    [told] = place.found()
    assert (told.kind, told.subject.name, told.since) == (Kind.FAILURE, "leads", NOW - HOUR)
    place.change(flow, state="paused", sentence="It paused itself.", paused_by=None)
    assert [each.sentence for each in place.found()] == ["It paused itself."]


def test_a_flow_that_a_person_paused_is_in_no_trouble(place):
    place.change(flow, state="paused", paused_by="Ann", failures=2, failing_since=1)
    assert place.found() == []


def test_runs_that_wait_for_a_person_are_dead_letters_since_the_oldest(place):
    place.run(state="dead", ended_at=NOW - 2 * HOUR)
    place.run(state="dead", ended_at=NOW - HOUR)
    place.run(state="unknown", ended_at=NOW)
    [told] = place.found()
    assert (told.kind, told.since) == (Kind.DEAD_LETTER, NOW - 2 * HOUR)
    assert told.sentence == "2 runs given up on, 1 run to be answered for."


def test_a_run_that_waits_for_too_long_is_late_unless_its_flow_is_paused(place):
    place.run(age=31 * MINUTE)
    [told] = place.found()
    assert (told.kind, told.since) == (Kind.DELAY, NOW - 31 * MINUTE)
    place.change(flow, state="paused", paused_by="Ann")
    assert place.found() == []


@pytest.mark.parametrize(
    "values",
    [
        {"state": "waiting", "due_at": NOW + HOUR},
        {"state": "held", "held_by": "ghl"},
        {"replayed": 1, "due_at": NOW - MINUTE},
        {"started_at": NOW - MINUTE},
    ],
)
def test_a_run_held_by_its_delay_or_connection_or_begun_again_lately_is_not_late(place, values):
    place.run(age=9 * HOUR, **values)
    assert place.found() == []


def test_a_run_whose_delay_was_over_long_ago_is_late(place):
    place.run(age=99 * HOUR, state="waiting", due_at=NOW - HOUR)
    assert [(each.kind, each.since) for each in place.found()] == [(Kind.DELAY, NOW - HOUR)]


@pytest.mark.parametrize(("kind", "said"), [("poll", "not polled"), ("event", "heard nothing")])
def test_a_trigger_that_was_silent_for_too_long_is_told(place, kind, said):
    at = NOW - (USUAL[Kind.SILENCE].size + 1) * HOUR
    place.change(flow_trigger, kind=kind, ok_at=at)
    [told] = place.found()
    assert (told.kind, told.since) == (Kind.SILENCE, at)
    assert said in told.sentence


def test_a_flow_that_a_person_starts_is_never_silent(place):
    place.change(flow_trigger, kind="manual", ok_at=None)
    place.change(flow, changed_at=0)
    assert place.found() == []
