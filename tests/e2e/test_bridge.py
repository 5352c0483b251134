"""An app without an API, kept in step with GoHighLevel by webhooks in and webhooks out."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest
import sqlalchemy as sa

from instep.core.errors import OutcomeUnknown
from instep.core.pairs import SideName
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sdk.standard_webhooks import signed, verify
from instep.sdk.webhooks import Incoming
from instep.store.schema.events import event
from instep.store.schema.kept import kept_record
from tests.two_way.hooks import serving
from tests.two_way.stage import staged

DELETES: dict[SideName, str] = {"a": "delete", "b": "delete"}


class Vendor:
    """The app behind the bridge: whoever calls its hook, and is called."""

    def __init__(self, stage, session, secrets):
        self.stage = stage
        self.secrets = secrets
        self._session = session

    async def tell(self, what, record, **more):
        """Call the hook as a Zap does; return the status and what was answered."""
        headers = {"X-Instep-Secret": self.secrets["inbound_secret"]}
        body = {"event": what, "record": record, **more}
        async with self._session.post("/hooks/bridge", json=body, headers=headers) as reply:
            return reply.status, await reply.text()

    async def told(self, what, record, sync="people", **more):
        """Tell, and let the sync do what is due by it."""
        assert await self.tell(what, record, **more) == (200, "")
        return await self.stage.settle(sync)


@pytest.fixture
async def stage(database_url, tmp_path, receiver):
    """GoHighLevel and a bridge, with syncs of people and their tasks that have run once."""
    async with staged(database_url, tmp_path) as made:
        await made.connect()
        wanted = Typed("bridge", "bridge", None, "US", {"outbound_url": receiver.url})
        typed, made.secrets = made.instep.connections.with_made_secrets(wanted)
        await made.instep.connections.connect(typed)
        said = Said(deletes=DELETES)
        for name, kind in (("people", "contact"), ("tasks", "task")):
            await made.instep.syncs.create(Wanted(name, "gohighlevel", "bridge", kind, said=said))
            await made.run(name)
        yield made


@pytest.fixture
async def vendor(stage):
    async with serving(stage) as url, aiohttp.ClientSession(url) as session:
        yield Vendor(stage, session, stage.secrets)


async def posted(stage, receiver, number):
    """What the vendor has heard by now, proven by the signature."""
    await stage.instep.engine.outlets.post_due()
    got = await receiver.wait_for(number)
    for each in got:
        incoming = Incoming(each.headers, each.raw, datetime.now(UTC))
        verify(stage.secrets["signing_secret"], incoming, stage.clock.now())
    return [(each.event, each.body["data"]) for each in got]


ANN = {"id": "v-1", "first_name": "Ann", "email": "ann@example.com", "tags": "vip"}


async def test_a_person_told_by_webhook_is_created_changed_and_deleted_once(stage, vendor):
    await vendor.told("contact.created", ANN)
    await vendor.told("contact.created", ANN)  # the same one again
    [contact] = stage.ghl.everyone()
    assert (contact.key, contact.tags) == ("ann@example.com", {"vip"})

    await vendor.told("contact.updated", {"id": "v-1", "city": "Boston"})
    raw = stage.ghl.raw(contact.id)
    assert (raw["city"], raw["firstName"]) == ("Boston", "Ann")

    await vendor.told("contact.deleted", {"id": "v-1"})
    assert stage.ghl.everyone() == []


async def test_a_repeated_sending_writes_nothing_again(stage, vendor):
    await vendor.told("contact.created", ANN, id="zap-1")
    before = stage.ghl.calls()
    await vendor.told("contact.created", {**ANN, "city": "Oslo"}, id="zap-1")
    assert stage.ghl.calls() == before
    with stage.instep.db.read() as tx:
        assert len(tx.execute(sa.select(event.c.id)).all()) == 1


async def test_an_old_webhook_that_comes_late_takes_nothing_back(stage, vendor):
    await vendor.told("contact.created", {**ANN, "changed_at": "2026-01-02T00:00:00Z"})
    late = {"id": "v-1", "email": "old@example.com", "changed_at": "2026-01-01T00:00:00Z"}
    await vendor.told("contact.updated", late)
    assert stage.ghl.people() == ["ann@example.com"]


async def test_a_task_told_before_its_person_waits_for_them(stage, vendor):
    task = {"id": "t-1", "contact_id": "v-1", "title": "Call", "due_at": "2030-01-07T15:00:00Z"}
    await vendor.told("task.created", task, sync="tasks")
    await vendor.told("contact.created", ANN)
    await stage.run("tasks")
    [contact] = stage.ghl.everyone()
    [made] = stage.ghl.call("GET", f"/contacts/{contact.id}/tasks")["tasks"]
    assert made["title"] == "Call"
    await vendor.told("task.updated", {"id": "t-1", "completed": True}, sync="tasks")
    [made] = stage.ghl.call("GET", f"/contacts/{contact.id}/tasks")["tasks"]
    assert made["completed"]


async def test_what_changes_in_gohighlevel_is_posted_and_its_echo_moves_nothing(
    stage, vendor, receiver
):
    await vendor.told("contact.created", ANN)
    stage.ghl.change("ann@example.com", city="Leiden")
    await stage.run("people")
    [(what, data)] = await posted(stage, receiver, 1)
    assert (what, data["id"], data["record"]["city"]) == ("contact.updated", "v-1", "Leiden")

    writes = len(stage.history("created", "updated"))
    echo = {"id": "v-1", "city": "Leiden", "email": "ann@example.com"}
    await vendor.told("contact.updated", echo)
    assert len(stage.history("created", "updated")) == writes
    assert len(receiver.received) == 1


async def test_who_is_new_in_gohighlevel_is_posted_under_an_id_to_answer_by(
    stage, vendor, receiver
):
    stage.ghl.add({"first_name": "Bob", "email": "bob@example.com"})
    await stage.run("people")
    [(what, data)] = await posted(stage, receiver, 1)
    assert (what, data["record"]["email"]) == ("contact.created", "bob@example.com")
    await vendor.told("contact.updated", {"id": data["id"], "city": "Gouda"})
    assert stage.ghl.value("bob@example.com", "city") == "gouda"
    assert stage.ghl.people() == ["bob@example.com"]


class Lossy:
    """Answers, but the answer to the first write gets lost."""

    def __init__(self, answering):
        self._answering = answering
        self.lost = 0

    async def answer(self, request):
        reply = await self._answering.answer(request)
        if request.method != "GET" and not self.lost:
            self.lost += 1
            raise OutcomeUnknown("The process stopped before it could say so.")
        return reply


async def test_a_write_whose_outcome_got_lost_is_found_again_and_posted_once(stage, receiver):
    client = (await stage.instep.clients.named("bridge")).client
    client._kept = lossy = Lossy(client._kept)
    stage.ghl.add({"first_name": "Bob", "email": "bob@example.com"})
    await stage.run("people")
    assert lossy.lost == 1
    assert len(await posted(stage, receiver, 1)) == 1
    with stage.instep.db.read() as tx:
        assert len(tx.execute(sa.select(kept_record.c.record_id)).all()) == 1


async def test_a_signature_is_as_good_as_the_secret(stage, vendor):
    body = b'{"event": "contact.created", "record": {"id": 7, "email": "sig@example.com"}}'
    headers = dict(signed(stage.secrets["signing_secret"], "m1", stage.clock.now(), body))
    async with vendor._session.post("/hooks/bridge", data=body, headers=headers) as reply:
        assert reply.status == 200
    await stage.settle("people")
    assert stage.ghl.people() == ["sig@example.com"]


async def test_what_is_wrong_is_answered_with_its_field_and_without_any_secret(stage, vendor):
    for record, said in (
        ({"id": 1, "e_mail": "a@x.y"}, "record.e_mail is no field"),
        ({**ANN, "city": "\ud800"}, "text that is none"),
    ):
        status, text = await vendor.tell("contact.created", record)
        assert (status, said in text) == (400, True)
    vendor.secrets = {**vendor.secrets, "inbound_secret": "guessed"}
    status, text = await vendor.tell("contact.created", ANN)
    assert status == 401
    assert not any(each in text for each in (*stage.secrets.values(), "guessed"))


async def test_an_opportunity_that_reaches_a_stage_is_posted_as_a_card_once(
    stage, vendor, receiver
):
    location = stage.sandbox.describe()["gohighlevel"]["location_id"]
    found = stage.ghl.call("GET", f"/opportunities/pipelines?locationId={location}")
    pipeline = found["pipelines"][0]
    first, wanted = (each["id"] for each in pipeline["stages"][:2])
    rows = [{"a": "name"}, {"a": "status"}, {"a": "value"}]
    rows += [{"a": "stage_id", "value_map": [[wanted, "Fact find"]], "direction": "to_b"}]
    said = Said(
        mapping=[*rows, {"a": "contact_id"}],
        direction="to_b",
        filters={"a": [f"stage_id eq {wanted}"]},
        leaving="keep",
    )
    sync = Wanted("cards", "gohighlevel", "bridge", "opportunity", said=said)
    await stage.instep.syncs.create(sync)
    await vendor.told("contact.created", ANN)
    [contact] = stage.ghl.everyone()
    deal = {"locationId": location, "pipelineId": pipeline["id"], "contactId": contact.id}
    deal |= {"name": "Home loan", "status": "open", "pipelineStageId": first, "monetaryValue": 5000}
    made = stage.ghl.call("POST", "/opportunities/", deal)["opportunity"]["id"]

    await stage.run("cards")
    assert await posted(stage, receiver, 0) == []

    stage.ghl.call("PUT", f"/opportunities/{made}", {"pipelineStageId": wanted})
    await stage.run("cards")
    await stage.run("cards")
    [(what, data)] = await posted(stage, receiver, 1)
    assert (what, data["kind"]) == ("opportunity.created", "opportunity")
    card = {"name": "Home loan", "status": "open", "value": "5000", "stage_id": "Fact find"}
    assert data["record"] == {**card, "contact_id": "v-1"}

    stage.ghl.call("PUT", f"/opportunities/{made}", {"status": "won", "pipelineStageId": first})
    await stage.run("cards")
    (_, (what, data)) = await posted(stage, receiver, 2)
    assert (what, data["record"]["status"]) == ("opportunity.updated", "won")
