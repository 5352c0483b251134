"""The whole catalogue from the command line, each command a process of its own."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest

from tests.e2e.processes import ran
from tests.e2e.slots import slots
from tests.sandbox.calendar_caller import made

DONE, FAILED, WRONG_USE, NEEDS_PERSON = range(4)


@pytest.fixture
def here(tmp_path):
    """A data directory of this test's own, and so no connection."""
    return {"INSTEP_DATA_DIR": str(tmp_path)}


@pytest.fixture
def call(ghl, here):
    """Run `instep op call ARGS…` on the sandbox, with nothing but its token."""
    token = {"GHL_TOKEN": ghl.told["private_integration_token"], "GHL_LOCATION": ghl.location}

    def op_call(*args):
        return ran("op", "call", *args, "--url", ghl.told["url"], "--json", **here, **token)

    return op_call


async def test_the_list_has_every_official_operation_and_124_of_them_have_a_catalogue_name(here):
    listed = (await ran("op", "list", "--json", **here)).json
    assert len(listed) >= 576
    assert len({each["id"] for each in listed}) == len(listed)
    assert sum("v2" in each["addresses"] for each in listed) >= 576
    kinds = Counter(each["kind"] for each in listed if each["name"])
    assert kinds == {"trigger": 55, "action": 69}
    assert {each["category"] for each in listed if not each["name"]} == {None}


async def test_only_the_named_ones_are_listed_when_asked(here):
    listed = (await ran("op", "list", "--listed", "--json", **here)).json
    assert len(listed) == 124


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_a_shell_completes_the_ids_of_operations(here, shell):
    asked = {
        "_INSTEP_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": "instep op call contacts.create_t",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "COMP_WORDS": "instep op call contacts.create_t",
        "COMP_CWORD": "3",
    }
    assert "contacts.create_task" in (await ran(**asked, **here)).out


async def test_a_record_is_made_and_read_by_two_commands(ghl, call):
    made_ = await call("contacts.create", "firstName=Ann", "email=ann@op.example", "tags=vip,new")
    assert (made_.code, made_.err) == (DONE, "")
    contact = made_.json["contact"]["id"]
    read = await call("contacts.get", f"contactId={contact}")
    assert (read.code, read.json["contact"]["tags"]) == (DONE, ["vip", "new"])
    assert (await ghl.get(contact))["email"] == "ann@op.example"


@pytest.mark.parametrize(
    ("args", "scope"),
    [
        (("contacts.create", "email=ann@op.example"), "contacts.write"),
        # its path looks like a calendar's
        (("calendars.list_groups",), "calendars/groups.readonly"),
        (("opportunities.search", "--limit", "1"), "opportunities.readonly"),
        (("locations.search_tasks",), "locations/tasks.readonly"),
    ],
)
async def test_a_missing_scope_is_named(ghl, call, args, scope):
    token = ghl.told["private_integration_token"]
    body = {"token": token, "scopes": ["contacts.readonly"]}
    assert (await ghl.call("PUT", "/_sandbox/scopes", json=body)).status == 200
    ended = await call(*args)
    assert (ended.code, ended.json["kind"]) == (NEEDS_PERSON, "ScopeMissing")
    assert f"lacks the scope {scope}, which {args[0]} needs" in ended.json["error"]
    assert token not in ended.out + ended.err


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("contacts.get", "contactId=nobody12345678901234"), FAILED, "not found"),
        (("contacts.create", "emial=a@b.c"), WRONG_USE, "Did you mean email"),
        (("contacts.creat",), WRONG_USE, "contacts.create"),
        (("users.list", "--version", "v3"), WRONG_USE, "call users.search"),
        (("contacts.delete", "contactId=c"), NEEDS_PERSON, "Add --yes"),
    ],
)
async def test_what_does_not_work_ends_with_its_code_and_one_sentence(call, args, code, words):
    ended = await call(*args)
    assert (ended.code, ended.json["exit_code"]) == (code, code)
    assert words in ended.json["error"]
    assert len(ended.out.strip().splitlines()) == 1
    assert "Traceback" not in ended.out + ended.err


async def test_an_unknown_option_is_wrong_use(here):
    ended = await ran("op", "list", "--shoes", **here)
    assert (ended.code, "--shoes" in ended.err) == (WRONG_USE, True)


async def test_of_two_commands_that_book_one_slot_exactly_one_is_done(ghl, call):
    calendar, person = await made(ghl), await ghl.create(email="ann@op.example")
    [wanted, *_] = await slots(ghl, calendar)
    args = (f"calendarId={calendar['id']}", f"contactId={person['id']}", f"startTime={wanted}")
    ends = await asyncio.gather(*(call("calendars.create_appointment", *args) for _ in range(2)))
    assert sorted(each.code for each in ends) == [DONE, FAILED]
    [refused] = [each.json for each in ends if each.code == FAILED]
    assert refused["kind"] == "RecordRejected"
    assert "The slot you have selected is no longer available." in refused["error"]


async def test_what_a_command_prints_is_json_for_the_next_one(call):
    ended = await call("contacts.create", "firstName=Zoë", "email=zoe@op.example")
    assert json.loads(ended.out)["contact"]["firstName"] == "Zoë"
