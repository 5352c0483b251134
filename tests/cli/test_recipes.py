"""Recipes by the command line."""

from __future__ import annotations

import pytest

DONE, WRONG_USE = 0, 2
ENDS = ("--connection", "gohighlevel=gohighlevel", "--connection", "insightly=insightly")
ID = "insightly-tasks-and-notes"


@pytest.fixture
def both(instep, ghl, insightly):
    """Both apps connected."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == DONE
    assert instep("connect", "insightly", "--country", "US", *insightly).code == DONE
    return instep


def test_all_are_listed_and_those_of_one_app(instep):
    told = instep("recipe", "list", "--json").json
    assert len(told) == 34
    assert len({each["id"] for each in told}) == 34
    assert len([each for each in told if each["kind"] == "flow"]) == 15
    mine = instep("recipe", "list", "--app", "brokerengine", "--json").json
    assert {each["apps"][1] for each in mine} == {"brokerengine"}
    lines = instep("recipe", "list").out.splitlines()
    assert len(lines) == 34
    assert instep("recipe", "list", "--app", "hubspot").code == WRONG_USE


def test_a_recipe_is_shown_with_its_mapping_its_scopes_and_how_the_connections_stand(both):
    told = both("recipe", "show", ID, "--json").json
    assert [part["name"] for part in told["syncs"]] == ["contacts", "tasks", "notes"]
    assert {"a": "completed", "b": "completed", "direction": "both"}.items() <= (
        told["syncs"][1]["mapping"][3].items()
    )
    assert told["scopes"]["gohighlevel"]["contacts.write"] == [f"the recipe {ID}"]
    assert [each["connection"] for each in told["connections"]] == ["gohighlevel", "insightly"]
    shown = both("recipe", "show", ID).out
    assert "status aligned" in shown
    assert "locations/tasks.readonly" in shown
    assert f"instep recipe use {ID} --connection gohighlevel=NAME" in shown


def test_a_flow_is_shown_with_its_steps_and_what_it_asks(instep):
    shown = instep("recipe", "show", "lead-qualification").out
    assert "contacts.create_task: Create the task to call the contact" in shown
    assert "In which pipeline do new leads come?" in shown
    assert "(to qualify if left out)" in shown
    assert "--connection gohighlevel=NAME --set pipeline=VALUE" in shown
    nested = instep("recipe", "show", "appointment-preparation").out
    assert "\n  6  Instep: Take it if it was written not too long ago" in nested


def test_a_flow_is_used_by_names_and_published(both):
    use = ("recipe", "use", "lead-qualification", *ENDS[:2])
    asked = both(*use)
    assert asked.code == WRONG_USE
    assert "In which pipeline do new leads come?" in asked.err
    assert "There are: Clients, Renewals." in asked.err
    assert both(*use, "--set", "pipeline=Clint").code == WRONG_USE

    made = both(*use, "--set", "pipeline=clients")
    assert made.code == DONE, made.err
    assert "lead_qualification: a draft" in made.out
    assert "instep flow publish lead_qualification" in made.out
    published = both(*use, "--set", "pipeline=Clients", "--name", "leads", "--publish", "--json")
    assert published.code == DONE, published.err
    told = published.json
    assert (told["flow"]["published"], told["flow"]["problems"], told["next"]) == (True, [], [])
    assert told["flow"]["document"]["trigger"]["inputs"]["pipeline_id"] != "Clients"


def test_a_recipe_is_used_previewed_released_and_run(both):
    looked = both("recipe", "use", ID, *ENDS, "--dry-run")
    assert looked.code == DONE, looked.err
    assert "insightly-tasks: would be made" in looked.out
    assert both("sync", "list", "--json").json == []

    made = both("recipe", "use", ID, *ENDS, "--name", "mine", "--json")
    assert made.code == DONE, made.err
    assert [each["name"] for each in made.json["syncs"]] == [
        *("mine-contacts", "mine-tasks", "mine-notes")
    ]
    for command in made.json["next"][:2]:
        done = both(*command.split()[1:])
        assert done.code == DONE, done.err
    ran = both("sync", "run", "mine-contacts", "--json")
    assert ran.code == DONE, ran.err
    assert both("sync", "status", "mine-contacts", "--json").json["links"] > 0
    told = both("sync", "show", "mine-contacts")
    assert f"The recipe {ID} made it." in told.out
    assert {each["state"] for each in both("sync", "list", "--json").json} == {"active", "paused"}

    again = both("recipe", "use", "notes-in-both", *ENDS)
    assert again.code == WRONG_USE
    assert "'mine-notes' already keeps the notes" in again.err


def test_what_is_asked_or_missing_is_said(both):
    asked = both("recipe", "use", "backnine-notes-and-appointments", *ENDS)
    assert asked.code == WRONG_USE
    assert "In which GoHighLevel calendar" in asked.err
    missing = both("recipe", "use", ID, *ENDS[:2])
    assert missing.code == WRONG_USE
    assert "--connection insightly=NAME" in missing.err
    assert "There are: insightly" in missing.err
    typed = both("recipe", "use", ID, "--connection", "insightly")
    assert "--connection takes NAME=VALUE" in typed.err


def test_the_sentences_of_use_say_what_comes_next(both):
    made = both("recipe", "use", "notes-in-both", *ENDS)
    assert made.code == DONE, made.err
    assert "insightly-notes: paused" in made.out
    assert made.out.index("sync preview insightly-contacts") < made.out.index(
        "sync release insightly-notes"
    )
