"""What Instep itself does for a step: a message to people, the linked record; both databases."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.core.errors import UserError
from instep.engine.flows.actions.calling import Call
from instep.engine.flows.actions.own_actions import OFFERED, OwnActions
from instep.sdk.auth import Credential
from instep.store.connections import NewConnection
from instep.store.flows import versions
from instep.store.flows.versions import NewFlow
from instep.store.schema.syncs import link
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.engine.listening import listening
from tests.engine.towers import Tower

SAID = {"title": "A lead", "text": "Ann Lee wants a loan."}


def call(operation, key="run1:tell", **inputs):
    return Call("instep", operation, inputs, key, 0)


@pytest.fixture
async def tower(database):
    made = Tower(database, Vault(os.urandom(32)))
    yield made
    await made.close()


@pytest.fixture
def own(tower):
    return OwnActions(tower.database, tower.channels, DEFAULT_WORKSPACE)


async def test_a_message_of_a_flow_reaches_the_channel_once_under_its_key(tower, own):
    async with listening() as listener:
        await tower.hook(listener)
        given = await own.call(call("notify", **SAID))
        assert given == {"channel": None, "title": "A lead"}
        assert await own.find_out(call("notify", **SAID)) is None  # doing it again does no harm
        await own.call(call("notify", **SAID))
        await tower.watch.send_due()
        [arrived] = listener.heard
        assert SAID["text"] in str(arrived.body)

        await own.call(call("notify", key="run2:tell", channel="hook", **SAID))
        await tower.watch.send_due()
        assert len(listener.heard) == 2


async def test_what_cannot_be_told_is_refused_with_what_to_do(own):
    with pytest.raises(UserError, match="instep alerts channel add makes one"):
        await own.call(call("notify", **SAID))
    with pytest.raises(UserError, match="instep notify needs text, and there is nothing in it"):
        await own.call(call("notify", title="A lead", text=None))
    with pytest.raises(UserError, match=r"no operation 'notfy'. Did you mean notify\?"):
        await own.call(call("notfy", **SAID))


async def test_a_dry_run_shows_the_message_and_sends_none(tower, own):
    async with listening() as listener:
        await tower.hook(listener)
        [shown] = await own.describe(call("notify", **SAID))
        assert shown == {"method": "POST", "url": "instep:notify", "headers": {}, "body": SAID}
        await tower.watch.send_due()
        assert listener.heard == []


@pytest.fixture
async def linked(tower):
    """Contact 1 of `ghl` is contact c1 of `crm`, by the sync `people`."""
    found = await tower.sync("people")
    row = {
        "id": "lnk_1",
        "workspace_id": DEFAULT_WORKSPACE,
        "sync_id": found.id,
        "a_id": "1",
        "b_id": "c1",
        "base_a": "{}",
        "base_b": "{}",
        "linked_by": "e-mail",
        "linked_at": 0,
    }
    await tower.database.run(lambda tx: tx.execute(sa.insert(link), row))
    names = {each.id: each.name for each in await tower.connections.list()}
    return names[found.a_connection], names[found.b_connection]


async def test_a_linked_record_is_found_from_either_side(linked, own):
    a, b = linked
    here = {"connection": a, "kind": "contact", "id": "1"}
    given = await own.call(call("link.find", **here))
    there = [{"connection": b, "id": "c1", "sync": "people"}]
    assert given == {"found": True, "id": "c1", "links": there}
    assert await own.call(call("link.find", to=b, **here)) == given
    back = {"connection": b, "kind": "contact", "id": "c1"}
    assert (await own.call(call("link.find", **back)))["id"] == "1"


@pytest.mark.parametrize("other", [{"kind": "task"}, {"id": "c1"}, {"id": "2"}])
async def test_what_is_not_linked_is_no_error(linked, own, other):
    asked = {"connection": linked[0], "kind": "contact", "id": "1", **other}
    given = await own.call(call("link.find", **asked))
    assert given == {"found": False, "id": None, "links": []}


async def test_a_link_with_another_connection_does_not_count(tower, linked, own):
    new = NewConnection("third", "memory", "name", "third", None, {})
    await tower.connections.create(new, Credential("name", {"name": "third"}))
    asked = {"connection": linked[0], "kind": "contact", "id": "1", "to": "third"}
    assert (await own.call(call("link.find", **asked)))["found"] is False
    with pytest.raises(UserError, match="no connection called 'thrd'. Did you mean third"):
        await own.call(call("link.find", **{**asked, "to": "thrd"}))


def test_each_operation_offers_what_it_takes():
    assert {name for name, each in OFFERED["notify"].inputs.items() if each.required} == {*SAID}
    assert OFFERED["link.find"].effect == "read"


async def test_a_step_that_asks_for_a_link_follows_its_connections_when_they_are_renamed(
    tower, linked
):
    a, b = linked
    inputs = {"connection": a, "kind": "contact", "id": "{{trigger.id}}", "to": b}
    mine = {"id": "look", "kind": "action", "connection": "instep", "operation": "link.find"}
    other = {"id": "x", "kind": "action", "connection": "none", "operation": "http.request"}
    steps = [{**mine, "inputs": inputs}, {**other, "inputs": {"connection": a}}]
    document = {"id": "mine", "trigger": {"kind": "manual"}, "steps": steps}

    def keep(tx):
        return versions.create(tx, DEFAULT_WORKSPACE, NewFlow("mine", None, document, None), 0)

    await tower.database.run(keep)
    await tower.connections.rename(a, "front")
    await tower.connections.rename(b, "back")
    with tower.database.read() as tx:
        first, second = versions.get(tx, DEFAULT_WORKSPACE, "mine").draft["steps"]
    assert first["inputs"] == {**inputs, "connection": "front", "to": "back"}
    assert second["inputs"] == {"connection": a}  # a person's own, of another operation
