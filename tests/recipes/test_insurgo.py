"""Insurgo's recipes, over a completed copy of its template: proves our code, not the vendor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from instep.core.errors import UserError
from tests.recipes.apps import INSURGO
from tests.recipes.table import laid

ANNA = {"first_name": "Anna", "last_name": "Doe", "email": "anna.doe@example.com"}
EMAIL = ANNA["email"]
DUE, LATER = "2030-01-07T15:00:00Z", "2030-02-07T15:00:00Z"


@pytest.fixture
async def table(sqlite_url, tmp_path):
    async with laid(sqlite_url, tmp_path, INSURGO, "insurgo") as made:
        yield made


async def test_contacts_new_or_updated_in_insurgo_are_created_or_updated_in_gohighlevel(table):
    anna = table.other.add_person(**ANNA, phone="+12125550101")
    table.ghl.add({"first_name": "Bert", "email": "bert@example.com"})
    await table.use("insurgo-contacts")
    assert table.ghl.value(EMAIL, "phone") == "+12125550101"
    assert (table.ghl.value(EMAIL, "first_name"), table.ghl.value(EMAIL, "last_name")) == (
        *("anna", "doe"),
    )

    table.other.edit_person(anna, phone="+12125550177")
    await table.go_on()
    assert table.ghl.value(EMAIL, "phone") == "+12125550177"
    assert set(table.other.people_by_email()) == {EMAIL}
    await table.assert_quiet()


async def test_tasks_created_updated_and_deleted_in_insurgo_are_so_in_gohighlevel(table):
    anna = table.other.add_person(**ANNA)
    task = table.other.add("tasks", anna, title="Call back", due_at=DUE, completed=False)
    table.other.add("tasks", anna, title="Stays", due_at=DUE, completed=False)
    await table.use("insurgo-tasks")
    here = table.ghl.id_of(EMAIL)
    assert table.mine.tasks(here)["Call back"]["dueDate"][:16] == DUE[:16]

    table.other.edit("tasks", anna, task, completed=True, due_at=LATER)
    await table.go_on()
    changed = table.mine.tasks(here)["Call back"]
    assert (changed["completed"], changed["dueDate"][:16]) == (True, LATER[:16])

    table.other.remove("tasks", anna, task)
    await table.go_on()
    assert set(table.mine.tasks(here)) == {"Stays"}
    await table.assert_quiet()


async def test_notes_and_tags_added_in_insurgo_are_added_to_the_gohighlevel_contact(table):
    anna = table.other.add_person(**ANNA, tags=["vip"])
    table.other.add("notes", anna, body="Prefers mornings.")
    table.ghl.add(ANNA)
    here = table.ghl.id_of(EMAIL)
    table.ghl.tag(here, "theirs")
    table.mine.note(here, "Already there.")
    await table.use("insurgo-notes-and-tags")
    assert sorted(table.ghl.raw(here)["tags"]) == ["theirs", "vip"]
    assert table.mine.notes(here) == ["Already there.", "Prefers mornings."]

    table.other.edit_person(anna, tags=["vip", "renewal"])
    table.other.add("notes", anna, body="Likes tea.")
    await table.go_on()
    assert sorted(table.ghl.raw(here)["tags"]) == ["renewal", "theirs", "vip"]
    assert table.mine.notes(here) == ["Already there.", "Likes tea.", "Prefers mornings."]
    assert [each["body"] for each in table.other.children("notes", anna)] == [
        *("Prefers mornings.", "Likes tea.")
    ]
    await table.assert_quiet()


async def test_where_insurgo_is_described_without_tags_they_are_left_out_or_missed(
    sqlite_url, tmp_path
):
    lines = INSURGO.manifest.read_text().splitlines()
    path = tmp_path / "untagged.yaml"
    path.write_text("\n".join(each for each in lines if "emulated_tags" not in each))
    async with laid(sqlite_url, tmp_path, replace(INSURGO, manifest=path), "insurgo") as table:
        with pytest.raises(UserError, match="the field 'tags', which Insurgo .* do not have"):
            await table.use("insurgo-notes-and-tags")
        assert await table.instep.syncs.list() == []
        used = await table.use("insurgo-tasks")
        assert [each.left_out for each in used.syncs] == [("tags",), ("body",)]
        assert "It leaves out tags" in used.syncs[0].words[-1]
