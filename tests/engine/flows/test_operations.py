"""What a step's inputs become before GoHighLevel gets them, and what a dry run tells of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from instep import catalogue
from instep.core.errors import Duplicate, OutcomeUnknown, RecordRejected, RetryLater, UserError
from instep.engine.flows.actions.calling import Arrived
from instep.engine.flows.actions.look_up_table import DOUBTFUL, HARMLESS, LOOK_UPS
from tests.engine.flows.acting import Actor


async def body_of(actor, operation, **inputs):
    (told,) = await actor.caller.describe(actor.made(operation, **inputs))
    return told["body"]


@pytest.mark.parametrize(
    ("operation", "inputs", "name", "sent"),
    [
        ("contacts.search", {"pageLimit": "20"}, "pageLimit", 20),
        ("contacts.search", {"pageLimit": 20.0}, "pageLimit", 20.0),
        ("contacts.complete_task", {"completed": "true"}, "completed", True),
        ("contacts.complete_task", {"completed": "False"}, "completed", False),
        ("contacts.add_tags", {"tags": "vip, new"}, "tags", ["vip", "new"]),
        ("contacts.add_tags", {"tags": ["vip", 7]}, "tags", ["vip", "7"]),
        ("contacts.create", {"postalCode": 4051}, "postalCode", "4051"),
        ("contacts.create", {"firstName": "null"}, "firstName", "null"),
        ("calendars.create", {"name": "A", "isActive": "true"}, "isActive", True),
        ("calendars.create", {"name": "A", "slotDuration": "30"}, "slotDuration", 30),
        (
            "calendars.create",
            {"name": "A", "openHours": [{"daysOfTheWeek": ["1"]}]},
            "openHours",
            [{"daysOfTheWeek": [1]}],
        ),
    ],
)
async def test_texts_become_what_the_catalogue_asks_for(actor, operation, inputs, name, sent):
    ids = {"contactId": "c1"} if "task" in operation or "tags" in operation else {}
    ids |= {"taskId": "t1"} if "task" in operation else {}
    assert (await body_of(actor, operation, **ids, **inputs))[name] == sent


@pytest.mark.parametrize("value", ["", None])
async def test_what_is_empty_is_no_number_and_is_left_out(actor, value):
    body = await body_of(actor, "opportunities.update", id="o1", name="Loan", monetaryValue=value)
    assert body.get("monetaryValue") is None


async def test_a_null_empties_a_field_and_an_empty_text_is_sent(actor):
    body = await body_of(actor, "contacts.update", contactId="c1", city=None, state="")
    assert body == {"city": None, "state": ""}


@pytest.mark.parametrize(
    ("operation", "inputs", "said"),
    [
        ("contacts.search", {"pageLimit": "many"}, "pageLimit takes a whole number, not 'many'"),
        ("contacts.search", {"pageLimit": "null"}, "pageLimit takes a whole number, not 'null'"),
        ("contacts.create", {"emial": "x"}, "has no argument emial. Did you mean email"),
        ("contacts.create_task", {"contactId": "c"}, "needs title and dueDate and completed"),
        ("contacts.create", {"firstName": {"a": 1}}, "firstName takes text, not an object"),
        ("contacts.get", {"contactId": "../x/.."}, None),
        ("contacts.get", {"contactId": ".."}, "cannot stand in an address"),
        ("opportunities.update_status", {"id": "o", "status": "gone"}, "status is one of"),
        ("medias.upload_media_content", {"file": "a"}, "file takes a file, which"),
    ],
)
async def test_a_wrong_input_is_named_and_nothing_is_sent(actor, ghl, operation, inputs, said):
    ghl.app.journal.switch(on=True)
    call = actor.made(operation, **inputs)
    if said is None:
        (told,) = await actor.caller.describe(call)
        assert told["url"].endswith("/contacts/..%2Fx%2F..")
    else:
        with pytest.raises(RecordRejected, match=said):
            await actor.caller.call(call)
    assert [*ghl.app.journal.since(0, 10)] == []


async def test_an_unknown_operation_names_the_nearest(actor):
    with pytest.raises(UserError, match=r"no operation 'contacts.crate'.*contacts.create"):
        await actor.call("contacts.crate")


async def test_a_dry_run_of_every_write_sends_nothing_and_tells_no_secret(actor, ghl):
    ghl.app.journal.switch(on=True)
    inputs = {"contactId": "c1", "title": "Call", "dueDate": "2027-01-05T09:00:00Z"}
    call = actor.made("contacts.create_task", **inputs, completed="false")
    (told,) = await actor.caller.describe(call)
    assert (told["method"], told["url"]) == ("POST", f"{ghl.told['url']}/contacts/c1/tasks")
    assert told["body"] == {
        "title": "Call",
        "dueDate": "2027-01-05T09:00:00Z",
        "completed": False,
    }
    assert ghl.told["private_integration_token"] not in str(told)
    assert [*ghl.app.journal.since(0, 10)] == []


async def test_a_list_gives_its_first_page(actor, ghl):
    for number in range(3):
        await ghl.create(email=f"p{number}@example.com")
    found = await actor.call("contacts.search", pageLimit="2", page="1")
    assert (len(found["contacts"]), found["total"]) == (2, 3)


async def test_a_duplicate_says_whose_it_is(actor):
    made = await actor.call("contacts.create", email="ann@example.com")
    with pytest.raises(Duplicate) as refused:
        await actor.call("contacts.create", email="ann@example.com")
    assert refused.value.existing_id == made["contact"]["id"]


async def test_a_contact_from_before_the_call_is_not_taken_for_its_work(actor):
    await actor.call("contacts.create", email="ann@example.com")
    call = actor.made("contacts.create", email="ann@example.com")
    later = replace(call, begun_at=call.begun_at + 3_600_000)
    with pytest.raises(RetryLater, match="waiting until it can be found"):
        await actor.caller.find_out(later)
    actor.clock.move(11)
    assert await actor.caller.find_out(later) is None


@pytest.mark.parametrize(
    ("operation", "inputs"),
    [
        ("contacts.get", {"contactId": "c"}),
        ("contacts.search", {"pageLimit": 1}),
        ("contacts.update", {"contactId": "c"}),
        ("contacts.add_tags", {"contactId": "c", "tags": ["a"]}),
        ("contacts.upsert", {"email": "a@example.com"}),
        ("calendars.validate_group_slug", {"slug": "a"}),
    ],
)
async def test_what_reads_or_sets_may_be_repeated(actor, operation, inputs):
    assert await actor.caller.find_out(actor.made(operation, **inputs)) is None


@pytest.mark.parametrize(
    ("operation", "inputs"),
    [
        ("contacts.add_to_workflow", {"contactId": "c", "workflowId": "w"}),
        ("contacts.create", {"firstName": "Ann"}),
        ("contacts.upsert", {"firstName": "Ann"}),
        ("contacts.upsert", {"email": "a@example.com", "createNewIfDuplicateAllowed": True}),
        ("conversations.send_message", {"type": "Email", "contactId": "c", "html": "<p>a</p>"}),
        ("calendars.create", {"name": "Visits"}),
        ("locations.create", {"name": "Office"}),
    ],
)
async def test_what_cannot_be_told_is_a_persons_matter(actor, operation, inputs):
    with pytest.raises(OutcomeUnknown, match=f"{operation} was sent and not answered, and"):
        await actor.caller.find_out(actor.made(operation, **inputs))


async def test_a_delete_that_was_done_counts_as_done(actor):
    made = await actor.call("contacts.create", email="ann@example.com")
    call = actor.made("contacts.delete", contactId=made["contact"]["id"])
    await actor.caller.call(call)
    assert await actor.caller.find_out(call) == Arrived({})


def test_every_operation_of_the_tables_is_in_the_catalogue():
    for each in (*DOUBTFUL, *HARMLESS, *LOOK_UPS, *(row.lists for row in LOOK_UPS.values())):
        catalogue.get(each)


async def contact(actor):
    return (await actor.call("contacts.create", email="ann@example.com"))["contact"]["id"]


async def test_a_day_that_the_app_keeps_as_a_moment_is_no_other_task(actor):
    call = actor.made(
        "contacts.create_task",
        contactId=await contact(actor),
        title="Call",
        dueDate="2027-01-05",
        completed=False,
    )
    made = await actor.caller.call(call)
    found = await actor.caller.find_out(call)
    assert isinstance(found, Arrived)
    assert found.output["task"]["id"] == made["task"]["id"]


async def test_a_text_that_was_cut_is_recognised(actor):
    whose = await contact(actor)
    long = "A long story. " * 40
    made = await actor.call("contacts.create_note", contactId=whose, body=long[:300])
    call = replace(actor.made("contacts.create_note", contactId=whose, body=long), key="key-1")
    other = await other_process(actor).caller.find_out(call)
    assert isinstance(other, Arrived)
    assert other.output["note"]["id"] == made["note"]["id"]


def other_process(actor):
    """The same connections, reached by a process that remembers nothing."""
    return Actor(actor.reached, actor.clock)


async def test_a_note_that_reads_otherwise_leaves_it_to_a_person(actor):
    whose = await contact(actor)
    await actor.call("contacts.create_note", contactId=whose, body="Someone else's")
    call = actor.made("contacts.create_note", contactId=whose, body="Ours")
    assert await actor.caller.find_out(call) is None  # it is known whose that one is
    with pytest.raises(OutcomeUnknown, match="reads otherwise than it was written"):
        await other_process(actor).caller.find_out(call)
    later = replace(call, begun_at=call.begun_at + 3_600_000)
    assert await other_process(actor).caller.find_out(later) is None


@pytest.mark.parametrize("start", ["2027-01-05T09:00:00", "tomorrow", 7])
async def test_a_start_that_cannot_be_compared_is_a_persons_matter(actor, start):
    call = actor.made(
        "calendars.create_appointment", calendarId="c", contactId="p", startTime=start
    )
    with pytest.raises(OutcomeUnknown, match="does not say where to look"):
        await actor.caller.find_out(call)


async def test_a_contact_is_found_by_its_number_as_the_app_keeps_it(actor):
    call = actor.made("contacts.create", phone="(201) 555-0123", firstName="Ann")
    made = await actor.caller.call(call)
    with pytest.raises(RetryLater):
        await actor.caller.find_out(call)
    actor.clock.move(11)
    found = await actor.caller.find_out(call)
    assert found.output["contact"]["id"] == made["contact"]["id"]


async def test_two_equal_messages_are_not_taken_for_one(actor):
    inputs = {"type": "SMS", "contactId": await contact(actor), "message": "Hello"}
    first, second = (actor.made("conversations.send_message", **inputs) for _ in range(2))
    await actor.call("contacts.update", contactId=inputs["contactId"], phone="+12015550123")
    await actor.caller.call(first)
    with pytest.raises(RetryLater):
        await actor.caller.find_out(second)
    actor.clock.move(11)
    assert await actor.caller.find_out(second) is None
    await actor.caller.call(second)
    with pytest.raises(RetryLater):  # it was sent again, so there is something new to wait for
        await actor.caller.find_out(second)


async def test_a_parent_that_is_gone_leaves_it_to_a_person(actor):
    call = actor.made("contacts.create_note", contactId="nobody", body="Called")
    with pytest.raises(OutcomeUnknown, match="looking it up was refused: GoHighLevel: "):
        await actor.caller.find_out(call)


async def test_somebody_else_with_the_address_is_not_taken_for_it(actor):
    await actor.call("contacts.create", email="ann@example.com", firstName="Bob")
    call = actor.made("contacts.create", email="ann@example.com", firstName="Ann")
    with pytest.raises(RetryLater):
        await actor.caller.find_out(call)
    actor.clock.move(11)
    with pytest.raises(OutcomeUnknown, match="is not as it was written"):
        await actor.caller.find_out(call)


async def test_a_dry_run_hides_what_has_a_secrets_name(actor):
    person = {"firstName": "Ann", "lastName": "Lee", "email": "ann@example.com"}
    body = await body_of(
        actor,
        "users.create",
        **person,
        password="a-good-one",
        type="account",
        role="user",
        locationIds=["loc"],
    )
    assert body["password"] == "•••"
    assert body["firstName"] == "Ann"


async def test_where_two_may_have_one_address_an_older_one_tells_nothing(actor, ghl):
    await actor.call("contacts.create", email="ann@example.com")
    await ghl.call("PUT", "/_sandbox/settings", json={"allow_duplicate_contact": True})
    call = actor.made("contacts.create", email="ann@example.com")
    later = replace(call, begun_at=call.begun_at + 3_600_000)
    with pytest.raises(RetryLater):
        await actor.caller.find_out(later)
    actor.clock.move(11)
    with pytest.raises(OutcomeUnknown, match="takes a second contact with the same address"):
        await actor.caller.find_out(later)


async def test_a_credential_that_may_only_write_leaves_it_to_a_person(actor, ghl):
    whose = await contact(actor)
    scopes = {"token": ghl.told["private_integration_token"], "scopes": ["contacts.write"]}
    await ghl.call("PUT", "/_sandbox/scopes", json=scopes)
    call = actor.made("contacts.create_note", contactId=whose, body="Called")
    await actor.caller.call(call)
    with pytest.raises(OutcomeUnknown, match="lacks the scope contacts.readonly"):
        await actor.caller.find_out(call)
