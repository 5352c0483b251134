"""The page of the recipes says what the recipes say, and was written from them."""

from __future__ import annotations

from instep.engine.recipe_told import steps
from instep.recipes.reading import every_recipe
from tools.recipes import PAGE, page


def test_the_page_checked_in_is_what_would_be_written():
    assert PAGE.read_text() == page()


def test_every_recipe_has_its_section_with_its_syncs_and_its_flow():
    text = page()
    for each in every_recipe().values():
        section = text.partition(f"\n## {each.id}\n")[2].partition("\n## ")[0]
        assert each.what in section
        assert all(step.does in section for step in steps(each))
        assert all(ask.question in section for ask in each.asks.values())
        assert all(part.records in section for part in each.syncs)
