from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from instep.connectors.gohighlevel.webhooks import SignedWebhooks
from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.webhooks.kinds import SUBSCRIBABLE
from instep.sdk.webhooks import Incoming, WebhookRefused
from tests.sandbox.ghl_caller import serving
from tests.sandbox.webhook_receiver import receiving, settled

TASK = {
    "id": "task000000000000001a",
    "title": "Call back",
    "body": "About the quote",
    "contactId": "contact00000000001ab",
    "assignedTo": "user0000000000000001",
    "dateAdded": "2026-01-31T09:30:00.000Z",
    "dueDate": "2026-02-01T09:30:00.000Z",
    "completed": False,
}


@pytest.fixture
async def receiver():
    async with receiving() as each:
        yield each


async def subscribe(ghl, receiver, **more):
    answer = await ghl.call("PUT", "/_sandbox/app", json={"webhook_url": receiver.url, **more})
    assert answer.status == 200, answer
    return answer.body


async def switch(ghl, **wanted):
    answer = await ghl.call("PUT", "/_sandbox/settings", json=wanted)
    assert answer.status == 200, answer


def fire(ghl, event="TaskCreate", record=TASK, location=None):
    with ghl.app.state.transaction():
        ghl.app.services.events.fire(event, location or ghl.location, dict(record))


def ed25519(ghl):
    return load_der_public_key(base64.b64decode(ghl.told["webhook_public_key"]))


async def test_a_new_contact_is_told_of_in_the_real_envelope(ghl, receiver):
    await subscribe(ghl, receiver, events=["ContactCreate"])
    contact = await ghl.create(firstName="Ada", email="ada@example.com", tags=["new"])
    [told] = await receiver.wait_for(1)
    app_id = ghl.told["client_id"].partition("-")[0]
    assert told.headers["content-type"] == "application/json"
    assert {
        "type": "ContactCreate",
        "locationId": ghl.location,
        "id": contact["id"],
        "email": "ada@example.com",
        "tags": ["new"],
        "appId": app_id,
        "versionId": app_id,
    }.items() <= told.body.items()
    assert {"timestamp", "webhookId"} <= told.body.keys()


async def test_the_signature_is_over_the_raw_bytes_and_a_flipped_one_is_noticed(ghl, receiver):
    await subscribe(ghl, receiver)
    fire(ghl, record={**TASK, "title": "Größe ≠ 0"})
    [told] = await receiver.wait_for(1)
    signature = base64.b64decode(told.headers["x-ghl-signature"])
    assert len(signature) == 64
    assert "x-wh-signature" not in told.headers
    ed25519(ghl).verify(signature, told.raw)
    flipped = bytes([told.raw[0] ^ 1]) + told.raw[1:]
    with pytest.raises(InvalidSignature):
        ed25519(ghl).verify(signature, flipped)


@pytest.mark.parametrize(
    ("scheme", "current", "legacy"),
    [("both", True, True), ("rsa", False, True), ("ed25519", True, False)],
)
async def test_the_older_signature_can_be_sent_as_well(ghl, receiver, scheme, current, legacy):
    await switch(ghl, webhook_signatures=scheme)
    await subscribe(ghl, receiver)
    fire(ghl)
    [told] = await receiver.wait_for(1)
    keys = (await ghl.call("GET", "/_sandbox/webhooks/keys")).body
    assert keys == {name: ghl.told[name] for name in keys}
    assert ("x-ghl-signature" in told.headers, "x-wh-signature" in told.headers) == (
        current,
        legacy,
    )
    if legacy:
        key = load_pem_public_key(keys["webhook_rsa_public_key"].encode())
        signature = base64.b64decode(told.headers["x-wh-signature"])
        key.verify(signature, told.raw, PKCS1v15(), SHA256())
        with pytest.raises(InvalidSignature):
            key.verify(signature, told.raw + b" ", PKCS1v15(), SHA256())


async def test_an_unsigned_webhook_says_so_literally(ghl, receiver):
    await switch(ghl, webhook_signatures="none")
    await subscribe(ghl, receiver)
    fire(ghl)
    [told] = await receiver.wait_for(1)
    assert (told.headers["x-ghl-signature"], told.headers["x-wh-signature"]) == ("N/A", "N/A")


async def test_a_new_task_is_told_of_without_its_contact_and_text(ghl, receiver):
    await subscribe(ghl, receiver)
    fire(ghl)
    fire(ghl, "TaskComplete")
    created, completed = (each.body for each in await receiver.wait_for(2))
    assert {"contactId", "body", "completed"} & created.keys() == set()
    assert (created["title"], created["dueDate"]) == (TASK["title"], TASK["dueDate"])
    assert (completed["contactId"], completed["body"]) == (TASK["contactId"], TASK["body"])


async def test_whole_payloads_can_be_asked_for(ghl, receiver):
    await switch(ghl, thin_webhooks=False)
    await subscribe(ghl, receiver)
    fire(ghl)
    [told] = await receiver.wait_for(1)
    assert told.body["contactId"] == TASK["contactId"]


async def test_a_task_made_through_the_api_is_told_of_thinly(ghl, receiver):
    await subscribe(ghl, receiver, events=["TaskCreate"])
    contact = await ghl.create(firstName="Ada")
    body = {"title": "Call", "dueDate": "2026-02-01T09:30:00Z", "completed": False}
    answer = await ghl.call("POST", f"/contacts/{contact['id']}/tasks", json=body)
    assert answer.status == 201, answer
    [told] = await receiver.wait_for(1)
    assert told.body["id"] == answer.body["task"]["id"]
    assert "contactId" not in told.body


async def test_an_appointment_stands_inside_its_event(ghl, receiver):
    await subscribe(ghl, receiver)
    appointment = {"id": "appointment000000001", "title": "Review", "internal": 1}
    fire(ghl, "AppointmentDelete", appointment)
    fire(ghl, "AppointmentUpdate", {"appointment": appointment})
    deleted, updated = (each.body for each in await receiver.wait_for(2))
    told = {"id": "appointment000000001", "title": "Review"}
    assert (deleted["type"], deleted["appointment"]) == ("AppointmentDelete", told)
    assert (updated["type"], updated["appointment"]) == ("AppointmentUpdate", told)


async def test_nothing_is_told_of_what_was_undone(ghl, receiver):
    await subscribe(ghl, receiver)
    with pytest.raises(RuntimeError), ghl.app.state.transaction():
        ghl.app.services.events.fire("TaskCreate", ghl.location, TASK)
        raise RuntimeError
    fire(ghl, "TaskDelete")
    assert await receiver.events(1) == ["TaskDelete"]
    assert [each["event"] for each in await settled(ghl)] == ["TaskDelete"]


async def test_an_event_that_is_not_documented_cannot_be_fired(ghl):
    with pytest.raises(LookupError, match="no event TaskUpdate"):
        fire(ghl, "TaskUpdate")


async def test_nothing_is_kept_while_nobody_listens(ghl):
    fire(ghl)
    assert (await ghl.call("GET", "/_sandbox/webhooks")).body == {"webhooks": [], "total": 0}


async def test_only_what_was_subscribed_to_is_told(ghl, receiver):
    await subscribe(ghl, receiver, events=["TaskDelete"])
    fire(ghl)
    fire(ghl, "TaskDelete")
    assert await receiver.events(1) == ["TaskDelete"]
    assert len(await settled(ghl)) == 1


async def test_the_changes_of_one_record_arrive_in_order(ghl, receiver):
    await subscribe(ghl, receiver)
    for number in range(30):
        fire(ghl, "TaskComplete", {**TASK, "title": str(number)})
    got = await receiver.wait_for(30)
    assert [each.body["title"] for each in got] == [str(number) for number in range(30)]


async def test_different_records_are_told_of_at_once_but_not_all(ghl, receiver):
    receiver.gate.clear()
    await subscribe(ghl, receiver)
    for number in range(40):
        fire(ghl, "TaskComplete", {**TASK, "id": f"task{number}"})
    await receiver.wait_for(16)
    receiver.gate.set()
    await receiver.wait_for(40)
    assert receiver.most_at_once == 16


@pytest.mark.parametrize("scheme", ["ed25519", "rsa", "none"])
async def test_the_connector_takes_what_is_signed_and_refuses_what_is_not(ghl, receiver, scheme):
    await switch(ghl, webhook_signatures=scheme)
    await subscribe(ghl, receiver)
    fire(ghl)
    [told] = await receiver.wait_for(1)
    keys = {
        "ed25519": ghl.told["webhook_public_key"],
        "rsa": ghl.told["webhook_rsa_public_key"],
    }
    now = datetime.now(UTC)
    incoming = Incoming(told.headers, told.raw, now)
    if scheme == "none":
        with pytest.raises(WebhookRefused, match="no signature"):
            SignedWebhooks().read(incoming, keys, now)
        return
    hint = SignedWebhooks().read(incoming, keys, now)
    assert (hint.id, hint.resource, hint.record_id) == (told.body["webhookId"], "task", TASK["id"])
    assert (hint.parent_id, hint.account_id) == (None, ghl.location)


# Sent again: which answers, how often, with what.


async def test_too_many_requests_brings_the_same_webhook_again(ghl, receiver):
    await switch(ghl, webhook_pace=100_000)
    await subscribe(ghl, receiver)
    receiver.answers = [429, 429, 200]
    fire(ghl)
    [logged] = await settled(ghl)
    assert [each["status"] for each in logged["attempts"]] == [429, 429, 200]
    assert logged["standing"] == "delivered"
    assert len({each.raw for each in receiver.received}) == 1


async def test_a_webhook_sent_again_can_say_when_it_was_sent(ghl, receiver):
    await switch(ghl, webhook_pace=100_000, webhook_renews_timestamp=True)
    await subscribe(ghl, receiver)
    receiver.answers = [429]
    fire(ghl)
    ghl.app.faults.switch_on("clock_skew=60")
    first, second = (each.body for each in await receiver.wait_for(2))
    assert first["webhookId"] == second["webhookId"]
    for each in receiver.received:
        ed25519(ghl).verify(base64.b64decode(each.headers["x-ghl-signature"]), each.raw)


@pytest.mark.parametrize(
    ("policy", "status", "tries"),
    [
        ("only_429", 500, 1),
        ("only_429", 302, 1),
        ("only_429", 429, 7),
        ("any_failure", 500, 13),
        ("any_failure", 429, 13),
        ("none", 429, 1),
    ],
)
async def test_it_is_given_up_as_the_policy_says(ghl, receiver, policy, status, tries):
    await switch(ghl, webhook_retries=policy, webhook_pace=10_000_000)
    await subscribe(ghl, receiver)
    receiver.answers = [status] * 20
    fire(ghl)
    [logged] = await settled(ghl)
    assert logged["standing"] == "given_up"
    assert [each["status"] for each in logged["attempts"]] == [status] * tries
    assert len(receiver.received) == tries


async def test_a_retry_that_waits_does_not_hold_back_what_comes_later(ghl, receiver):
    await subscribe(ghl, receiver)
    receiver.answers = [429, 200]
    fire(ghl)
    fire(ghl, "TaskDelete")
    assert await receiver.events(2) == ["TaskCreate", "TaskDelete"]
    deleted, created = await settled(ghl)
    assert (deleted["standing"], created["standing"]) == ("delivered", "waiting")


async def test_nobody_there_is_told_in_the_log_without_a_status(ghl, receiver):
    await subscribe(ghl, receiver)
    answer = await ghl.call("PUT", "/_sandbox/app", json={"webhook_url": "http://127.0.0.1:9/"})
    assert answer.status == 200
    fire(ghl)
    [logged] = await settled(ghl)
    [attempt] = logged["attempts"]
    assert (logged["standing"], attempt["status"]) == ("given_up", None)
    assert "127.0.0.1:9" in attempt["error"]


async def test_what_was_not_delivered_is_delivered_after_a_restart(receiver, tmp_path):
    receiver.answers = [429]
    async with serving(GoHighLevel(tmp_path)) as ghl:
        await subscribe(ghl, receiver)
        fire(ghl)
        await receiver.wait_for(1)
        [logged] = (await ghl.call("GET", "/_sandbox/webhooks")).body["webhooks"]
    again = GoHighLevel(tmp_path)
    again.state.execute(
        "UPDATE webhooks SET due = 0, body = json_set(body, '$.due', 0) WHERE id = ?",
        (logged["id"],),
    )
    async with serving(again) as ghl:
        first, second = await receiver.wait_for(2)
        [logged] = await settled(ghl)
    assert first.body == second.body
    assert len(logged["attempts"]) == 2


async def test_the_log_can_be_searched_sent_again_and_forgotten(ghl, receiver):
    await subscribe(ghl, receiver)
    receiver.answers = [500]
    fire(ghl)
    [logged] = await settled(ghl)
    path = f"/_sandbox/webhooks/{logged['id']}"
    assert json.loads((await ghl.call("GET", path)).body["webhook"]["body"])["type"] == "TaskCreate"
    assert (await ghl.call("POST", f"{path}/redeliver")).status == 202
    await receiver.wait_for(2)
    [logged] = await settled(ghl, standing="delivered")
    assert [each["status"] for each in logged["attempts"]] == [500, 200]
    listed = await ghl.call("GET", "/_sandbox/webhooks", params={"event": "TaskDelete"})
    assert listed.body == {"webhooks": [], "total": 0}
    assert (await ghl.call("DELETE", "/_sandbox/webhooks")).body == {"deleted": 1}
    gone = await ghl.call("POST", f"{path}/redeliver")
    assert (gone.status, "no webhook" in gone.body["error"]) == (400, True)


@pytest.mark.parametrize("query", [{"standing": "odd"}, {"limit": "-1"}, {"skip": "x"}])
async def test_a_log_that_cannot_be_is_refused(ghl, query):
    assert (await ghl.call("GET", "/_sandbox/webhooks", params=query)).status == 400


# Faults of webhooks.


async def test_a_lost_webhook_never_arrives_and_the_log_says_so(ghl, receiver):
    await subscribe(ghl, receiver)
    ghl.app.faults.switch_on("lost_webhook=count:1,event:Task*")
    fire(ghl, "NoteCreate", {"id": "note1"})
    fire(ghl)
    fire(ghl, "TaskDelete")
    assert set(await receiver.events(2)) == {"NoteCreate", "TaskDelete"}
    standings = {each["event"]: each["standing"] for each in await settled(ghl, 3)}
    assert standings["TaskCreate"] == "lost"


async def test_a_doubled_webhook_has_the_same_id_twice(ghl, receiver):
    await subscribe(ghl, receiver)
    ghl.app.faults.switch_on("doubled_webhook=count:1")
    fire(ghl)
    fire(ghl, "TaskDelete")
    first, second, third = await receiver.wait_for(3)
    assert first.raw == second.raw != third.raw


async def test_reordered_webhooks_change_places(ghl, receiver):
    await subscribe(ghl, receiver)
    ghl.app.faults.switch_on("reordered_webhooks=seconds:60")
    for number in range(4):
        fire(ghl, "TaskComplete", {**TASK, "title": str(number)})
    got = await receiver.wait_for(4)
    assert [each.body["title"] for each in got] == ["1", "0", "3", "2"]


async def test_a_webhook_that_nothing_overtakes_arrives_all_the_same(ghl, receiver):
    await subscribe(ghl, receiver)
    ghl.app.faults.switch_on("reordered_webhooks=seconds:0.05")
    fire(ghl)
    assert await receiver.events(1) == ["TaskCreate"]


async def test_a_late_webhook_arrives_after_those_that_came_later(ghl, receiver):
    await subscribe(ghl, receiver)
    ghl.app.faults.switch_on("late_webhook=0.2,event:TaskCreate")
    fire(ghl)
    fire(ghl, "TaskDelete")
    assert await receiver.events(2) == ["TaskDelete", "TaskCreate"]
    deleted, created = (each.body["timestamp"] for each in receiver.received)
    assert created <= deleted


async def test_a_skewed_clock_shows_in_the_timestamp(ghl, receiver):
    await subscribe(ghl, receiver)
    ghl.app.faults.switch_on("clock_skew=-86400")
    before = ghl.app.clock.now().isoformat()[:10]
    fire(ghl)
    [told] = await receiver.wait_for(1)
    assert told.body["timestamp"][:10] == before


# The app: who hears, what is refused.


async def test_the_app_is_described_and_kept(receiver, tmp_path):
    async with serving(GoHighLevel(tmp_path)) as ghl:
        told = await subscribe(ghl, receiver, events=["TaskCreate"], installed_everywhere=False)
        assert (told["events"], told["installed"]) == (["TaskCreate"], [])
        assert told["webhook_public_key"] == ghl.told["webhook_public_key"]
        told = await subscribe(ghl, receiver, redirect_uris=["https://app.example/done"])
    async with serving(GoHighLevel(tmp_path)) as ghl:
        assert (await ghl.call("GET", "/_sandbox/app")).body == told
        assert "https://app.example/done" in ghl.told["redirect_uris"]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"webhook_url": "ftp://x"}, "whole address"),
        ({"events": ["TaskUpdate"]}, "no event 'TaskUpdate'"),
        ({"events": "TaskCreate"}, "list of texts"),
        ({"redirect_uris": ["done"]}, "whole address"),
        ({"installed_everywhere": 1}, "true or false"),
        ({"colour": "red"}, "no 'colour'"),
    ],
)
async def test_what_the_app_cannot_be_is_refused_whole(ghl, wanted, sentence):
    before = (await ghl.call("GET", "/_sandbox/app")).body
    answer = await ghl.call("PUT", "/_sandbox/app", json={"events": ["*"], **wanted})
    assert answer.status == 400
    assert sentence in answer.body["error"]
    assert (await ghl.call("GET", "/_sandbox/app")).body == before


async def test_every_event_is_subscribed_to_by_a_star(ghl, receiver):
    assert (await subscribe(ghl, receiver, events=["*"]))["events"] == list(SUBSCRIBABLE)


async def test_a_person_can_set_the_app_up_in_a_page(ghl, receiver):
    page = await ghl.call("GET", "/_sandbox/app", headers={"Accept": "text/html"})
    assert page.status == 200
    for shown in ("TaskCreate", ghl.told["client_secret"], ghl.told["location_ids"][1]):
        assert shown in page.body
    form = {"webhook_url": receiver.url, "events": "TaskCreate", "redirect_uris": "https://a.b/\n"}
    answer = await ghl.call("POST", "/_sandbox/app", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["location"]) == (303, "/_sandbox/app")
    told = (await ghl.call("GET", "/_sandbox/app")).body
    assert told["webhook_url"] == receiver.url
    assert (told["events"], told["redirect_uris"]) == (["TaskCreate"], ["https://a.b/"])
    assert told["installed_everywhere"] is False


async def test_another_sites_page_cannot_set_the_app_up(ghl):
    answer = await ghl.call(
        "POST",
        "/_sandbox/app",
        data={"webhook_url": "https://evil.example/"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status == 400
    assert ghl.app.services.events.app.webhook_url is None
