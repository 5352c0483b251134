"""The business that a contact belongs to is the same one in both apps; both databases."""

from __future__ import annotations

import os

import pytest

from instep.store.schema.syncs import awaited
from instep.store.vault import Vault
from tests.crash.small_family import make_family
from tests.engine.families import (
    assert_a_second_run_writes_nothing,
    rows,
)

# Businesses, and the contacts' link to them


def works_for(family, app, name):
    """The name of the business that a contact belongs to in an app."""
    business_id = app.read(family.id_of(app, name)).values.get("business_id")
    return None if business_id is None else app.read(business_id, "business").values["name"]


async def employ(family, app, name, business):
    family.edit(app, "contact", family.id_of(app, name), business_id=business)


@pytest.mark.parametrize("first", ["business", "contact"])
@pytest.mark.parametrize("swapped", [False, True], ids=["aligned", "swapped"])
async def test_the_contacts_link_is_kept_aligned_whichever_sync_was_there_first(
    database, first, swapped
):
    family = await make_family(database, Vault(os.urandom(32)))
    acme = family.add(family.a, "business", name="Acme")
    family.add(family.b, "business", name="ACME")
    globex = family.add(family.b, "business", name="Globex")
    family.both("Ann")
    family.person(family.a, "Cid", business_id=acme)
    family.person(family.b, "Dan", business_id=globex)
    await employ(family, family.a, "Ann", acme)
    second = "contact" if first == "business" else "business"
    await family.sync(first, swapped=swapped)
    await family.run(first)
    await family.sync(second)
    await family.run(second)
    await family.drain()
    for app in family.apps:
        assert len(app.records("business")) == 2
        assert works_for(family, app, "Ann").casefold() == "acme"
        assert works_for(family, app, "Cid").casefold() == "acme"
        assert works_for(family, app, "Dan") == "Globex"
    assert rows(family, awaited) == []
    await assert_a_second_run_writes_nothing(family)


async def test_a_contacts_link_follows_a_change_on_either_side_and_is_refilled(database):
    family = await make_family(database, Vault(os.urandom(32)))
    acme, globex = (family.add(family.a, "business", name=each) for each in ("Acme", "Globex"))
    family.both("Ann")
    await family.sync("business")
    await family.sync("contact")
    await family.run()
    theirs = {each.values["name"]: each.id for each in family.b.records("business").values()}
    await employ(family, family.a, "Ann", acme)
    await family.run()
    assert works_for(family, family.b, "Ann") == "Acme"
    await employ(family, family.b, "Ann", theirs["Globex"])
    await family.run()
    assert works_for(family, family.a, "Ann") == "Globex"
    await employ(family, family.a, "Ann", None)  # an empty value does not overwrite a filled one
    await family.run()
    assert works_for(family, family.a, "Ann") == works_for(family, family.b, "Ann") == "Globex"
    assert family.a.read(family.id_of(family.a, "Ann")).values["business_id"] == globex
    await assert_a_second_run_writes_nothing(family)


async def test_a_cleared_link_is_cleared_on_the_other_side_where_the_mapping_says_so(database):
    family = await make_family(database, Vault(os.urandom(32)))
    acme = family.add(family.a, "business", name="Acme")
    family.both("Ann")
    mapping = [{"a": "first_name"}, {"a": "email"}, {"a": "business_id", "clears": True}]
    await family.sync("business")
    await family.sync("contact", mapping=mapping)
    await employ(family, family.a, "Ann", acme)
    await family.run()
    assert works_for(family, family.b, "Ann") == "Acme"
    await employ(family, family.b, "Ann", None)
    await family.run()
    assert works_for(family, family.a, "Ann") is None
    await assert_a_second_run_writes_nothing(family)


async def test_both_sides_changing_the_link_differently_is_settled_by_authority(database):
    family = await make_family(database, Vault(os.urandom(32)))
    ids = {each: family.add(family.a, "business", name=each) for each in ("Acme", "Globex", "Umbr")}
    family.both("Ann")
    await family.sync("business")
    await family.sync("contact")
    await employ(family, family.a, "Ann", ids["Acme"])
    await family.run()
    theirs = {each.values["name"]: each.id for each in family.b.records("business").values()}
    await employ(family, family.a, "Ann", ids["Globex"])
    await employ(family, family.b, "Ann", theirs["Umbr"])
    await family.run()
    assert works_for(family, family.a, "Ann") == works_for(family, family.b, "Ann") == "Globex"


async def test_a_link_to_a_business_nobody_keeps_equal_is_never_written(family):
    acme = family.add(family.a, "business", name="Acme")
    await employ(family, family.a, "Ann", acme)
    await employ(family, family.a, "Cid", acme)
    await family.run("contact")
    for name in ("Ann", "Cid"):
        assert family.b.read(family.id_of(family.b, name)).values.get("business_id") is None
    await assert_a_second_run_writes_nothing(family)
    assert family.a.read(family.id_of(family.a, "Ann")).values["business_id"] == acme


async def test_a_contact_of_a_new_business_is_created_at_once_and_linked_when_it_can_be(database):
    family = await make_family(database, Vault(os.urandom(32)))
    await family.sync("business")
    await family.sync("contact")
    await family.run()
    acme = family.add(family.a, "business", name="Acme")
    family.person(family.a, "Ann", business_id=acme)
    await family.run("contact")
    assert family.id_of(family.b, "Ann")
    assert works_for(family, family.b, "Ann") is None
    await family.run("business")
    assert await family.drain() == ["contact"]
    assert works_for(family, family.b, "Ann") == "Acme"
