"""The page of the recipes says what the recipes say, and was written from them."""

from __future__ import annotations

from instep.recipes.reading import every_recipe
from tools.recipes import PAGE, page


def test_the_page_checked_in_is_what_would_be_written():
    assert PAGE.read_text() == page()


def test_every_recipe_has_its_section_and_says_what_it_waits_for():
    text = page()
    for each in every_recipe().values():
        section = text.partition(f"\n## {each.id}\n")[2].partition("\n## ")[0]
        assert each.what in section
        assert (each.waits_for is not None) == ("It waits for flows" in section)
        assert all(part.records in section for part in each.syncs)
