"""Webhooks over HTTP on a real port: what is answered, and what is kept."""

from __future__ import annotations

import asyncio
import io
import json
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import sqlalchemy as sa

from instep import bootstrap
from instep.api.hooks import LARGEST
from instep.api.server import serve
from instep.bootstrap import assemble
from instep.engine.host import running
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sandbox import Sandbox, invent
from instep.settings import Settings
from instep.store.connections import Connections
from instep.store.database import Database
from instep.store.schema.events import event
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.engine.signed import body_of, connect, headers_of


@asynccontextmanager
async def served(instep, wake):
    """Serve an assembled Instep; yields its address."""
    listening = asyncio.get_running_loop().create_future()
    told = asyncio.Event()
    serving = asyncio.create_task(serve(instep, wake, listening.set_result, told))
    try:
        yield await listening
    finally:
        told.set()
        await serving


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(data_dir=tmp_path, database_url=database_url, port=0)


@pytest.fixture
async def hooks(settings):
    """A client of a served API with one connection, whose webhooks we can sign."""
    async with assemble(settings) as instep:
        await connect(Connections(instep.db, open_vault(settings), DEFAULT_WORKSPACE))
        async with (
            served(instep, lambda: None) as url,
            aiohttp.ClientSession(url) as client,
        ):
            yield client, instep


async def _post(client, body, headers=None, to="ghl"):
    sent = io.BytesIO(body)  # large bodies may not be given as bytes
    async with client.post(f"/hooks/{to}", data=sent, headers=headers) as reply:
        return reply.status, await reply.text()


def _kept(instep):
    with instep.db.read() as tx:
        return tx.execute(sa.select(event.c.sending_id)).scalars().all()


async def test_a_signed_webhook_is_kept_before_it_is_answered(hooks):
    client, instep = hooks
    body = body_of(webhookId="w1")
    assert await _post(client, body, headers_of(body)) == (200, "")
    assert _kept(instep) == ["w1"]


async def test_a_repeated_one_is_answered_alike_and_kept_once(hooks):
    client, instep = hooks
    body = body_of(webhookId="w1")
    for _ in range(3):
        assert (await _post(client, body, headers_of(body)))[0] == 200
    assert _kept(instep) == ["w1"]


def _no_json():
    body = b"no JSON"
    return body, headers_of(body)


def _old():
    body = body_of(now=datetime.now(UTC) - timedelta(minutes=6))
    return body, headers_of(body)


def _timeless():
    body = body_of(timestamp=None)
    return body, headers_of(body)


@pytest.mark.parametrize(
    ("make", "status", "sentence"),
    [
        (lambda: (body_of(), {}), 401, "no signature"),
        (lambda: (body_of(), {"x-ghl-signature": "N/A"}), 401, "no signature"),
        (lambda: (body_of(), headers_of(b"other")), 401, "does not fit its body"),
        (_old, 401, "too long ago"),
        (_no_json, 400, "no JSON object"),
        (_timeless, 400, "when it was sent"),
        (lambda: (b"x" * (LARGEST + 1), {}), 413, "larger"),
    ],
)
async def test_a_refused_webhook_gets_a_sentence_and_nothing_is_kept(hooks, make, status, sentence):
    client, instep = hooks
    body, headers = make()
    answered, text = await _post(client, body, headers)
    assert (answered, sentence in json.loads(text)["error"]) == (status, True)
    assert _kept(instep) == []


async def test_a_connection_nobody_has_is_not_found_and_others_are_not_named(hooks):
    client, _ = hooks
    status, text = await _post(client, b"{}", to="nobody")
    assert status == 404
    assert "ghl" not in text


async def test_a_locked_store_is_answered_with_429_and_the_next_try_is_kept(hooks, settings):
    client, instep = hooks
    instep.intake._room._patience = 0.05
    body = body_of(webhookId="w1")
    await _post(client, b"{}")  # the connection is known by now
    other = Database(settings.database_url)
    with other.write() as tx:
        lock = "SELECT 1" if other.is_sqlite else "LOCK TABLE event IN EXCLUSIVE MODE"
        tx.execute(sa.text(lock))
        reply = await client.post("/hooks/ghl", data=body, headers=headers_of(body))
        told = await reply.json()
    other.close()
    assert (reply.status, told["kind"]) == (429, "IntakeBusy")
    assert int(reply.headers["Retry-After"]) > 0
    assert "send it again" in told["error"]
    instep.intake._room._patience = 5
    assert (await _post(client, body, headers_of(body)))[0] == 200
    assert _kept(instep) == ["w1"]


@pytest.fixture
def sandbox():
    """Both apps of the sandbox with a few people, on real ports."""
    apps = bootstrap.sandbox_apps(pace="fast", only=("gohighlevel", "insightly"))
    for app in apps:
        app.load(invent(4, seed=3, country="US"))
    with Sandbox(apps).in_thread() as running_apps:
        yield running_apps.describe()


async def test_an_edit_in_gohighlevel_reaches_insightly_by_webhook_well_before_any_poll(
    settings, sandbox
):
    ghl, insightly = sandbox["gohighlevel"], sandbox["insightly"]
    async with assemble(settings) as instep:
        await _connect_both(instep, ghl, insightly)
        async with (
            running(instep.engine, "local") as jobs,
            served(instep, jobs.wake) as url,
            aiohttp.ClientSession() as client,
        ):
            await instep.syncs.request_run("people")
            jobs.wake()
            await _until(lambda: _has_run(instep))
            hook = {"webhook_url": f"{url}/hooks/ghl", "events": ["ContactUpdate"]}
            await client.put(f"{ghl['url']}/_sandbox/app", json=hook)
            contact = await _edit_somebody(client, ghl)
            began = time.monotonic()
            await _until(lambda: _is_in(client, insightly, contact["email"], "Webhookville"))
            assert time.monotonic() - began < 15  # the next poll is fifteen minutes away
        latest = (await instep.syncs.status("people")).latest
        assert latest.kind == "webhook"


async def _connect_both(instep, ghl, insightly):
    of_ghl = {
        "base_url": ghl["url"],
        "location_id": ghl["location_id"],
        "token": ghl["private_integration_token"],
        "webhook_public_key": ghl["webhook_public_key"],
        "webhook_rsa_public_key": ghl["webhook_rsa_public_key"],
    }
    of_insightly = {"base_url": insightly["url"], "api_key": insightly["api_key"]}
    await instep.connections.connect(Typed("gohighlevel", "ghl", None, "US", of_ghl))
    await instep.connections.connect(Typed("insightly", "ins", None, "US", of_insightly))
    await instep.syncs.create(Wanted("people", "ghl", "ins", every_seconds=900))


async def _has_run(instep):
    latest = (await instep.syncs.status("people")).latest
    return latest is not None and latest.state == "done"


async def _edit_somebody(client, ghl):
    headers = {
        "Authorization": f"Bearer {ghl['private_integration_token']}",
        "Version": "2021-07-28",
    }
    search = {"locationId": ghl["location_id"], "pageLimit": 20}
    async with client.post(f"{ghl['url']}/contacts/search", json=search, headers=headers) as reply:
        contacts = (await reply.json())["contacts"]
    contact = next(each for each in contacts if each.get("email"))
    address = f"{ghl['url']}/contacts/{contact['id']}"
    async with client.put(address, json={"city": "Webhookville"}, headers=headers) as reply:
        assert reply.status == 200
    return contact


async def _is_in(client, insightly, email, city):
    headers = {"Authorization": aiohttp.encode_basic_auth(insightly["api_key"], "")}
    async with client.get(f"{insightly['url']}/Contacts?top=100", headers=headers) as reply:
        return any(
            each["ADDRESS_MAIL_CITY"] == city
            and (each["EMAIL_ADDRESS"] or "").lower() == email.lower()
            for each in await reply.json()
        )


async def _until(is_so):
    async with asyncio.timeout(60):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.05)
