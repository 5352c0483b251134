"""Filters between GoHighLevel and Insightly on real ports: by business on either side, and by tag."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from instep.engine.rule_making import Said
from tests.two_way.conftest import PEOPLE
from tests.two_way.stage import email, person, staged

ANNA, BERT, CORA = (email(name) for name in ("Anna", "Bert", "Cora"))


@pytest.fixture
async def apart(database_url, tmp_path):
    """Anna, Bert and Cora at GoHighLevel; Dora at Insightly. No sync yet."""
    async with staged(database_url, tmp_path, [PEOPLE, [person("Dora", city="Leiden")]]) as made:
        await made.connect()
        yield made


def business_at_ghl(stage, name, *members):
    body = {"locationId": stage.ghl._location, "name": name}
    made = stage.ghl.call("POST", "/businesses/", body)
    business_id = (made.get("business") or made["buiseness"])["id"]
    put_into(stage, business_id, *members)
    return business_id


def put_into(stage, business_id, *members):
    ids = [stage.ghl.id_of(each) for each in members]
    body = {"locationId": stage.ghl._location, "ids": ids, "businessId": business_id}
    stage.ghl.call("POST", "/contacts/bulk/business", body)


def business_at_insightly(stage, name, *members):
    made = stage.insightly.call("POST", "/Organisations", {"ORGANISATION_NAME": name})
    for each in members:
        body = {"CONTACT_ID": int(stage.insightly.id_of(each))}
        body["ORGANISATION_ID"] = made["ORGANISATION_ID"]
        stage.insightly.call("PUT", "/Contacts", body)
    return made["ORGANISATION_ID"]


async def test_a_filter_by_business_of_gohighlevel(apart):
    business_at_ghl(apart, "Other")
    acme = business_at_ghl(apart, "Acme Loans", ANNA)
    await apart.create(said=Said(filters={"a": ["business eq acme loans"]}))
    apart.wait(300)
    await apart.run()
    assert apart.insightly.people() == sorted([ANNA, email("Dora")])
    assert not apart.ghl.has(email("Dora"))  # she would be in no business there
    put_into(apart, acme, BERT)  # enters
    put_into(apart, None, ANNA)  # leaves
    apart.ghl.change(ANNA, city="Delft")
    apart.wait(300)
    await apart.run()
    assert apart.insightly.has(BERT)
    assert apart.insightly.value(ANNA, "city") == "leiden"
    told = await apart.why(apart.ghl.id_of(ANNA))
    assert told["stands"] == "excluded"
    assert "business is acme loans; its link is kept" in str(told)
    apart.insightly.change(ANNA, state="Zuid")
    put_into(apart, acme, ANNA)  # comes back
    apart.wait(300)
    await apart.run()
    assert apart.insightly.value(ANNA, "city") == "delft"
    assert apart.ghl.value(ANNA, "state") == "zuid"
    shown = await apart.instep.setup.show("people")
    assert "Of gohighlevel it takes only records whose business is acme loans." in shown.sentences


async def test_a_filter_by_organisation_of_insightly(apart):
    business_at_insightly(apart, "Dora & Sons", email("Dora"))
    await apart.create(said=Said(filters={"b": ["business in Dora & Sons"]}, direction="to_a"))
    apart.wait(300)
    before = apart.insightly.people()
    await apart.run()
    assert apart.ghl.has(email("Dora"))
    assert apart.insightly.people() == before


async def test_a_business_that_an_app_does_not_have_is_answered_with_the_nearest(apart):
    business_at_ghl(apart, "Acme Loans")
    business_at_insightly(apart, "Dora & Sons")
    with pytest.raises(UserError, match="GoHighLevel has no business .* Did you mean Acme Loans"):
        await apart.create(said=Said(filters={"a": ["business eq Acme Loan"]}))
    with pytest.raises(UserError, match="Insightly has no business .* Did you mean Dora & Sons"):
        await apart.create(said=Said(filters={"b": ["business eq Dora and Sons"]}))
    assert await apart.instep.syncs.list() == []


async def test_a_filter_by_tag_and_the_tag_for_whom_has_left(apart):
    await apart.create(said=Said(filters={"a": ["tags contains VIP"]}, leaving="tag"))
    apart.wait(300)
    await apart.run()
    assert apart.insightly.people() == sorted([CORA, email("Dora")])
    apart.ghl.call("DELETE", f"/contacts/{apart.ghl.id_of(CORA)}/tags", {"tags": ["vip"]})
    apart.ghl.change(CORA, city="Utrecht")
    apart.wait(300)
    await apart.run()
    (cora,) = (each for each in apart.insightly.everyone() if each.key == CORA)
    assert (cora.tags, cora.fields["city"]) == ({"vip", "left the filter"}, "delft")
    apart.wait(300)
    calls = len(apart.history())
    await apart.run()
    assert len(apart.history()) == calls
    apart.ghl.tag(apart.ghl.id_of(CORA), "vip")
    apart.wait(300)
    await apart.run()
    (cora,) = (each for each in apart.insightly.everyone() if each.key == CORA)
    assert (cora.tags, cora.fields["city"]) == ({"vip"}, "utrecht")
