"""The reference pages say what the catalogue says, and were written from it."""

from __future__ import annotations

import pytest

from instep.catalogue import all_operations, get, products
from instep.catalogue.descriptions import answers, describe, describe_type, example_call, takes
from tools.catalogue.__main__ import differing, main, page_files, write


def test_the_pages_checked_in_are_what_would_be_written():
    assert differing(page_files()) == []


def test_there_is_a_page_per_product_and_an_index_that_names_them():
    files = {path.name: text for path, text in page_files().items()}
    names = {f"{product.replace('_', '-')}.md" for product in products()}
    assert set(files) == {"README.md", *names}
    assert all(f"({name})" in files["README.md"] for name in names)


def test_every_operation_has_its_section():
    text = "\n".join(page_files().values())
    assert [each.id for each in all_operations() if f"\n## {each.id}\n" not in text] == []


def test_files_that_differ_are_written_and_strangers_removed(tmp_path):
    wanted = {tmp_path / "a.json": "new", tmp_path / "b.json": "same"}
    for name, text in {"a.json": "old", "b.json": "same", "c.json": "stranger"}.items():
        (tmp_path / name).write_text(text)
    assert [path.name for path in differing(wanted)] == ["a.json", "c.json"]
    assert write(wanted) == 2
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == ["new", "same"]


def test_without_the_specs_it_says_what_to_do(tmp_path, capsys):
    assert main(["--check", str(tmp_path)]) == 2
    assert "INSTEP_GHL_SPECS" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"type": "string", "enum": ["a", "b"]}, "one of a, b"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "whole number (from 1, to 9)"),
        ({"properties": {}}, "object"),
        ({"anyOf": [{}]}, "one of several objects"),
        ({}, "anything"),
    ],
)
def test_types_are_told_in_words(schema, words):
    assert describe_type("contacts", schema) == words


def test_the_fields_of_a_body_are_told_within_it():
    names = [each.name for each in takes(get("contacts.create"), "v2")]
    assert "dndSettings.SMS.status" in names
    assert {each.place for each in takes(get("contacts.get"), "v2")} == {"path"}


def test_the_fields_of_an_answer_are_told():
    assert "contact.tags" in [each.name for each in answers(get("contacts.get"), "v2")]
    assert "tasks[].title" in [each.name for each in answers(get("contacts.list_tasks"), "v2")]
    assert answers(get("contacts.find"), "v2") == []


def test_an_example_holds_what_is_required():
    assert example_call(get("contacts.delete")) == (
        "instep op call contacts.delete contactId=CONTACT_ID --yes"
    )


def test_every_operation_can_be_described():
    for each in all_operations():
        told = describe(each)
        assert told["id"] == each.id
        assert told["example"].startswith(f"instep op call {each.id}")
        assert set(told["views"]) == set(each.views)
