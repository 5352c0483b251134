"""Preview, approve, history and undo through the command line, on the sandbox over real HTTP."""

from __future__ import annotations

import getpass

import pytest
import typer

from instep import bootstrap
from instep.sandbox import Sandbox, invent
from tests.cli.conftest import settings

WRONG_USE, NEEDS_PERSON = 2, 3
PEOPLE = 8


@pytest.fixture
def people(instep):
    """A sync of two apps that each have people the other does not, and nothing done yet."""
    apps = bootstrap.sandbox_apps(pace="fast", only=("gohighlevel", "insightly"))
    for number, app in enumerate(apps):
        app.load(invent(PEOPLE, seed=number + 1, country="US"))
    with Sandbox(apps).in_thread() as served:
        told = served.describe()
        ghl, insightly = told["gohighlevel"], told["insightly"]
        ends = {
            "gohighlevel": settings(
                base_url=ghl["url"],
                location_id=ghl["location_id"],
                token=ghl["private_integration_token"],
            ),
            "insightly": settings(base_url=insightly["url"], api_key=insightly["api_key"]),
        }
        for app, typed in ends.items():
            assert instep("connect", app, "--country", "US", *typed).code == 0
        made = instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly")
        assert made.code == 0, made.err
        yield instep


def test_what_was_previewed_is_run_listed_told_and_undone(people, monkeypatch):
    before = everybody(people)
    table = people("sync", "preview", "people")
    assert "pln_" in table.out
    shown = people("sync", "preview", "people", "--all", "--json").json
    assert shown["next"] is None
    assert len(shown["items"]) == 2 * PEOPLE
    ran = people("sync", "run", "people", "--plan", shown["plan"], "--json")
    assert (ran.code, ran.json["left"]) == (0, []), ran.err
    assert everybody(people) != before
    (run, *_) = people("sync", "runs", "people", "--json").json["runs"]
    assert (run["id"], run["kind"]) == (ran.json["run"], "approved")
    assert run["person"] == getpass.getuser()
    assert run["id"] in people("sync", "runs", "people").out
    told = people("sync", "history", "people", "--run", run["id"], "--limit", "5", "--json").json
    assert len(told["lines"]) == 5
    words = people("sync", "history", "people", "--before", told["next"]).out
    assert "was created in insightly: new on the other side" in words
    assert f"Asked for by {getpass.getuser()}." in words

    looked = people("sync", "undo", run["id"], "--preview", "--json").json
    assert looked["of_run"] == run["id"]
    assert "the whole record" in people("sync", "undo", run["id"], "--preview").out
    refused = people("sync", "undo", run["id"])
    assert (refused.code, "--yes" in refused.err) == (NEEDS_PERSON, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: False)
    assert people("sync", "undo", run["id"]).code == NEEDS_PERSON
    assert everybody(people) != before

    monkeypatch.setenv("INSTEP_PERSON", "ann of the back office")
    undone = people("sync", "undo", run["id"], "--yes", "--json")
    assert undone.code == 0, undone.err
    assert (undone.json["refused"], undone.json["left"]) == (0, [])
    assert everybody(people) == before
    (undo, *_) = people("sync", "runs", "people", "--json").json["runs"]
    assert (undo["kind"], undo["person"]) == ("undo", "ann of the back office")
    again = people("sync", "run", "people", "--json").json
    assert not any(word.startswith(("created_", "updated_", "deleted_")) for word in again)
    assert everybody(people) == before


def everybody(instep):
    """How many contacts GoHighLevel has, and what they hold that anybody may see."""
    found = instep("op", "call", "contacts.search", "--all-pages", "--json").json
    return sorted(
        (each["email"] or "", each.get("phone") or "", tuple(sorted(each["tags"])))
        for each in found
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sync", "undo", "run_x", "--yes"), "There is no run 'run_x'"),
        (("sync", "run", "nothing", "--plan", "pln_x"), "There is no plan 'pln_x'"),
        (("sync", "history", "nothing"), "There is no sync called 'nothing'"),
        (("sync", "runs", "nothing"), "There is no sync called 'nothing'"),
    ],
)
def test_bad_input_is_one_sentence(instep, arguments, sentence):
    said = instep(*arguments)
    assert said.code == WRONG_USE
    assert sentence in said.err
    assert "Traceback" not in said.err + said.out
