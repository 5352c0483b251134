"""What waits for a person, through the command line, on the sandbox over real HTTP."""

from __future__ import annotations

import getpass
import json
import secrets
from contextlib import closing

import pytest
import sqlalchemy as sa
import typer

from instep.store.database import Database
from instep.store.schema.syncs import checkpoint

FAILED, WRONG_USE, NEEDS_PERSON = 1, 2, 3
NAMES = ("first_name", "last_name", "email", "phone")


@pytest.fixture
def asking(instep, ghl, insightly, tmp_path):
    """A sync of both apps that asks about cities; one person moved at GoHighLevel before it ran."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    # the apps are shared by these tests, so it must be a city where nobody lived before
    move(instep, f"Gouda {secrets.token_hex(4)}")
    file = tmp_path / "mapping.json"
    rows = [{"a": name} for name in NAMES] + [{"a": "city", "authority": "ask"}]
    file.write_text(json.dumps(rows))
    ends = ("--a", "gohighlevel", "--b", "insightly")
    assert instep("sync", "create", "people", *ends, "--mapping", file).code == 0
    assert instep("sync", "run", "people", "--json").code == 0
    return instep


def move(instep, city):
    """Let the first person of the account move, as its user would; return the e-mail."""
    (person, *_) = sorted(
        instep("op", "call", "contacts.search", "--all-pages", "--json").json,
        key=lambda each: each["id"],
    )
    said = instep("op", "call", "contacts.update", f"contactId={person['id']}", f"city={city}")
    assert said.code == 0, said.err
    return person["email"]


def test_a_conflict_is_listed_settled_carried_out_and_explained(asking):
    listed = asking("conflicts", "--json").json
    assert listed["total"] == 1
    (item,) = listed["items"]
    assert item["stands"] == "conflict"
    assert item["fields"][0]["a"].startswith("Gouda")
    table = asking("conflicts", "--sync", "people").out
    assert "1 of 1" in table
    settled = asking("conflicts", "resolve", item["id"], "--use", "a", "--because", "she moved")
    assert settled.code == 0
    assert "the next run carries it out" in settled.out
    waiting = asking("why", item["id"])
    assert "is on its way" in waiting.out
    assert asking("sync", "run", "people", "--json").code == 0
    assert "Nothing waits for a person." in asking("conflicts").out
    (told,) = asking("why", item["a"]["id"], "--sync", "people", "--json").json
    assert told["stands"] == "in_step"
    said = " ".join(told["why"])
    assert f"{getpass.getuser()} settled it: side A is right (she moved)" in said
    assert "'Gouda " in said


def test_what_cannot_be_settled_is_told_by_its_id_and_ends_with_one(asking):
    said = asking("conflicts", "resolve", "nobody", "--use", "a")
    assert said.code == FAILED
    assert "nobody  Nothing called 'nobody' waits for a person." in said.out
    as_json = asking("conflicts", "resolve", "nobody", "--separate", "--json")
    assert as_json.code == FAILED
    assert as_json.json[0]["settled"] is False


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("conflicts", "resolve", "x"), "Say one thing about it"),
        (("conflicts", "resolve", "x", "--use", "a", "--separate"), "Say one thing about it"),
        (("conflicts", "resolve", "x", "--use", "left"), "There is no choice 'left'"),
        (("conflicts", "--sync", "nothing"), "There is no sync called 'nothing'"),
        (("why", "x", "--sync", "nothing"), "There is no sync called 'nothing'"),
        (("sync", "brakes", "nothing"), "There is no sync called 'nothing'"),
        (("sync", "reread", "nothing"), "There is no sync called 'nothing'"),
    ],
)
def test_bad_input_is_one_sentence(instep, arguments, sentence):
    said = instep(*arguments)
    assert said.code == WRONG_USE
    assert sentence in said.err
    assert "Traceback" not in said.err + said.out


def test_a_record_nobody_read_is_told_as_such(instep):
    said = instep("why", "nobody@example.com")
    assert said.code == 0
    assert "No sync has read a record called 'nobody@example.com'" in said.out


def test_a_brake_stops_the_sync_and_is_released_only_when_a_person_says_so(asking, monkeypatch):
    shown = asking("sync", "brakes", "people", "--json").json
    odd = asking("sync", "brakes", "people", "--max-share", "30")
    assert (odd.code, "0 to 1" in odd.err) == (WRONG_USE, True)
    changed = asking("sync", "brakes", "people", "--min-changes", "0", "--max-share", "0", "--json")
    assert changed.json == {**shown, "min_changes": 0, "max_share": 0.0}
    (item,) = asking("conflicts", "--json").json["items"]
    asking("conflicts", "resolve", item["id"], "--use", "b")
    assert asking("sync", "run", "people", "--json").code == 0  # a person's word is no mass change
    move(asking, "Hoorn")
    assert asking("sync", "run", "people", "--json").code == NEEDS_PERSON
    refused = asking("sync", "release", "people")
    assert refused.code == NEEDS_PERSON
    assert "would change 1 of" in refused.err
    assert "--yes" in refused.err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: False)
    assert asking("sync", "release", "people").code == NEEDS_PERSON
    assert asking("sync", "status", "people", "--json").json["state"] == "halted"
    assert asking("sync", "release", "people", "--yes", "--json").json["state"] == "active"
    assert asking("sync", "run", "people", "--json").code == 0


def test_a_paused_sync_is_released_without_a_question(asking):
    assert asking("sync", "pause", "people", "--json").json["state"] == "paused"
    assert asking("sync", "release", "people", "--json").json["state"] == "active"


def test_a_sync_that_is_to_read_all_again_forgets_how_far_it_was(asking, tmp_path):
    with closing(Database(f"sqlite:///{tmp_path / 'data' / 'instep.db'}")) as db:
        assert len(cursors(db)) == 2
        assert asking("sync", "reread", "people").code == 0
        assert cursors(db) == []
    assert asking("sync", "run", "people", "--json").json["read_a"] == 8


def cursors(db):
    with db.read() as tx:
        return tx.execute(sa.select(checkpoint.c.since)).scalars().all()
