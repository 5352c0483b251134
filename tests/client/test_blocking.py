from __future__ import annotations

import threading

import pytest

from instep import DuplicateContact, F, GoHighLevel, GoHighLevelSync, WrongArguments
from instep.sandbox import Sandbox
from instep.sandbox.gohighlevel import GoHighLevel as LocalGoHighLevel


@pytest.fixture
def reached():
    app = LocalGoHighLevel(pace=1_000)
    with Sandbox([app]).in_thread() as sandbox:
        told = sandbox.describe()[app.name]
        yield {
            "token": told["private_integration_token"],
            "location_id": told["location_id"],
            "base_url": told["url"],
        }


def test_everything_works_without_await(reached):
    with GoHighLevelSync(**reached) as ghl:
        made = ghl.contacts.create(firstName="Ada", email="ada@x.org", tags=["vip"])["contact"]
        assert ghl.contacts.get(contactId=made["id"])["contact"]["firstName"] == "Ada"
        assert ghl.contacts.find(email="ada@x.org")["id"] == made["id"]
        assert ghl.call("contacts.get", contactId=made["id"])["contact"]["id"] == made["id"]
        assert [each["id"] for each in ghl.contacts.search(filters=F.tags == "vip")] == [made["id"]]
        assert ghl.contacts.search().first()["total"] == 1
        assert [len(body["contacts"]) for body in ghl.contacts.search().pages()] == [1]
        assert ghl.custom_fields()["Policy number"].type == "TEXT"
        assert ghl.oauth.get_location_token.__name__ == "get_location_token"
        assert ghl.location_id == reached["location_id"]
        assert ghl.request("GET", f"/contacts/{made['id']}")["contact"]["id"] == made["id"]
        assert ghl.appointment_times({"startTime": "2026-01-05T09:00:00Z"}).end is None
        assert ghl.at(reached["location_id"]).contacts.search().first()["total"] == 1
        with pytest.raises(DuplicateContact):
            ghl.contacts.create(email="ada@x.org")
        with pytest.raises(WrongArguments):
            ghl.contacts.create(fristName="Ada")


def test_a_list_may_be_left_before_its_end(reached):
    with GoHighLevelSync(**reached) as ghl:
        for number in range(5):
            ghl.contacts.create(email=f"p{number}@x.org")
        for _contact in ghl.contacts.search(pageLimit=2):
            break


def test_the_thread_ends_with_the_client(reached):
    before = threading.active_count()
    ghl = GoHighLevelSync.over(GoHighLevel(**reached))
    assert threading.active_count() == before
    ghl.contacts.search().first()
    assert threading.active_count() == before + 1
    ghl.close()
    ghl.close()
    assert threading.active_count() == before
