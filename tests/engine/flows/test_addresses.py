"""A flow's own address: who may post, what becomes of it; on both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from instep.core.errors import UserError
from instep.engine.flows.triggers.addresses import Addresses
from instep.engine.flows.triggers.posted_items import MOST_ITEMS
from instep.engine.intake import NoSuchDoor
from instep.engine.waiting_room import IntakeBusy
from instep.sdk.webhooks import Incoming
from instep.store.flows import triggers
from instep.store.schema.flows import flow_run
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.core.flow.documents import action, document
from tests.engine.flows.ground import AT

OWN = {"kind": "bridge", "order_by": "customer.id"}
FLOW = document(action("send", "send", inputs={"n": "{{trigger.n}}"}), trigger=OWN)


def addresses(ground, *keys, **limits):
    vault = Vault(*(keys or (bytes(32),)))
    return Addresses(ground.db, vault, ground.clock, DEFAULT_WORKSPACE, **limits)


def incoming(body, at=AT, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Incoming(named, raw, at)


async def token_of(own):
    return (await own.show("thanks")).path.rpartition("/")[2]


async def rows(ground):
    query = sa.select(flow_run).order_by(flow_run.c.id)
    return await ground.db.run_read(lambda tx: tx.execute(query).all())


async def items(ground):
    return [json.loads(row.item) for row in await rows(ground)]


async def test_what_is_posted_starts_a_run_in_the_order_of_its_key(ground):
    await ground.publish(FLOW)
    own = addresses(ground)
    token = await token_of(own)
    await own.take("thanks", token, incoming({"n": 1, "customer": {"id": 7}}))
    await own.take("thanks", token, incoming([{"n": 2, "customer": {"id": 7}}, {"n": 3}]))

    found = await rows(ground)
    assert [row.origin for row in found] == ["bridge"] * 3
    assert [row.order_key for row in found] == ["7", "7", found[2].key]
    await ground.drain()
    await ground.drain()
    assert sorted(call.inputs["n"] for call in ground.app.calls) == [1, 2, 3]
    trigger = await ground.db.run_read(lambda tx: triggers.of_flow(tx, found[0].flow_id))
    assert trigger.item_at is not None


async def test_a_form_is_an_item_too(ground):
    await ground.publish(FLOW)
    own = addresses(ground)
    form = {"content_type": "application/x-www-form-urlencoded; charset=utf-8"}
    await own.take("thanks", await token_of(own), incoming(b"n=1&tag=a&tag=b&empty=", **form))
    assert await items(ground) == [{"n": "1", "tag": ["a", "b"], "empty": ""}]


@pytest.mark.parametrize("header", ["webhook_id", "idempotency_key"])
async def test_the_same_key_is_the_same_posting_for_ever(ground, header):
    await ground.publish(FLOW)
    own = addresses(ground)
    token = await token_of(own)
    for minutes, n in ((0, 1), (90, 2)):
        at = AT + timedelta(minutes=minutes)
        await own.take("thanks", token, incoming({"n": n}, at, **{header: "k1"}))
    await own.take("thanks", token, incoming({"n": 3}, **{header: "k2"}))
    assert await items(ground) == [{"n": 1}, {"n": 3}]


async def test_without_a_key_equal_content_of_a_minute_is_the_same_posting(ground):
    await ground.publish(FLOW)
    own = addresses(ground)
    token = await token_of(own)
    for seconds in (0, 20, 61):
        await own.take("thanks", token, incoming({"n": 1}, AT + timedelta(seconds=seconds)))
    assert len(await items(ground)) == 2


async def test_a_paused_flow_takes_it_and_does_it_once_it_goes_on(ground):
    await ground.publish(FLOW)
    await ground.services.pause("thanks")
    own = addresses(ground)
    await own.take("thanks", await token_of(own), incoming({"n": 1}))
    await ground.drain()
    assert ground.app.calls == []
    await ground.services.resume("thanks")
    await ground.drain()
    assert len(ground.app.calls) == 1


async def test_a_stranger_learns_nothing(ground):
    await ground.services.save(FLOW)
    own = addresses(ground)
    token = await token_of(own)
    assert not (await own.show("thanks")).takes

    async def refused(name, said):
        with pytest.raises(NoSuchDoor) as error:
            await own.take(name, said, incoming({"n": 1}))
        return str(error.value)

    unpublished = await refused("thanks", token)
    await ground.services.publish("thanks")
    ground.clock.move(10)
    wrong = {await refused("thanks", each) for each in ("", "x", token[:-1], token + "0", "ü")}
    assert wrong == {unpublished, await refused("nobody", token)}
    assert await rows(ground) == []


async def test_a_new_address_ends_the_one_before(ground):
    await ground.publish(FLOW)
    own = addresses(ground)
    before = await token_of(own)
    await own.take("thanks", before, incoming({"n": 1}))
    after = (await own.show("thanks", new=True)).path.rpartition("/")[2]
    assert (before != after, after == await token_of(own)) == (True, True)
    with pytest.raises(NoSuchDoor):
        await own.take("thanks", before, incoming({"n": 2}))
    await own.take("thanks", after, incoming({"n": 3}))
    assert await items(ground) == [{"n": 1}, {"n": 3}]


async def test_an_address_is_good_as_long_as_its_key_is_kept(ground):
    await ground.publish(FLOW)
    old, new = bytes(32), b"n" * 32
    before = await token_of(addresses(ground, old))
    await addresses(ground, new, old).take("thanks", before, incoming({"n": 1}))
    with pytest.raises(NoSuchDoor):
        await addresses(ground, new).take("thanks", before, incoming({"n": 2}))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"1", b"null", b"[]", b'["a"]', b'{"n": NaN}', b'{"n": 1e999}', b'"x"'),
        *(b"\xff", b'{"n": "\\ud800"}', b"[" * 100_000),
        json.dumps([{}] * (MOST_ITEMS + 1)).encode(),
    ],
    ids=range(13),
)
async def test_what_holds_no_item_is_refused_and_nothing_is_kept(ground, body):
    await ground.publish(FLOW)
    own = addresses(ground)
    with pytest.raises(UserError, match="body|items"):
        await own.take("thanks", await token_of(own), incoming(body))
    assert await rows(ground) == []


async def test_what_came_for_a_flow_that_was_deleted_meanwhile_is_told(ground):
    await ground.publish(FLOW)
    own = addresses(ground)
    token = await token_of(own)
    await own.take("thanks", token, incoming({"n": 1}))
    await ground.services.delete("thanks")
    with pytest.raises(NoSuchDoor):
        await own.take("thanks", token, incoming({"n": 2}))


async def test_when_too_many_wait_the_next_is_told_to_come_again(ground):
    await ground.publish(FLOW)
    own = addresses(ground, capacity=0)
    with pytest.raises(IntakeBusy):
        await own.take("thanks", await token_of(own), incoming({"n": 1}))
