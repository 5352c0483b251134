"""`instep overview` and `instep person`, typed."""

from __future__ import annotations

import pytest


@pytest.fixture
def in_step(instep, ghl, insightly):
    """Both apps connected, and their contacts in step."""
    for name, settings in (("gohighlevel", ghl), ("insightly", insightly)):
        assert instep("connect", name, *settings).code == 0
    made = instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly")
    assert made.code == 0, made.err
    ran = instep("sync", "run", "people")
    assert ran.code == 0, ran.err
    return instep


def test_before_anything_is_set_up_the_first_step_is_told(instep):
    said = instep("overview")
    assert said.code == 0
    assert "Nothing is set up yet" in said.out
    assert "instep connect gohighlevel" in said.out


def test_the_first_line_says_that_everything_is_in_step(in_step):
    said = in_step("overview")
    assert said.out.startswith("Everything is in step.")
    for words in ("Syncs", "people", "active", "Connections", "gohighlevel", "insightly"):
        assert words in said.out
    told = in_step("overview", "--json").json
    assert told["state"] == "in_step"
    assert told["syncs"][0]["waiting"] == 0


def test_one_person_is_shown_and_several_are_listed(in_step):
    everybody = in_step("person", "", "--json").json["people"]
    assert len(everybody) == 8
    listed = in_step("person", "", "--limit", "3")
    assert "Name one more closely" in listed.out
    assert "More: --after" in listed.out
    one = everybody[0]
    shown = in_step("person", one["email"])
    assert shown.code == 0, shown.err
    assert one["name"] in shown.out
    assert "Health" in shown.out
    assert "whose word counts" in shown.out
    stored = in_step("person", one["id"], "--stored", "--json").json
    assert (stored["id"], stored["asked_at"]) == (one["id"], None)
    assert "Nobody is called so" in in_step("person", "nobody-at-all").out
    wrong = in_step("person", "per_x")
    assert wrong.code == 2
    assert "is no person" in wrong.err
