"""From a change in GoHighLevel to the record itself: told, proven, read again; or refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.gohighlevel import connector
from instep.sdk.webhooks import Incoming, Recent, Refusal, WebhookRefused
from tests.e2e.slots import slots
from tests.sandbox.calendar_caller import booked, made
from tests.sandbox.ghl_opportunities import open_one

webhooks = connector.webhooks


class Inbox:
    """Takes webhooks as a careful receiver does: proven first, then never the same one twice."""

    def __init__(self, keys):
        self._keys = {"ed25519": keys["webhook_public_key"], "rsa": keys["webhook_rsa_public_key"]}
        self._recent = Recent(webhooks.memory)

    def take(self, told, *, raw=None, headers=None, at=None):
        """What one webhook says; or one that was tampered with on its way, or kept until `at`."""
        now = at or datetime.now(UTC)
        headers = told.headers if headers is None else headers
        hint = webhooks.read(Incoming(headers, raw or told.raw, now), self._keys, now)
        self._recent.take(hint.id, now)
        return hint

    def reason(self, told, **how):
        """Why one is refused, in the words for people."""
        with pytest.raises(WebhookRefused) as caught:
            self.take(told, **how)
        assert str(caught.value) == caught.value.reason.value
        return caught.value.reason


@pytest.fixture
async def inbox(ghl):
    """It has the keys that the sandbox publishes, and nothing else of it."""
    return Inbox((await ghl.call("GET", "/_sandbox/webhooks/keys")).body)


# What a colleague does in GoHighLevel. Each tells which record it happened to.


async def new_task(ghl, ann):
    body = {"title": "Call back", "body": "The quote", "completed": False}
    body["dueDate"] = "2030-01-07T15:00:00Z"
    answer = await ghl.call("POST", f"/contacts/{ann}/tasks", json=body)
    return answer.body["task"]["id"]


async def new_note(ghl, ann):
    body = {"body": "Likes tea", "title": "Tea"}
    answer = await ghl.call("POST", f"/contacts/{ann}/notes", json=body)
    return answer.body["note"]["id"]


async def changed_contact(ghl, ann):
    await ghl.put(ann, city="Boston")
    return ann


async def new_appointment(ghl, ann):
    calendar = await made(ghl)
    [start, *_] = await slots(ghl, calendar)
    return (await booked(ghl, calendar, {"id": ann}, start, title="Tea"))["id"]


async def won_opportunity(ghl, ann):
    opened = await open_one(ghl, contactId=ann)
    path = f"/opportunities/{opened['id']}/status"
    assert (await ghl.call("PUT", path, json={"status": "won"})).status == 200
    return opened["id"]


HAPPENINGS = {
    "TaskCreate": (new_task, "task", {"title": "Call back", "body": "The quote"}),
    "NoteCreate": (new_note, "note", {"title": "Tea", "body": "Likes tea"}),
    "ContactUpdate": (changed_contact, "contact", {"first_name": "Ann", "city": "Boston"}),
    "AppointmentCreate": (new_appointment, "appointment", {"title": "Tea"}),
    "OpportunityStatusUpdate": (won_opportunity, "opportunity", {"status": "won"}),
}
EVERY_EVENT = pytest.mark.parametrize("event", HAPPENINGS)


@pytest.fixture
async def ann(ghl):
    return (await ghl.create(firstName="Ann", email="ann@example.com"))["id"]


@pytest.fixture
def happen(ghl, receiver, ann):
    """Let one of them happen; the record's id, and the webhook as it arrived."""

    async def cause(event):
        wanted = {"webhook_url": receiver.url, "events": [event]}
        assert (await ghl.call("PUT", "/_sandbox/app", json=wanted)).status == 200
        record_id = await HAPPENINGS[event][0](ghl, ann)
        [told] = await receiver.wait_for(1)
        assert told.event == event
        return record_id, told

    return cause


async def read_again(line, hint):
    """The record a hint is about: through its parent where that is told, else from all of them."""
    parent = line.resource(hint.resource).parent
    if parent is None or not parent.listed_together:
        return await line.get(hint.resource, hint.record_id, hint.parent_id)
    found = await line.every(hint.resource)
    return next(each for each in found if each.id == hint.record_id)


@EVERY_EVENT
async def test_a_change_is_told_proven_and_read_again(line, inbox, happen, event):
    record_id, told = await happen(event)
    hint = inbox.take(told)
    _, kind, values = HAPPENINGS[event]
    assert (hint.event, hint.resource, hint.record_id) == (event, kind, record_id)
    assert (hint.account_id, hint.deleted) == (line.told["location_id"], False)
    assert values.items() <= (await read_again(line, hint)).values.items()


async def test_a_new_task_is_told_without_its_contact_which_the_record_then_names(
    line, inbox, happen, ann
):
    _, told = await happen("TaskCreate")
    assert not {"contactId", "body"} & told.body.keys()
    hint = inbox.take(told)
    assert hint.parent_id is None
    task = await read_again(line, hint)
    assert task.values["contact_id"] == ann
    assert (await line.get("task", task.id, ann)).values == task.values


@EVERY_EVENT
async def test_any_flipped_byte_is_refused(inbox, happen, event):
    _, told = await happen(event)
    for place in range(0, len(told.raw), 7):
        flipped = bytearray(told.raw)
        flipped[place] ^= 1
        assert inbox.reason(told, raw=bytes(flipped)) is Refusal.WRONGLY_SIGNED
    assert inbox.take(told).event == event, "as it was sent it is taken"


@EVERY_EVENT
async def test_a_signature_of_another_webhook_or_of_another_sender_is_refused(inbox, happen, event):
    _, told = await happen(event)
    signature = bytearray(base64.b64decode(told.headers["x-ghl-signature"]))
    signature[0] ^= 1
    headers = told.headers | {"x-ghl-signature": base64.b64encode(signature).decode()}
    assert inbox.reason(told, headers=headers) is Refusal.WRONGLY_SIGNED
    real = {"webhook_public_key": webhooks.keys["ed25519"], "webhook_rsa_public_key": ""}
    assert Inbox(real).reason(told) is Refusal.WRONGLY_SIGNED


@EVERY_EVENT
async def test_one_that_was_kept_for_more_than_five_minutes_is_refused(inbox, happen, event):
    _, told = await happen(event)
    later = datetime.now(UTC) + timedelta(minutes=5, seconds=5)
    assert inbox.reason(told, at=later) is Refusal.TOO_OLD


@EVERY_EVENT
async def test_one_that_says_itself_to_be_old_is_refused(ghl, inbox, happen, event):
    ghl.app.faults.switch_on("clock_skew=-400")
    _, told = await happen(event)
    assert inbox.reason(told) is Refusal.TOO_OLD


@EVERY_EVENT
async def test_one_from_the_future_is_refused(ghl, inbox, happen, event):
    ghl.app.faults.switch_on("clock_skew=400")
    _, told = await happen(event)
    assert inbox.reason(told) is Refusal.TOO_EARLY


@EVERY_EVENT
async def test_one_that_is_sent_again_is_refused(ghl, receiver, inbox, happen, event):
    _, told = await happen(event)
    path = f"/_sandbox/webhooks/{told.body['webhookId']}/redeliver"
    assert (await ghl.call("POST", path)).status == 202
    first, second = await receiver.wait_for(2)
    inbox.take(first)
    assert inbox.reason(second) is Refusal.REPEATED


@EVERY_EVENT
async def test_one_that_says_its_signature_does_not_apply_is_refused(ghl, inbox, happen, event):
    wanted = {"webhook_signatures": "none"}
    assert (await ghl.call("PUT", "/_sandbox/settings", json=wanted)).status == 200
    _, told = await happen(event)
    assert told.headers["x-ghl-signature"] == "N/A"
    assert inbox.reason(told) is Refusal.UNSIGNED


@EVERY_EVENT
async def test_the_older_signature_is_taken_while_it_stands_alone(ghl, inbox, happen, event):
    wanted = {"webhook_signatures": "rsa"}
    assert (await ghl.call("PUT", "/_sandbox/settings", json=wanted)).status == 200
    record_id, told = await happen(event)
    assert "x-ghl-signature" not in told.headers
    assert inbox.take(told).record_id == record_id
