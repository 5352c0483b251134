"""Setting up, changing, showing and removing a sync by the command line."""

from __future__ import annotations

import json

import pytest

DONE, FAILED, WRONG_USE, NEEDS_PERSON = 0, 1, 2, 3
ENDS = ("--a", "gohighlevel", "--b", "insightly")


@pytest.fixture
def both(instep, ghl, insightly):
    """Both apps connected."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    return instep


def test_everything_said_is_shown_and_what_is_set_later_changes_only_that(both, tmp_path):
    told = both(
        *("sync", "create", "people", *ENDS, "--json", "--every", 10),
        *("--filter-a", "tags contains VIP", "--filter-a", "email exists"),
        *("--leaving", "tag", "--deletes-b", "tag", "--default", "b.city=Leiden"),
        *("--field", "email=newest", "--authority", "b"),
    )
    assert told.code == DONE, told.err
    assert (told.json["records"], told.json["every_seconds"]) == ("contact", 600)
    assert told.json["filters"]["a"]["all"][0]["value"] == ["vip"]
    assert told.json["deletes"] == {"a": "ignore", "b": "tag"}
    rows = {row["a"]: row for row in told.json["mapping"]}
    assert (rows["email"]["authority"], rows["city"]["authority"]) == ("newest", "b")
    changed = both(
        *("sync", "set", "people", "--filter-a", "none", "--default", "b.city=", "--json"),
        *("--field", "city=to_b,ask", "--every", 15),
    ).json
    assert (changed["filters"]["a"], changed["defaults"]["b"]) == (None, {})
    assert (changed["leaving"], changed["every_seconds"]) == ("tag", 900)
    rows = {row["a"]: row for row in changed["mapping"]}
    assert (rows["city"]["direction"], rows["city"]["authority"]) == ("to_b", "ask")
    assert rows["email"]["authority"] == "newest"
    shown = both("sync", "show", "people")
    assert (
        "It keeps each contact equal in gohighlevel (side A) and insightly (side B)." in shown.out
    )
    assert "is gone from gohighlevel gets a tag that says so" in shown.out
    assert both("sync", "show", "people", "--json").json == changed


def test_groups_come_from_a_file(both, tmp_path):
    file = tmp_path / "filter.json"
    rows = [{"field": "city", "value": "Leiden"}, {"field": "city", "value": "Delft"}]
    file.write_text(json.dumps({"a": {"any": rows}, "b": None}))
    made = both("sync", "create", "people", *ENDS, "--filter", file, "--direction", "to_b")
    assert made.code == DONE, made.err
    assert "whose city is leiden or city is delft" in made.out
    assert "gohighlevel is never written" in made.out


def test_other_kinds_of_records_are_named(both):
    assert both("sync", "create", "firms", *ENDS, "--records", "business").code == DONE
    both("sync", "create", "people", *ENDS)
    assert both("sync", "create", "tasks", *ENDS, "--records", "task").code == DONE
    refused = both("sync", "remove", "people", "--yes")
    assert refused.code == WRONG_USE
    assert "'tasks' keeps each task of a contact" in refused.err


def test_a_sync_is_removed_only_when_somebody_means_it(both):
    both("sync", "create", "people", *ENDS)
    asked = both("sync", "remove", "people")
    assert asked.code == NEEDS_PERSON
    assert "Add --yes" in asked.err
    assert both("sync", "remove", "people", "--yes", "--json").json == {"removed": "people"}
    assert both("sync", "list", "--json").json == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--records", "car"), "no resource of the kind 'car'"),
        (("--filter-a", "tags"), "say FIELD OPERATOR VALUE"),
        (("--filter-a", "tgas contains x"), "did you mean tags?"),
        (("--filter-b", "business eq Nobody Ltd"), "no business called 'Nobody Ltd'"),
        (("--filter", "nothing.json"), "cannot be read"),
        (("--direction", "up"), "it can be both, to_a, to_b"),
        (("--authority", "boss"), "it can be a, b, newest, ask"),
        (("--leaving", "burn"), "it can be stop, keep, tag"),
        (("--deletes-a", "burn"), "it can be ignore, tag, archive, delete"),
        (("--deletes-a", "archive"), "cannot be put away"),
        (("--field", "email"), "--field takes NAME=VALUE"),
        (("--field", "email=sideways"), "no direction"),
        (("--field", "emial=to_b"), "did you mean email"),
        (("--default", "city=Ulm"), "SIDE.FIELD=VALUE"),
        (("--default", "b.cty=Ulm"), "did you mean city"),
        (("--default", "b.opted_out=yes"), "does not take it in a new record"),
        (("--every", "99"), "1 to 15 minutes"),
    ],
)
def test_what_cannot_be_is_answered_with_one_sentence(both, options, sentence):
    said = both("sync", "create", "people", *ENDS, *options)
    assert said.code == WRONG_USE
    assert sentence in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert both("sync", "list", "--json").json == []


def test_a_change_that_cannot_be_changes_nothing(both):
    both("sync", "create", "people", *ENDS)
    before = both("sync", "show", "people", "--json").json
    said = both("sync", "set", "people", "--filter-a", "tgas contains x", "--every", "10")
    assert said.code == WRONG_USE
    assert both("sync", "show", "people", "--json").json == before
    assert both("sync", "set", "nobody", "--every", "10").code == WRONG_USE


def test_a_filter_given_twice_is_refused(both, tmp_path):
    file = tmp_path / "filter.json"
    file.write_text('{"a": {"all": [{"field": "city", "value": "Ulm"}]}}')
    lines = ("--filter", file, "--filter-a", "city eq Ulm")
    said = both("sync", "create", "people", *ENDS, *lines)
    assert (said.code, "given twice" in said.err) == (WRONG_USE, True)
