"""Webhooks that go out, by command: shown, sent by `sync run`, sent again; no server needed."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from instep.bootstrap import assemble
from instep.core.posting import REFUSED_ATTEMPTS
from instep.sdk.auth import Credential
from instep.sdk.resource import Account
from instep.settings import load_settings
from instep.store import postings
from instep.store.connections import Connections
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.engine.listening import SECRET, updated


@pytest.fixture
def receiver():
    """Somebody who listens in a thread; `answers` are the statuses of the next calls."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.server.heard.append((self.headers["webhook-id"], body))
            self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.heard, server.answers = [], []
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@asynccontextmanager
async def _stored():
    async with assemble(load_settings()) as app:
        yield app.db, Connections(app.db, app.clients._vault, DEFAULT_WORKSPACE)


async def _bridge_to(receiver):
    """Let the connection `insightly` post to the receiver, too."""
    async with _stored() as (_, stored):
        found = await stored.get("insightly")
        url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
        account = Account(found.account_id, "US", {**found.config, "outbound_url": url})
        secrets = {**await stored.secrets(found), "signing_secret": SECRET}
        await stored.renew("insightly", Credential(found.auth_kind, secrets), account)


async def _put(*new, dead=False):
    async with _stored() as (db, stored):
        found = await stored.get("insightly")
        await db.run(lambda tx: postings.put(tx, found.workspace_id, found.id, new, 1))
        if dead:
            await db.run(lambda tx: _give_up(tx, found.id))


def _give_up(tx, connection_id):
    for each in postings.page(tx, connection_id, None, 10, None):
        tried = postings.Tried(each, "dead", 1, 1, 12, 404, "hooks answered 404.")
        postings.store(tx, [tried])


@pytest.fixture
def bridge(instep, insightly, receiver):
    assert instep("connect", "insightly", *insightly).code == 0
    asyncio.run(_bridge_to(receiver))
    return receiver


def test_a_run_sends_what_waits_before_it_ends(instep, ghl, bridge):
    assert instep("connect", "gohighlevel", *ghl).code == 0
    assert instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly").code == 0
    asyncio.run(_put(updated("c1"), updated("c1"), updated("c2")))
    assert instep("sync", "run", "people", "--json").code == 0
    assert len(bridge.heard) == 3
    shown = instep("bridge", "posts", "insightly", "--json").json
    assert (shown["waiting"], shown["sent"], shown["dead"]) == (0, 3, 0)
    assert shown["stopped"] is None
    assert instep("sync", "status", "people", "--json").json["posts"]["b"]["sent"] == 3
    assert {each["id"] for each in shown["posts"]} == {each for each, _ in bridge.heard}


def test_dead_ones_are_shown_and_sent_again_without_a_server(instep, bridge):
    asyncio.run(_put(updated("c1"), updated("c2"), dead=True))
    listed = instep("connections", "--json").json
    assert listed[0]["posts"]["dead"] == 2
    assert "Webhooks given" in " ".join(instep("connections").out.split())
    shown = instep("bridge", "posts", "insightly", "--dead", "--json").json["posts"]
    assert [each["state"] for each in shown] == ["dead", "dead"]
    assert shown[0]["tries"][0]["milliseconds"] == 12
    one = shown[0]["id"]
    assert instep("bridge", "replay", "insightly", one, "--json").json == {
        "replayed": 1,
        "left": 1,
        "was_stopped": False,
    }
    assert [each for each, _ in bridge.heard] == [one]
    said = instep("bridge", "replay", "insightly", "--all-dead")
    assert (said.code, len(bridge.heard)) == (0, 2)
    assert "sent again  1" in said.out


def test_a_page_says_where_the_next_one_begins(instep, bridge):
    asyncio.run(_put(*(updated(f"c{number}") for number in range(3)), dead=True))
    first = instep("bridge", "posts", "insightly", "--limit", "2", "--json").json
    assert [each["record"] for each in first["posts"]] == ["c2", "c1"]
    rest = instep("bridge", "posts", "insightly", "--before", first["next"], "--json").json
    assert [each["record"] for each in rest["posts"]] == ["c0"]
    assert rest["next"] is None
    table = instep("bridge", "posts", "insightly", "--limit", "2")
    assert f"--before {first['next']}" in table.out


def test_a_receiver_that_wants_no_more_is_told_of(instep, bridge):
    bridge.answers = [410]
    asyncio.run(_put(updated("c1"), dead=True))
    assert instep("bridge", "replay", "insightly", "--all-dead").code == 0
    shown = instep("bridge", "posts", "insightly", "--json").json
    assert "wants no more webhooks" in shown["stopped"]
    assert "Posting is stopped" in " ".join(instep("connections").out.split())
    again = instep("bridge", "replay", "insightly", "--json").json
    assert again == {"replayed": 0, "left": 0, "was_stopped": True}
    assert instep("bridge", "posts", "insightly", "--json").json["sent"] == 1


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("posts", "nobody"), "no connection called"),
        (("replay", "nobody", "--all-dead"), "no connection called"),
        (("replay", "insightly"), "--all-dead"),
        (("replay", "insightly", "msg_x"), "has no webhook msg_x"),
        (("replay", "insightly", "msg_x", "--all-dead"), "not both"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(instep, bridge, args, word):
    said = instep("bridge", *args, "--json")
    assert said.code == 2
    assert word in said.json["error"]


def test_what_a_person_replays_in_vain_is_dead_again_in_the_end(instep, bridge):
    bridge.answers = [404] * REFUSED_ATTEMPTS
    asyncio.run(_put(updated("c1"), dead=True))
    instep("bridge", "replay", "insightly", "--all-dead")
    [told] = instep("bridge", "posts", "insightly", "--json").json["posts"]
    assert (told["state"], told["attempts"], told["status"]) == ("waiting", 1, 404)
    assert told["next_try"] is not None
    assert len(told["tries"]) == 2
