"""Insightly's recipes, between the sandbox's two apps."""

from __future__ import annotations

import pytest

from tests.recipes.table import laid_with_insightly

ANNA = {"first_name": "Anna", "last_name": "Doe", "email": "anna.doe@example.com"}
EMAIL = ANNA["email"]
DUE = "2030-01-07T15:00:00Z"


@pytest.fixture
async def table(sqlite_url, tmp_path):
    async with laid_with_insightly(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def anna(table):
    """Anna in Insightly: her id there."""
    table.insightly.add({**ANNA, "phone": "+12125550101"})
    return table.insightly.id_of(EMAIL)


async def test_contacts_created_or_updated_in_insightly_come_with_company_and_tags(table, anna):
    table.insightly.tag(anna, "vip")
    acme = table.other.organisation("Acme Loans")
    table.other.employ(anna, acme)
    table.other.task(anna, "Call back", "2030-01-07 15:00:00")
    table.other.note(anna, "Prefers mornings.")
    await table.use("insightly-contacts", "tasks", "notes")
    await table.go_on()  # a contact is put into its business once both are there
    here = table.ghl.id_of(EMAIL)
    assert table.ghl.value(EMAIL, "phone") == "+12125550101"
    assert table.ghl.raw(here)["tags"] == ["vip"]
    assert table.mine.works_for(here) == "Acme Loans"
    assert set(table.mine.tasks(here)) == {"Call back"}
    assert table.mine.notes(here) == ["Prefers mornings."]

    table.insightly.change(EMAIL, phone="+12125550177")
    table.ghl.add({"first_name": "Only", "last_name": "Here", "email": "only@example.com"})
    await table.go_on()
    assert table.ghl.value(EMAIL, "phone") == "+12125550177"
    assert table.insightly.people() == [EMAIL]  # Insightly is never written
    await table.assert_quiet()


async def test_tasks_and_notes_of_either_are_mirrored_to_the_other_status_aligned(table, anna):
    await table.use("insightly-tasks-and-notes")
    here = table.ghl.id_of(EMAIL)
    table.other.task(anna, "From Insightly", "2030-01-07 15:00:00")
    table.other.note(anna, "Said there.")
    mine = table.mine.task(here, "From GoHighLevel", DUE)
    table.mine.note(here, "Said here.")
    await table.go_on()
    assert (
        set(table.mine.tasks(here))
        == set(table.other.tasks(anna))
        == {*("From Insightly", "From GoHighLevel")}
    )
    assert table.mine.notes(here) == ["Said here.", "Said there."]
    assert len(table.other.notes(anna)) == 2

    table.mine.edit_task(here, mine, completed=True)
    theirs = table.other.tasks(anna)["From Insightly"]["TASK_ID"]
    table.other.edit_task(theirs, COMPLETED=True, STATUS="COMPLETED")
    await table.go_on()
    assert table.mine.tasks(here)["From Insightly"]["completed"] is True
    done = table.other.tasks(anna)["From GoHighLevel"]
    assert (done["COMPLETED"], done["STATUS"]) == (True, "COMPLETED")
    await table.assert_quiet()


async def test_tags_added_or_removed_in_either_and_businesses_are_kept_equal(table, anna):
    table.insightly.tag(anna, "vip")
    table.other.employ(anna, table.other.organisation("Acme Loans"))
    table.mine.business("Globex")
    await table.use("insightly-tags-and-businesses")
    await table.go_on()
    here = table.ghl.id_of(EMAIL)
    assert table.ghl.raw(here)["tags"] == ["vip"]
    assert table.mine.works_for(here) == "Acme Loans"
    assert (
        set(table.mine.businesses())
        == set(table.other.organisations())
        == {*("Acme Loans", "Globex")}
    )

    table.ghl.tag(here, "renewal")
    table.ghl.call("DELETE", f"/contacts/{here}/tags", {"tags": ["vip"]})
    table.mine.employ(here, table.mine.businesses()["Globex"])
    await table.go_on()
    assert [each["TAG_NAME"] for each in table.insightly.raw(anna)["TAGS"]] == ["renewal"]
    assert table.other.works_for(anna) == "Globex"

    table.insightly.call("DELETE", f"/Contacts/{anna}/Tags", {"TAG_NAME": "renewal"})
    table.insightly.tag(anna, "cold")
    await table.go_on()
    assert table.ghl.raw(here)["tags"] == ["cold"]
    await table.assert_quiet()


async def test_a_new_insightly_contact_becomes_one_of_gohighlevel_with_its_key_fields(table):
    table.insightly.add({**ANNA, "phone": "+12125550101", "city": "Leiden"})
    table.ghl.add({"first_name": "Only", "last_name": "Here", "email": "only@example.com"})
    await table.use("new-insightly-contact")
    assert table.ghl.value(EMAIL, "phone") == "+12125550101"
    assert table.ghl.value(EMAIL, "city") is None
    assert table.insightly.people() == [EMAIL]
    await table.assert_quiet()


async def test_notes_are_kept_in_both(table, anna):
    note = table.other.note(anna, "Said there.")
    await table.use("notes-in-both")
    here = table.ghl.id_of(EMAIL)
    table.mine.note(here, "Said here.")
    table.other.edit_note(note, "Said there, put right.")
    await table.go_on()
    assert table.mine.notes(here) == ["Said here.", "Said there, put right."]
    assert len(table.other.notes(anna)) == 2
    await table.assert_quiet()
