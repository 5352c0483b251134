"""The recipes' files: thirty, each whole, each carried out or waiting for what it needs."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from instep import catalogue
from instep.connectors import gohighlevel, insightly
from instep.core.errors import UserError
from instep.core.mapping import build
from instep.engine.recipe_making import said_of, shown
from instep.recipes.reading import every_recipe, get, of_app, read
from instep.recipes.recipe import TITLES

CONNECTORS = {"gohighlevel": gohighlevel.connector, "insightly": insightly.connector}
RECIPES = list(every_recipe().values())
SYNCS = [each for each in RECIPES if each.kind == "sync"]
FLOWS = [each for each in RECIPES if each.kind == "flow"]
every = pytest.mark.parametrize("recipe", RECIPES, ids=lambda each: each.id)
every_sync = pytest.mark.parametrize("recipe", SYNCS, ids=lambda each: each.id)
every_flow = pytest.mark.parametrize("recipe", FLOWS, ids=lambda each: each.id)

HERE = Path(__file__).parent


def test_there_are_three_for_each_app_and_fifteen_ideas():
    table = [each for each in RECIPES if not each.idea]
    assert Counter(each.apps[1] for each in table) == dict.fromkeys(list(TITLES)[1:], 3)
    assert {each.kind for each in table} == {"sync"}
    assert len([each for each in RECIPES if each.idea]) == 15
    assert len({(each.name, *each.apps) for each in RECIPES}) == 30


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
    assert (recipe.label is not None) == bool(needs_a_label and recipe.kind == "sync")


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
def test_a_flow_waits_and_names_only_operations_there_are(recipe):
    assert recipe.waits_for == "flows"
    for step in (recipe.starts, *recipe.steps):
        assert (step.operation is None) == (step.app != "gohighlevel")
        if step.operation is not None:
            catalogue.get(step.operation)
    if recipe.starts.operation is not None:
        assert catalogue.get(recipe.starts.operation).listed.kind == "trigger"


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
        ("kind: sync", "waits_for: flows\nkind: sync", "belong to flows"),
        ("direction: to_a", "optional: true", "one that is not optional"),
        (
            "direction: to_a",
            'defaults: {a.source: "{source}"}',
            "asks has to name exactly source",
        ),
        ("id: insurgo-contacts", "id: Insurgo", "id: String should match"),
        ("kind: sync", "kind: [", "line 6 is no YAML"),
        ("kind: sync", "kind: flow", "a flow has starts and steps, and no syncs"),
    ],
)
def test_a_wrong_file_is_named_with_the_wrong_place(old, new, sentence):
    assert old in GOOD
    with pytest.raises(UserError) as caught:
        read("mine.yaml", GOOD.replace(old, new, 1))
    assert "mine.yaml" in str(caught.value)
    assert sentence in str(caught.value)


def test_a_file_is_called_as_its_recipe():
    with pytest.raises(UserError, match="has the id 'insurgo-contacts'"):
        read("mine.yaml", GOOD)
    assert read("insurgo-contacts.yaml", GOOD).id == "insurgo-contacts"
