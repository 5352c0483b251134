"""The recipes' files: thirty-four, each whole, each carried out by a test."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from instep import catalogue
from instep.connectors import gohighlevel, insightly
from instep.core.errors import UserError
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.mapping import build
from instep.engine.flows.actions.own_actions import OFFERED
from instep.engine.recipe_making import said_of, shown
from instep.recipes.reading import every_recipe, get, of_app, read
from instep.recipes.recipe import TITLES

CONNECTORS = {"gohighlevel": gohighlevel.connector, "insightly": insightly.connector}
RECIPES = list(every_recipe().values())
SYNCS = [each for each in RECIPES if each.kind == "sync"]
FLOWS = [each for each in RECIPES if each.kind == "flow"]
every = pytest.mark.parametrize("recipe", RECIPES, ids=lambda each: each.id)
every_sync = pytest.mark.parametrize("recipe", SYNCS, ids=lambda each: each.id)
every_with_a_flow = pytest.mark.parametrize(
    "recipe", [each for each in RECIPES if each.flow], ids=lambda each: each.id
)
every_flow = pytest.mark.parametrize("recipe", FLOWS, ids=lambda each: each.id)

HERE = Path(__file__).parent
WANTED = {
    *("completed-task-note", "appointment-record", "personal-message", "backnine-apply-link"),
}


def test_there_are_three_for_each_app_fifteen_ideas_and_four_that_were_wanted_besides():
    table = [each for each in RECIPES if not each.idea]
    assert Counter(each.apps[1] for each in table) == dict.fromkeys(list(TITLES)[1:], 3)
    assert {each.kind for each in table} == {"sync"}
    assert len([each for each in RECIPES if each.idea]) == 15 + len(WANTED)
    assert {each.id for each in RECIPES} >= WANTED
    assert len({(each.name, *each.apps) for each in RECIPES}) == 34


def test_what_is_asked_for_an_app_is_all_of_its_recipes():
    assert [each.id for each in of_app(None)] == list(every_recipe())
    assert {each.id for each in of_app("insightly")} >= {"insightly-contacts", "notes-in-both"}
    with pytest.raises(UserError, match="No recipe is for 'hubspot'"):
        of_app("hubspot")


@every
def test_a_recipe_says_what_starts_it_and_what_comes_of_it(recipe):
    assert recipe.trigger
    assert recipe.result
    assert recipe.about or recipe.idea
    needs_a_label = {"backnine", "insurgo", "brokerengine", "yourapp"} & {*recipe.apps}
    assert (recipe.label is not None) == bool(needs_a_label)


@every_sync
def test_a_sync_recipe_is_carried_out_by_a_test(recipe):
    texts = [path.read_text() for path in HERE.glob("test_*.py")]
    assert any(f'table.use("{recipe.id}"' in text for text in texts)


@every_sync
def test_each_sync_fits_gohighlevels_fields_and_has_a_sample_of_them(recipe):
    for part in recipe.syncs:
        kind = gohighlevel.connector.resource(part.records)
        rows = shown(recipe, part, CONNECTORS).rows
        assert rows, part.name
        said, _ = said_of(part, (kind, kind))
        if said.mapping is not None:
            build(said.mapping, kind.fields, kind.fields, ("GoHighLevel", "the other"))
        assert part.sample
        assert set(part.sample) <= {row["a"] for row in rows}


@every_sync
def test_a_child_comes_after_its_parent(recipe):
    earlier = set()
    for part in recipe.syncs:
        parent = gohighlevel.connector.resource(part.records).parent
        assert parent is None or parent.kind in earlier
        earlier.add(part.records)


@every_flow
def test_a_flow_recipe_is_carried_out_by_a_test(recipe):
    texts = [path.read_text() for path in HERE.glob("test_*.py")]
    assert any(f'turn_on("{recipe.id}"' in text or f'"{recipe.id}", ' in text for text in texts)


@every_with_a_flow
def test_a_flow_can_be_read_with_any_answers_and_names_only_operations_there_are(recipe):
    answers = {name: ask.default or "7" for name, ask in recipe.asks.items()}
    answers |= {app: app for app in recipe.apps}
    document = recipe.flow.document("mine", recipe.name, answers)
    reading = read_flow(document, FlowLanguage())
    assert [each.sentence for each in reading.problems] == []
    assert "{7}" not in str(document)
    for step in recipe.flow.told():
        assert step.does
        if step.app == "gohighlevel" and not str(step.operation).endswith(".changed"):
            assert catalogue.get(step.operation)
        elif step.app == "instep":
            assert step.operation in OFFERED


@every_with_a_flow
def test_every_answer_has_its_place_and_a_text_none_inside_an_expression(recipe):
    for name in recipe.flow.asks_in_expressions() - {*recipe.apps}:
        assert recipe.asks[name].kind in {"number", "field"}
    for ask in recipe.asks.values():
        if ask.choice is not None and ask.choice.app == "gohighlevel":
            catalogue.get(ask.choice.operation)


def test_an_unknown_recipe_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="Did you mean insightly-contacts"):
        get("insightly-contact")


GOOD = files("instep.recipes").joinpath("data", "insurgo-contacts.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("kind: sync", "kind: job", "mine.yaml is wrong at kind: "),
        ("what:", "waht:", "waht: Extra inputs"),
        ("    records: contact", "    records: Contact", "syncs.0.records: String should match"),
        ("[gohighlevel, insurgo]", "[insurgo, gohighlevel]", "name gohighlevel and one other app"),
        ("direction: to_a", "direction: up", "syncs.0.direction: "),
        ("kind: sync", "waits_for: flows\nkind: sync", "waits_for: Extra inputs"),
        ("direction: to_a", "optional: true", "one that is not optional"),
        (
            "direction: to_a",
            'defaults: {a.source: "{source}"}',
            "asks has to name exactly source",
        ),
        ("id: insurgo-contacts", "id: Insurgo", "id: String should match"),
        ("kind: sync", "kind: [", "line 6 is no YAML"),
        ("kind: sync", "kind: flow", "a flow has a flow without a name, and no syncs"),
    ],
)
def test_a_wrong_file_is_named_with_the_wrong_place(old, new, sentence):
    assert old in GOOD
    with pytest.raises(UserError) as caught:
        read("mine.yaml", GOOD.replace(old, new, 1))
    assert "mine.yaml" in str(caught.value)
    assert sentence in str(caught.value)


FLOW = files("instep.recipes").joinpath("data", "completed-task-note.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("      title: Write the note\n", "", "the step 'note' has no title"),
        ("Go on if the task is done", "Go on with {word}", "asks has to name exactly word"),
        ("sample:", "about: [x]\n#", "a flow has a sample"),
        ("  starts:", "  name: beside\n  starts:", "a flow has a flow without a name"),
        (
            "flow:\n",
            'asks: {word: {question: "Which word is it?"}}\nflow:\n',
            "asks has to name exactly nothing",
        ),
    ],
)
def test_a_wrong_flow_is_named_with_what_is_wrong(old, new, sentence):
    assert old in FLOW
    with pytest.raises(UserError) as caught:
        read("completed-task-note.yaml", FLOW.replace(old, new, 1))
    assert sentence in str(caught.value)


def test_the_ways_of_a_branch_are_told_with_what_stands_in_each():
    told = [(each.depth, each.does) for each in get("activity-follow-up").flow.told()]
    linked = told.index((1, "It is linked"))
    assert told[linked + 1] == (2, "Create the task of the linked contact")
    assert told[linked + 2] == (1, "Otherwise")
    assert told[-1] == (0, "Note it on the contact in GoHighLevel")


def test_a_text_may_not_stand_inside_an_expression():
    asked = FLOW.replace("flow:\n", 'asks: {word: {question: "Which word is it?"}}\nflow:\n', 1)
    wrong = asked.replace("{{trigger.title}}", '{{trigger.title | default:"{word}"}}')
    with pytest.raises(UserError, match="the text 'word' may not stand inside an expression"):
        read("completed-task-note.yaml", wrong)
    outside = asked.replace("{{trigger.title}}", "{word}: {{trigger.title}}")
    assert read("completed-task-note.yaml", outside).asks.keys() == {"word"}


def test_a_file_is_called_as_its_recipe():
    with pytest.raises(UserError, match="has the id 'insurgo-contacts'"):
        read("mine.yaml", GOOD)
    assert read("insurgo-contacts.yaml", GOOD).id == "insurgo-contacts"
