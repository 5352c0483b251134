"""Tallies on both databases: added up by hour and class, read back, forgotten."""

from __future__ import annotations

import pytest

from instep.core.latency import UNTIMED, class_of
from instep.store import tallies
from instep.store.flows import runs
from instep.store.schema.flows import flow, flow_run
from instep.store.tallies import HOUR_MS, Tally

NOW = 1_767_600_000_000
MINE = "wsp_default"


@pytest.fixture
def run_of(database):
    """Insert a run of the flow `flw_1`; return it as it is taken up, and the state it ends in."""
    with database.write() as tx:
        tx.execute(
            flow.insert().values(
                id="flw_1",
                workspace_id=MINE,
                name="one",
                state="active",
                shard=64,
                created_at=NOW,
                changed_at=NOW,
            )
        )

    def insert(key, state, took_ms, **more):
        row = {
            "workspace_id": MINE,
            "key": key,
            "flow_id": "flw_1",
            "version": 1,
            "shard": 64,
            "origin": "manual",
            "order_key": key,
            "ordered_at": NOW,
            "item": "{}",
            "state": "ready",
            "due_at": NOW,
            "created_at": NOW - took_ms,
            **more,
        }
        with database.write() as tx:
            tx.execute(flow_run.insert().values(**row))
            return next((run, state) for run in runs.due(tx, 64, NOW, 99) if run.key == key)

    return insert


def read(database, since=0):
    with database.read() as tx:
        return sorted(tallies.since(tx, MINE, since), key=lambda each: (each.hour, each.latency))


def test_runs_are_added_up_by_hour_and_latency(database, run_of):
    ended = [
        run_of("a", "done", 1_000),
        run_of("b", "done", 1_000),
        run_of("c", "done", 60_000),
        run_of("d", "dead", 5),
        run_of("e", "cancelled", 5),
        run_of("f", "done", 9_000, copy_of="a"),
    ]
    with database.write() as tx:
        tallies.count_runs(tx, ended[:1], NOW)
        tallies.count_runs(tx, ended[1:], NOW)
        tallies.count_runs(tx, [], NOW)
    hour = NOW - NOW % HOUR_MS
    assert read(database) == [
        Tally("flow", "flw_1", hour, UNTIMED, 1, 1),
        Tally("flow", "flw_1", hour, class_of(1_000), 2, 0),
        Tally("flow", "flw_1", hour, class_of(60_000), 1, 0),
    ]


def test_old_hours_are_forgotten_and_others_stay(database, run_of):
    run = run_of("a", "done", 10)
    with database.write() as tx:
        tallies.count_runs(tx, [run], NOW - 10 * HOUR_MS)
        tallies.count_runs(tx, [run], NOW)
    assert len(read(database)) == 2
    assert len(read(database, NOW - HOUR_MS)) == 1
    with database.write() as tx:
        tallies.forget(tx, NOW - HOUR_MS)
    assert len(read(database)) == 1
