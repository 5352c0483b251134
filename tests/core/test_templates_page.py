"""The page of templates and conditions says what the code says, and was written from it."""

from __future__ import annotations

from instep.core.operators import OPERATORS
from instep.core.template.modifiers import MODIFIERS
from tools.templates import PAGE, page


def test_the_page_checked_in_is_what_would_be_written():
    assert PAGE.read_text() == page()


def test_every_modifier_and_every_operator_has_its_row():
    text = page()
    for name, each in MODIFIERS.items():
        assert f"| `{name}" in text
        assert each.what in text
    assert all(f"| `{word}` |" in text for word in OPERATORS)
