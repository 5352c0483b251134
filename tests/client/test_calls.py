"""The client against the sandbox: what a user does with it."""

from __future__ import annotations

import asyncio

import pytest

from instep import (
    DuplicateContact,
    GoHighLevel,
    LocationDenied,
    NotFound,
    OutcomeUnknown,
    TokenRefused,
    UserError,
    ValidationFailed,
    WrongArguments,
)

GONE = "67dOpUFIhMPdE444K64X"


@pytest.mark.parametrize("version", ["v2", "v3"])
async def test_a_contact_is_made_changed_and_taken_away(reach, version):
    async with GoHighLevel(**reach(version=version)) as ghl:
        made = (await ghl.contacts.create(firstName="Ada", email="ada@x.org"))["contact"]
        await ghl.contacts.update(contactId=made["id"], city="Rome")
        got = (await ghl.contacts.get(contactId=made["id"]))["contact"]
        assert (got["firstName"], got["city"]) == ("Ada", "Rome")
        assert (await ghl.contacts.delete(contactId=made["id"]))["succeeded"] is True
        with pytest.raises(NotFound):
            await ghl.contacts.get(contactId=made["id"])


async def test_an_operation_is_called_by_its_id_as_well(ghl):
    made = await ghl.call("contacts.create", email="ada@x.org")
    assert [each["id"] async for each in ghl.call("contacts.search")] == [made["contact"]["id"]]


async def test_a_second_contact_is_refused_or_answered_with_the_first(ghl):
    first = (await ghl.contacts.create(email="ada@x.org"))["contact"]["id"]
    with pytest.raises(DuplicateContact) as error:
        await ghl.contacts.create(email="ada@x.org")
    assert (error.value.contact_id, error.value.field) == (first, "email")
    with pytest.raises(DuplicateContact):
        await ghl.contacts.create(email="ada@x.org", on_duplicate="raise")
    again = await ghl.contacts.create(email="ADA@x.org", on_duplicate="return")
    assert again["contact"]["id"] == first
    with pytest.raises(WrongArguments, match="'raise' or 'return'"):
        await ghl.contacts.create(email="ada@x.org", on_duplicate="ignore")


@pytest.mark.parametrize(
    "wanted", [{"email": "ADA@x.org"}, {"phone": "+12025550111"}, {"phone": "(202) 555-0111"}]
)
async def test_a_contact_is_found(sandbox, ghl, wanted):
    made = await sandbox.create(email="ada@x.org", phone="+12025550111")
    await sandbox.create(email="bob@x.org", phone="+12025550112")
    assert (await ghl.contacts.find(**wanted))["id"] == made["id"]
    assert (await ghl.contacts.find(id=made["id"]))["email"] == "ada@x.org"


@pytest.mark.parametrize("wanted", [{"id": GONE}, {"email": "no@x.org"}, {"phone": "+12025550199"}])
async def test_who_is_not_there_is_not_found(ghl, wanted):
    assert await ghl.contacts.find(**wanted) is None


@pytest.mark.parametrize("wanted", [{}, {"email": "a", "phone": "b"}, {"name": "Ada"}])
async def test_finding_takes_one_of_three(ghl, wanted):
    with pytest.raises(WrongArguments, match="one of id, email and phone"):
        await ghl.contacts.find(**wanted)


async def test_what_is_wrong_is_told_before_anything_is_sent(ghl):
    with pytest.raises(WrongArguments):
        ghl.contacts.create(fristName="Ada")
    with pytest.raises(WrongArguments):
        ghl.contacts.search(filtres=[])
    with pytest.raises(WrongArguments, match="tags takes a list"):
        ghl.contacts.create(tags="vip")
    assert ghl._session._client is None


async def test_refused_values_are_told_with_their_problems(ghl):
    with pytest.raises(ValidationFailed) as error:
        await ghl.request("POST", "/contacts/", json={"locationId": ghl.location_id, "nonsense": 1})
    assert error.value.problems == ("property nonsense should not exist",)
    with pytest.raises(ValidationFailed) as error:
        body = {"locationId": ghl.location_id, "tags": "vip"}
        await ghl.request("POST", "/contacts/", json=body)
    assert any("tags" in each for each in error.value.problems)


async def test_another_location_is_denied(sandbox, ghl):
    with pytest.raises(LocationDenied):
        await ghl.contacts.search(locationId=sandbox.other_location)


async def test_an_unknown_token_is_refused(reach):
    async with GoHighLevel(**reach(token="pit-00000000-nobody")) as ghl:
        with pytest.raises(TokenRefused) as error:
            await ghl.contacts.search()
    assert "pit-00000000-nobody" not in str(error.value)


@pytest.mark.parametrize(
    "token", ["", "eyJhbGciOi.JIUzI1NiIs", "00000000-0000-0000-0000-000000000000"]
)
def test_a_key_of_the_old_api_is_refused_with_a_sentence(token):
    with pytest.raises(UserError, match=r"begin with pit-.*old API \(v1\)"):
        GoHighLevel(token=token)


def test_an_unknown_version_is_refused():
    with pytest.raises(UserError, match="'v2' or 'v3'"):
        GoHighLevel(token="pit-0", version="v1")


async def test_a_write_whose_answer_is_lost_is_not_sent_again(sandbox, ghl):
    sandbox.app.faults.switch_on("timeout_after_success=1")
    with pytest.raises(OutcomeUnknown):
        await ghl.contacts.create(email="once@x.org")
    sandbox.app.faults.switch_off()
    assert len([each async for each in ghl.contacts.search()]) == 1


async def test_two_clients_of_one_credential_share_one_limit(reach):
    async with GoHighLevel(**reach()) as one, GoHighLevel(**reach()) as two:
        await asyncio.gather(one.contacts.search(), two.contacts.search())
        limiters = [each._session._client._limiter for each in (one, two)]
        assert limiters[0] is limiters[1]
        async with GoHighLevel(**reach(token="pit-other-0000")) as other:
            with pytest.raises(TokenRefused):
                await other.contacts.search()
            assert other._session._client._limiter is not limiters[0]


async def test_a_closed_client_opens_again(ghl):
    await ghl.contacts.search()
    await ghl.close()
    assert (await ghl.contacts.search())["contacts"] == []
