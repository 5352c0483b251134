"""Pages of history and counts of records on both databases, each by an index of its own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from instep.core.alerting.rules import USUAL
from instep.store import history, records
from instep.store.alert_findings import flows
from instep.store.alert_findings.sought import Sought
from instep.store.history import Lines
from instep.store.schema.syncs import history as lines
from instep.store.schema.syncs import record

NOW = 1_767_600_000_000
MINE = {"workspace_id": "wsp_default", "sync_id": "syn_1"}


def seen(side, number, link, state="known"):
    return {
        **MINE,
        "side": side,
        "record_id": number,
        "link_id": link,
        "fields": "{}",
        "print": "",
        "read_at": NOW,
        "state": state,
    }


def line(side, number, link, sync="syn_1", run="run_1"):
    return {
        **MINE,
        "sync_id": sync,
        "run_id": run,
        "side": side,
        "record_id": number,
        "link_id": link,
        "what": "updated",
        "at": NOW,
    }


@pytest.fixture
def filled(database):
    """A pair of which one end was gone, one record alone, and somebody else's of the same id."""
    with database.write() as tx:
        tx.execute(
            sa.insert(record),
            [
                seen("a", "1", "lnk_1"),
                seen("b", "7", "lnk_1", "gone"),
                seen("a", "2", None),
                seen("a", "3", None, "review"),
                {**seen("a", "1", None), "sync_id": "syn_2"},
            ],
        )
        tx.execute(
            sa.insert(lines),
            [
                line("a", "1", None),  # before it had a partner
                line("b", "7", "lnk_1"),
                line("a", "2", None),
                line("a", "1", "lnk_1", run="run_2"),
                line("a", "1", None, sync="syn_2"),
                line("a", "1", "lnk_1"),
            ],
        )
    return database


def page(database, wanted):
    with database.read() as tx:
        return [(row.side, row.record_id) for row in history.page(tx, "syn_1", wanted)]


def test_a_records_history_is_its_own_and_its_partners_newest_first(filled):
    assert page(filled, Lines(record_id="1")) == [("a", "1"), ("a", "1"), ("b", "7"), ("a", "1")]
    assert page(filled, Lines(record_id="2")) == [("a", "2")]
    assert page(filled, Lines(record_id="nobody")) == []


def test_a_records_history_comes_in_pages_and_by_run(filled):
    with filled.read() as tx:
        newest, *_ = history.page(tx, "syn_1", Lines(limit=1, record_id="1"))
    older = Lines(limit=2, before=newest.id, record_id="1")
    assert page(filled, older) == [("a", "1"), ("b", "7")]
    assert page(filled, Lines(record_id="1", run_id="run_2")) == [("a", "1")]


def test_a_syncs_history_leaves_out_other_syncs(filled):
    assert len(page(filled, Lines())) == 5
    assert len(page(filled, Lines(limit=2))) == 2
    assert page(filled, Lines(run_id="run_2")) == [("a", "1")]


def test_records_are_counted_by_side_and_state(filled):
    with filled.read() as tx:
        assert records.count_by_state(tx, "syn_1") == {
            ("a", "known"): 2,
            ("a", "review"): 1,
            ("b", "gone"): 1,
        }
        assert records.count_by_state(tx, "syn_none") == {}


def plans(database, ask):
    """How SQLite finds what is asked, as it says itself."""
    told = []

    def explain(connection, _cursor, statement, parameters, *_):
        beside = connection.connection.cursor()
        told.extend(row[3] for row in beside.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with database.read() as tx:
        sa.event.listen(tx, "before_cursor_execute", explain)
        ask(tx)
    return " | ".join(told)


# PostgreSQL chooses by how much there is, and here there is next to nothing
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda tx: history.page(tx, "syn_1", Lines()), "history_by_sync"),
        (lambda tx: history.page(tx, "syn_1", Lines(record_id="1")), "history_by_link"),
        (lambda tx: history.page(tx, "syn_1", Lines(record_id="1")), "history_by_record"),
        (lambda tx: records.count_by_state(tx, "syn_1"), "record_not_known"),
        (lambda tx: flows.behind(tx, Sought("wsp_default", NOW, USUAL)), "flow_run_due"),
    ],
)
def test_no_long_table_is_walked_or_sorted_for_a_page(filled, ask, index):
    found = plans(filled, ask)
    assert f"INDEX {index}" in found
    assert "SCAN history" not in found
