"""Suggestions for a mapping by the command line, with the fields that people made in both apps."""

from __future__ import annotations

import pytest

DONE, WRONG_USE = 0, 2
ENDS = ("--a", "gohighlevel", "--b", "insightly")


@pytest.fixture
def both(instep, ghl, insightly):
    """Both apps connected."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == DONE
    assert instep("connect", "insightly", "--country", "US", *insightly).code == DONE
    return instep


def pairs(said):
    return {each["a"]: each["b"] for each in said.json["suggestions"]}


def test_fields_that_people_made_are_suggested_and_nothing_is_changed(both):
    assert both("sync", "create", "people", *ENDS).code == DONE
    before = both("sync", "show", "people", "--json").json

    said = both("sync", "suggest", "people", "--json")

    assert said.code == DONE, said.err
    assert pairs(said)["custom.Policy number"] == "custom.Policy number"
    assert not pairs(said).keys() & {row["a"] for row in before["mapping"]}
    assert all(each["score"] == 100 and not each["accepted"] for each in said.json["suggestions"])
    assert both("sync", "show", "people", "--json").json == before


def test_the_table_shows_what_is_not_mapped_on_either_side(both, tmp_path):
    file = tmp_path / "mapping.json"
    file.write_text('[{"a": "email"}, {"a": "custom.Adviser", "b": "last_name"}]')
    assert both("sync", "create", "people", *ENDS, "--mapping", file).code == DONE

    said = both("sync", "suggest", "people")

    assert said.code == DONE, said.err
    assert "called" in said.out
    assert "100" in said.out
    assert "custom.Adviser" not in said.out  # mapped at A, and nothing at A is called like B's


def test_what_is_accepted_is_mapped_and_not_suggested_again(both):
    both("sync", "create", "people", *ENDS, "--direction", "to_b")

    wanted = ("--accept", "custom.Adviser", "--accept", "custom.Interests")
    said = both("sync", "suggest", "people", *wanted, "--json")

    assert said.code == DONE, said.err
    taken = {each["a"] for each in said.json["suggestions"] if each["accepted"]}
    assert taken == {"custom.Adviser", "custom.Interests"}
    rows = {row["a"]: row for row in both("sync", "show", "people", "--json").json["mapping"]}
    assert rows["custom.Adviser"]["b"] == "custom.Adviser"
    assert rows["custom.Adviser"]["direction"] == "to_b"
    assert not pairs(both("sync", "suggest", "people", "--json")).keys() & taken

    assert both("sync", "suggest", "people", "--accept-all").code == DONE
    assert "nothing to suggest" in both("sync", "suggest", "people").out
    assert both("sync", "suggest", "people", "--accept-all").code == WRONG_USE


def test_two_connections_are_compared_before_there_is_a_sync(both):
    said = both("sync", "suggest", *ENDS, "--records", "contact", "--json")

    assert (said.code, said.json["a"], said.json["b"]) == (DONE, "gohighlevel", "insightly")
    assert "custom.Policy type" in pairs(said)
    assert pairs(both("sync", "suggest", *ENDS, "--records", "task", "--json")) == {}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "Name a sync, or two connections"),
        (("--a", "gohighlevel"), "Name a sync, or two connections"),
        ((*ENDS, "--accept-all"), "Only a sync can accept"),
        ((*ENDS, "--records", "car"), "no resource of the kind 'car'"),
        (("people", *ENDS), "leave --a, --b"),
        (("people", "--accept", "x", "--accept-all"), "not both"),
        (("people", "--accept", "custom.Advisor"), "did you mean custom.Adviser?"),
        (("nobody",), "There is no sync called"),
    ],
)
def test_what_cannot_be_is_answered_with_one_sentence(both, options, sentence):
    both("sync", "create", "people", *ENDS)
    before = both("sync", "show", "people", "--json").json
    said = both("sync", "suggest", *options)
    assert said.code == WRONG_USE
    assert sentence in " ".join(said.err.split())
    assert both("sync", "show", "people", "--json").json == before
