from __future__ import annotations

import sqlite3
import threading

import pytest

from instep.core.errors import UserError
from instep.sandbox.state import Collection, State


def things(state):
    return Collection(state, "things", {"size": lambda thing: thing["size"]}, ["size"])


def test_what_is_put_is_there_after_a_restart(tmp_path):
    state = State(tmp_path / "deep" / "app.sqlite")
    things(state).put("a", {"size": 1, "name": "Ünïcode 😀"})
    state.close()
    again = State(tmp_path / "deep" / "app.sqlite")
    assert things(again).get("a") == {"size": 1, "name": "Ünïcode 😀"}
    again.close()


def test_a_committed_write_survives_a_process_that_never_closes(tmp_path):
    file = tmp_path / "app.sqlite"
    state = State(file)
    things(state).put("a", {"size": 1})
    copy = tmp_path / "copy.sqlite"
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).write_bytes(
            file.with_name(file.name + suffix).read_bytes()
        )
    state.close()
    survivor = State(copy)
    assert things(survivor).get("a") == {"size": 1}
    survivor.close()


def test_documents_are_found_by_columns_in_order_and_in_part():
    shelf = things(State())
    shelf.put_many((str(number), {"size": number % 5}) for number in range(20))
    assert shelf.count("size = ?", (3,)) == 4
    found = shelf.find("size >= ?", (3,), "size DESC, id", limit=3, skip=1)
    assert [thing["size"] for thing in found] == [4, 4, 4]
    assert shelf.first("size = ?", (9,)) is None
    assert shelf.delete("0")
    assert not shelf.delete("0")


def test_a_failed_transaction_leaves_nothing_behind():
    state = State()
    shelf = things(state)
    with pytest.raises(KeyError), state.transaction():
        shelf.put("a", {"size": 1})
        shelf.put("b", {"name": "no size"})
    assert shelf.count() == 0
    shelf.put("c", {"size": 1})
    assert shelf.count() == 1


def test_a_kept_value_is_made_once(tmp_path):
    made = iter([{"key": 1}, {"key": 2}])
    first = State(tmp_path / "app.sqlite")
    assert first.kept("secret", lambda: next(made)) == {"key": 1}
    first.close()
    second = State(tmp_path / "app.sqlite")
    assert second.kept("secret", lambda: next(made)) == {"key": 1}
    second.close()


def test_threads_do_not_interleave_transactions():
    state = State()
    shelf = things(state)
    shelf.put("count", {"size": 0})

    def count_up():
        for _ in range(50):
            with state.transaction():
                now = shelf.get("count")["size"]
                shelf.put("count", {"size": now + 1})

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.get("count") == {"size": 200}


def test_a_second_sandbox_on_the_same_data_is_refused(tmp_path):
    state = State(tmp_path / "app.sqlite")
    with pytest.raises(UserError, match="another sandbox uses it"):
        State(tmp_path / "app.sqlite")
    state.close()


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "app.sqlite").write_text("name,email\n" * 100)
    with pytest.raises(UserError, match="not a database"):
        State(tmp_path / "app.sqlite")


@pytest.mark.parametrize("layout", [1, 999])
def test_data_of_an_earlier_or_a_later_layout_is_refused(tmp_path, layout):
    database = sqlite3.connect(tmp_path / "app.sqlite")
    database.execute(f"PRAGMA user_version = {layout}")
    database.close()
    with pytest.raises(UserError, match="another version of the sandbox"):
        State(tmp_path / "app.sqlite")


def test_a_document_put_again_keeps_its_place_in_the_order_of_coming():
    shelf = things(State())
    for name in ("b", "a", "c"):
        shelf.put(name, {"size": 1, "name": name})
    shelf.put("b", {"size": 2, "name": "b again"})
    found = shelf.find(order="rowid")
    assert [thing["name"] for thing in found] == ["b again", "a", "c"]
    assert shelf.count("size = ?", (2,)) == 1


def test_documents_removed_by_a_condition_are_returned():
    shelf = things(State())
    shelf.put_many((str(number), {"size": number}) for number in range(4))
    assert sorted(thing["size"] for thing in shelf.remove("size >= ?", (2,))) == [2, 3]
    assert shelf.count() == 2
    assert shelf.remove("size >= ?", (2,)) == []
