"""Users, tokens and the audit log by command."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sqlite3

import pytest

from instep.cli import users as commands

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(monkeypatch):
    """What is on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


@pytest.mark.usefixtures("typed")
def test_a_user_is_added_listed_changed_and_removed(instep, monkeypatch):
    assert instep("user", "list").out.startswith("There is no user yet")
    made = instep("user", "add", "ann", "--role", "admin", "--stdin", "--json")
    assert (made.code, made.json["role"], made.json["invited"]) == (0, "admin", False)
    invited = instep("user", "invite", "bob", "--role", "viewer", "--json").json
    assert invited["link"].startswith("http://127.0.0.1:8750/ui/welcome#isi_")
    roles = {each["name"]: each["role"] for each in instep("user", "list", "--json").json}
    assert roles == {"ann": "admin", "bob": "viewer"}
    assert instep("user", "role", "bob", "operator", "--json").json["role"] == "operator"
    monkeypatch.setattr("sys.stdin", io.StringIO("another good one\n"))
    assert instep("user", "password", "ann", "--stdin").code == 0
    refused = instep("user", "remove", "ann")
    assert refused.code == 2
    assert "the only admin" in refused.err.replace("\n", " ")
    assert instep("user", "remove", "bob").code == 0


@pytest.mark.usefixtures("typed")
def test_a_user_is_locked_and_let_in_again(instep, monkeypatch):
    instep("user", "add", "ann", "--role", "admin", "--stdin")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    instep("user", "add", "bob", "--role", "viewer", "--stdin")
    assert "kept out" in instep("user", "lock", "bob").out
    locked = {each["name"]: each["locked_at"] for each in instep("user", "list", "--json").json}
    assert (locked["ann"], locked["bob"] is None) == (None, False)
    assert instep("user", "lock", "ann").code == 2
    assert instep("user", "unlock", "bob", "--json").json["locked_at"] is None


def test_keys_are_listed_changed_and_forgotten(instep):
    before = instep("key", "list", "--json").json
    after = instep("key", "rotate", "--json").json
    assert [each["id"] for each in after["older"]] == [before["current"]["id"]]
    assert "sealed still: " in instep("key", "reseal").out
    assert instep("key", "forget", "--json").json["older"] == []
    assert after["current"]["id"] in instep("key", "list").out


def test_retention_is_listed_and_set(instep):
    told = instep("retention", "set", "runs", "7", "--json").json
    assert (told["what"], told["days"], told["is_set"]) == ("runs", 7, True)
    assert {each["days"] for each in instep("retention", "list", "--json").json} == {7, 30}
    assert instep("retention", "set", "runs", "--usual", "--json").json["days"] == 30


def test_a_password_is_asked_twice_and_never_shown(instep, monkeypatch):
    asked = []
    monkeypatch.setattr(commands.typer, "prompt", lambda text, **how: asked.append(how) or PASSWORD)
    said = instep("user", "add", "ann", "--role", "admin")
    assert said.code == 0
    assert asked[0]["hide_input"] is asked[0]["confirmation_prompt"] is True
    assert PASSWORD not in said.out + said.err


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("user", "add", "ann", "--role", "owner", "--stdin"), "There is no role 'owner'"),
        (("user", "role", "nobody", "admin"), "There is no user called 'nobody'"),
        (("user", "remove", "nobody"), "There is no user called 'nobody'"),
        (("token", "revoke", "nothing"), "There is no token called 'nothing'"),
        (("token", "create", "x", "--days", "0"), "A token is good for 1 to"),
        (("token", "create", " "), "A token needs a name"),
        (("retention", "set", "audit", "9"), "Nothing called 'audit' is kept for some days"),
        (("retention", "set", "runs", "0"), "Choose between 1 and 3,650 days"),
        (("retention", "set", "runs"), "Say either for how many days, or --usual"),
        (("audit", "list", "--since", "yesterday"), "'yesterday' is no date"),
        (("audit", "export", "--csv", "--json"), "Choose one of --csv and --json"),
    ],
)
@pytest.mark.usefixtures("typed")
def test_what_cannot_be_is_one_sentence(instep, args, sentence):
    said = instep(*args)
    assert said.code == 2
    assert sentence in (said.out + said.err).replace("\n", " ")
    assert "Traceback" not in said.err


def test_a_token_is_made_shown_once_and_revoked(instep):
    made = instep("token", "create", "robot", "--role", "operator", "--read-only", "--json").json
    assert made["secret"].startswith("ist_")
    listed = instep("token", "list", "--json").json
    assert (listed[0]["name"], listed[0]["read_only"], "secret" in listed[0]) == (
        *("robot", True),
        False,
    )
    assert made["secret"] not in instep("token", "list").out
    assert instep("token", "revoke", "robot").code == 0
    assert instep("token", "list").out.startswith("There is no API token")


@pytest.mark.usefixtures("typed")
def test_what_commands_change_is_in_the_audit_log_and_it_holds(instep, monkeypatch):
    monkeypatch.setenv("INSTEP_PERSON", "ann")
    instep("user", "add", "bob", "--role", "viewer", "--stdin")
    instep(
        "alerts", "channel", "add", "ops", *["--kind", "webhook", "--set", "url=https://x.test/s"]
    )
    instep("token", "create", "robot")
    instep("user", "remove", "nobody")  # refused, so nothing changed
    entries = instep("audit", "list", "--json").json
    assert [(each["act"], each["noun"], each["object"]) for each in entries] == [
        ("token create", "token", "robot"),
        ("alerts channel add", "alert channel", "ops"),
        ("user add", "user", "bob"),
    ]
    assert {(each["actor"], each["actor_kind"], each["origin"]) for each in entries} == {
        ("ann", "cli", "command line")
    }
    assert len(instep("audit", "list", "--noun", "user", "--json").json) == 1
    assert instep("audit", "list", "--text", "nowhere in it", "--json").json == []
    rows = [*csv.DictReader(io.StringIO(instep("audit", "export").out))]
    assert [row["number"] for row in rows] == ["3", "2", "1"]
    assert len(instep("audit", "export", "--json").out.splitlines()) == 3
    verified = instep("audit", "verify", "--json").json
    assert (verified["holds"], verified["digest"]) == (True, entries[0]["digest"])


def test_a_changed_log_is_an_exit_code_of_one(instep, tmp_path):
    instep("token", "create", "robot")
    opened = sqlite3.connect(tmp_path / "data" / "instep.db")
    with contextlib.closing(opened) as database, database:
        database.execute("DROP TRIGGER audit_entry_no_update")
        database.execute("UPDATE audit_entry SET actor = 'eve'")
    said = instep("audit", "verify")
    assert said.code == 1
    assert "Entry 1 was changed" in said.out


def test_what_a_command_does_in_an_app_is_told_without_anybodys_data(instep, ghl):
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    said = instep("op", "call", "contacts.create", "firstName=Zebedee", "--json")
    assert said.code == 0, said.err
    instep("op", "call", "contacts.create", "firstName=Zebedee", "--dry-run")
    written, connected = instep("audit", "list", "--json").json
    assert (written["act"], written["noun"], written["object"]) == (
        *("op call", "operation"),
        "contacts.create",
    )
    assert written["changes"][0]["after"] == {
        "connection": "gohighlevel",
        "arguments": ["firstName"],
    }
    assert "Zebedee" not in json.dumps(written)
    assert (connected["act"], connected["noun"], connected["object"]) == (
        *("connect", "connection"),
        "gohighlevel",
    )
    token = next(each for each in ghl if each.startswith("token=")).removeprefix("token=")
    assert token not in json.dumps(connected)
