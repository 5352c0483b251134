"""A connection is renamed and removed on the command line; what uses it holds it."""

from __future__ import annotations

import typer

WRONG_USE, NEEDS_PERSON = 2, 3


def _names(instep):
    return [each["name"] for each in instep("connections", "--json").json]


def test_a_connection_gets_another_name_but_not_a_taken_one(instep, insightly):
    assert instep("connect", "insightly", *insightly).code == 0
    assert instep("connect", "insightly", "--name", "second", *insightly).code == 0
    renamed = instep("connection", "rename", "insightly", "crm", "--json")
    assert (renamed.code, renamed.json["name"]) == (0, "crm")
    taken = instep("connection", "rename", "crm", "second")
    assert (taken.code, "'second' already" in taken.err) == (WRONG_USE, True)
    unknown = instep("connection", "rename", "none", "other")
    assert (unknown.code, "There are: crm, second" in unknown.err) == (WRONG_USE, True)
    assert "called crm-2 now" in instep("connection", "rename", "crm", "crm-2").out
    assert _names(instep) == ["crm-2", "second"]


def test_one_that_a_sync_uses_is_not_removed_and_the_sync_is_named(instep, ghl, insightly):
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    assert instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly").code == 0
    refused = instep("connection", "remove", "insightly", "--yes")
    assert refused.code == WRONG_USE
    assert "is used by people; remove that first" in refused.err
    assert _names(instep) == ["gohighlevel", "insightly"]


def test_it_is_removed_only_on_somebodys_word(instep, insightly, monkeypatch):
    assert instep("connect", "insightly", "--name", "spare", *insightly).code == 0
    unasked = instep("connection", "remove", "spare", "--json")
    assert (unasked.code, "with its credential" in unasked.json["error"]) == (NEEDS_PERSON, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked = []

    def refuse(question, **_):
        asked.append(question)
        return False

    monkeypatch.setattr(typer, "confirm", refuse)
    assert instep("connection", "remove", "spare").code == NEEDS_PERSON
    assert "the connection spare (insightly" in asked[0]
    assert _names(instep) == ["spare"]
    assert instep("connection", "remove", "spare", "--yes", "--json").json == {"removed": "spare"}
    assert _names(instep) == []


def test_what_was_done_stands_in_the_audit_log(instep, insightly):
    assert instep("connect", "insightly", "--name", "spare", *insightly).code == 0
    assert instep("connection", "rename", "spare", "extra").code == 0
    assert instep("connection", "remove", "extra", "--yes").code == 0
    told = instep("audit", "list", "--json")
    acts = [each["act"] for each in told.json]
    assert {"connection rename", "connection remove"} <= {*acts}
