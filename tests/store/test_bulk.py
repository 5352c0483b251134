"""Many rows in one statement: whatever text they hold, they come back as they were."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import SQLAlchemyError

from instep.store import bulk
from instep.store.schema.events import event, hint

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
ODD = (
    "",
    " ",
    '"',
    "\\",
    '\\"',
    "{a,b}",
    "NULL",
    "null",
    ",",
    "'",
    "%s",
    ":name",
    "é\n\t🙂",
    "\x01",
)
REUSED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def _row(number, text, parent):
    return {
        "sync_id": "syn_1",
        "side": "a",
        "record_id": f"{number}",
        "workspace_id": text,
        "parent_id": parent,
        "deleted": number % 2 == 0,
        "event_id": number * 10**12,
    }


def _stored(tx):
    rows = [dict(row._mapping) for row in tx.execute(sa.select(hint))]
    return sorted(rows, key=lambda row: int(row["record_id"]))


@REUSED
@given(texts=st.lists(st.tuples(TEXT, st.none() | TEXT), max_size=8))
def test_what_is_inserted_comes_back_as_it_was(database, texts):
    wanted = [_row(number, *each) for number, each in enumerate(texts)]
    with database.write() as tx:
        tx.execute(sa.delete(hint))
        bulk.insert(tx, hint, wanted)
        assert _stored(tx) == wanted


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_texts_like_any_other(database, text):
    wanted = [_row(0, text, None), _row(1, "plain", text)]
    with database.write() as tx:
        bulk.insert(tx, hint, wanted)
        assert _stored(tx) == wanted
        found = tx.execute(
            sa.select(hint.c.record_id).where(bulk.among(tx, hint.c.workspace_id, [text, "no"]))
        )
        assert found.scalars().all() == ["0"]


def test_an_update_changes_what_has_the_same_key_and_nothing_else(database):
    rows = [_row(number, f"text {number}", None) for number in range(3)]
    with database.write() as tx:
        bulk.insert(tx, hint, rows)
        changes = [
            {"record_id": "1", "sync_id": "syn_1", "side": "a", "parent_id": 'a "parent"'},
            {"record_id": "7", "sync_id": "syn_1", "side": "a", "parent_id": "of nobody"},
        ]
        bulk.update(tx, hint, changes, ("sync_id", "side", "record_id"))
        assert _stored(tx) == [rows[0], rows[1] | {"parent_id": 'a "parent"'}, rows[2]]


def test_a_conflict_is_settled_as_the_clause_says(database):
    with database.write() as tx:
        bulk.insert(tx, hint, [_row(1, "first", None)])
        bulk.insert(tx, hint, [_row(1, "second", None)], "ON CONFLICT DO NOTHING")
        assert _stored(tx)[0]["workspace_id"] == "first"
        clause = (
            "ON CONFLICT (sync_id, side, record_id) DO UPDATE SET parent_id = excluded.parent_id"
        )
        bulk.insert(tx, hint, [_row(1, "third", "new")], clause)
        assert (_stored(tx)[0]["workspace_id"], _stored(tx)[0]["parent_id"]) == ("first", "new")


def test_nothing_at_all_is_no_statement(database):
    with database.write() as tx:
        bulk.insert(tx, hint, [])
        bulk.update(tx, hint, [], ("sync_id",))
        nobody = sa.select(hint).where(bulk.among(tx, hint.c.record_id, []))
        assert tx.execute(nobody).all() == _stored(tx) == []


def test_a_text_that_no_database_can_hold_moves_no_other_row(database):
    rows = [_row(0, "a\0b", None), _row(1, "c", None)]
    if database.is_sqlite:
        with database.write() as tx:
            bulk.insert(tx, hint, rows)
            assert _stored(tx) == rows
        return
    with pytest.raises((SQLAlchemyError, ValueError)), database.write() as tx:
        bulk.insert(tx, hint, rows)
    with database.read() as tx:
        assert _stored(tx) == []


def test_rows_that_number_themselves_get_their_numbers_in_order(database):
    names = [f"s{number}" for number in range(20)]
    rows = [
        {
            "workspace_id": "w",
            "connection_id": "c",
            "sending_id": name,
            "event": "x",
            "deleted": False,
            "syncs": 0,
            "received_at": 0,
        }
        for name in names
    ]
    with database.write() as tx:
        bulk.insert(tx, event, rows)
        found = tx.execute(sa.select(event.c.sending_id).order_by(event.c.id)).scalars()
        assert [*found] == names
