"""OAuth: codes, files of tokens, refreshing by many at once, agencies and their locations."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from instep import ConnectionBroken, FileTokens, GoHighLevel, MemoryTokens, UserError
from instep.sdk.auth import Credential

BACK = "http://127.0.0.1:9/callback"
SCOPES = "contacts.readonly contacts.write locations.readonly oauth.write oauth.readonly"
PROCESS = Path(__file__).with_name("refreshing_process.py")


async def code_for(sandbox, account):
    """What a person's browser brings back after they allowed the app."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": sandbox.told["client_id"],
            "redirect_uri": BACK,
            "scope": SCOPES,
        }
    )
    answer = await sandbox.call(
        "POST",
        f"/v2/oauth/chooselocation?{query}",
        data={"account": account},
        allow_redirects=False,
    )
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def app(sandbox, tokens, **more):
    return GoHighLevel.oauth(
        client_id=sandbox.told["client_id"],
        client_secret=sandbox.told["client_secret"],
        tokens=tokens,
        base_url=sandbox.told["url"],
        **more,
    )


async def allowed(sandbox, tokens, account=None, **more):
    """A client whose app somebody has just allowed."""
    client = app(sandbox, tokens, **(more or {"location_id": sandbox.location}))
    await client.exchange(await code_for(sandbox, account or sandbox.location), BACK)
    return client


async def expire(tokens):
    """Make the stored access token look as if its day were over."""
    held = await tokens.load()
    past = datetime.now(UTC) - timedelta(minutes=1)
    await tokens.save(Credential(held.kind, held.secrets, past, held.scopes))


async def calls(sandbox, path):
    """How often the sandbox was asked for this."""
    told = (await sandbox.call("GET", "/_sandbox/calls")).body["calls"]
    return sum(times for call, times in told.items() if call.endswith(path))


async def test_a_code_becomes_tokens_that_work(sandbox, tmp_path):
    tokens = FileTokens(tmp_path / "tokens.json")
    async with await allowed(sandbox, tokens) as ghl:
        assert (await ghl.contacts.search())["contacts"] == []
        assert ghl.oauth.get_token.__name__ == "get_token"
    held = await tokens.load()
    assert held.secrets.keys() == {"access_token", "refresh_token"}
    assert held.expires_at > datetime.now(UTC) + timedelta(hours=23)


async def test_only_an_app_has_codes_to_exchange(ghl):
    with pytest.raises(UserError, match="Only a client made by"):
        await ghl.exchange("code", BACK)


@pytest.mark.parametrize("kind", ["file", "memory"])
async def test_many_callers_refresh_once(sandbox, tmp_path, kind):
    tokens = FileTokens(tmp_path / "tokens.json") if kind == "file" else MemoryTokens()
    async with await allowed(sandbox, tokens) as ghl:
        before = await calls(sandbox, "/oauth/token")
        await expire(tokens)
        await asyncio.gather(*(ghl.contacts.search() for _ in range(10)))
    assert await calls(sandbox, "/oauth/token") == before + 1


async def test_a_token_refused_early_is_renewed_and_the_call_repeated(sandbox):
    tokens = MemoryTokens()
    async with await allowed(sandbox, tokens) as ghl:
        held = await tokens.load()
        await tokens.save(
            Credential(held.kind, {**held.secrets, "access_token": "a.b.c"}, held.expires_at)
        )
        assert (await ghl.contacts.search())["contacts"] == []


async def test_two_processes_that_refresh_at_once_leave_one_valid_pair(sandbox, tmp_path):
    path = tmp_path / "tokens.json"
    tokens = FileTokens(path)
    await (await allowed(sandbox, tokens)).close()
    await expire(tokens)
    before = await calls(sandbox, "/oauth/token")
    told = sandbox.told
    command = [told["url"], told["location_id"], told["client_id"], told["client_secret"]]
    pipe = asyncio.subprocess.PIPE
    both = [
        await asyncio.create_subprocess_exec(
            sys.executable, str(PROCESS), *command, str(path), stdin=pipe, stdout=pipe, stderr=pipe
        )
        for _ in range(2)
    ]
    for each in both:
        assert await each.stdout.readline() == b"ready\n"
    for each in both:
        each.stdin.write(b"go\n")
    for each in both:
        out, errors = await each.communicate()
        assert (each.returncode, out, errors) == (0, b"0 contacts\n", b"")
    assert await calls(sandbox, "/oauth/token") == before + 1
    async with app(sandbox, FileTokens(path), location_id=sandbox.location) as ghl:
        assert (await ghl.contacts.search())["contacts"] == []
        await expire(tokens)
        again = app(sandbox, FileTokens(path), location_id=sandbox.location)
        async with again:
            assert (await again.contacts.search())["contacts"] == []


async def test_an_agency_reaches_each_location_with_its_own_token(sandbox):
    company = sandbox.told["company_id"]
    agency = await allowed(sandbox, MemoryTokens(), company, company_id=company)
    async with agency:
        here, there = agency.at(sandbox.location), agency.at(sandbox.other_location)
        await asyncio.gather(*(here.contacts.search() for _ in range(5)))
        await there.contacts.create(email="there@x.org")
        assert [each["email"] async for each in there.contacts.search()] == ["there@x.org"]
        assert [each async for each in here.contacts.search()] == []
        assert agency.at(sandbox.location) is here
        assert await calls(sandbox, "/oauth/locationToken") == 2


async def test_a_location_token_is_exchanged_anew_before_it_expires(sandbox):
    sandbox.app.settings.access_token_seconds = 60
    company = sandbox.told["company_id"]
    async with await allowed(sandbox, MemoryTokens(), company, company_id=company) as agency:
        here = agency.at(sandbox.location)
        await here.contacts.search()
        await here.contacts.search()
    assert await calls(sandbox, "/oauth/locationToken") == 2


async def test_an_agency_has_to_be_named(sandbox):
    async with app(sandbox, MemoryTokens()) as client:
        with pytest.raises(UserError, match="company_id"):
            client.at(sandbox.location)


async def test_a_private_token_is_used_at_a_location_as_it_is(sandbox, ghl):
    assert ghl.at(sandbox.location).location_id == sandbox.location
    assert (await ghl.at(sandbox.location).contacts.search())["contacts"] == []


# The file


def credential(name, seconds=60):
    secrets = {"access_token": f"access-{name}", "refresh_token": f"refresh-{name}"}
    return Credential("oauth2", secrets, datetime.now(UTC) + timedelta(seconds=seconds), ("a", "b"))


async def test_tokens_come_back_as_they_were_stored(tmp_path):
    tokens = FileTokens(tmp_path / "tokens.json")
    await tokens.save(credential("one"))
    assert (await FileTokens(tmp_path / "tokens.json").load()).secrets == credential("one").secrets
    assert (await tokens.load()).scopes == ("a", "b")
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600


async def test_an_apps_secret_is_not_kept(tmp_path):
    tokens = FileTokens(tmp_path / "tokens.json")
    held = credential("one")
    await tokens.save(Credential("oauth2", {**held.secrets, "client_secret": "hush"}))
    assert "hush" not in (tmp_path / "tokens.json").read_text()


async def test_the_old_pair_stays_readable_for_half_a_minute(tmp_path):
    path = tmp_path / "tokens.json"
    tokens = FileTokens(path)
    await tokens.save(credential("one"))
    assert await tokens.previous() is None
    await tokens.save(credential("two"))
    assert (await tokens.previous()).secrets == credential("one").secrets
    told = json.loads(path.read_text())
    told["previous"]["readable_until"] = datetime.now(UTC).isoformat()
    path.write_text(json.dumps(told))
    assert await tokens.previous() is None


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}"])
async def test_a_file_without_tokens_is_told(tmp_path, text):
    path = tmp_path / "tokens.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConnectionBroken, match="tokens.json"):
        await FileTokens(path).load()


async def test_one_at_a_time_may_refresh(tmp_path):
    held, order = asyncio.Event(), []

    async def first():
        async with FileTokens(tmp_path / "t").refreshing():
            held.set()
            await asyncio.sleep(0.05)
            order.append("first")

    async def second():
        await held.wait()
        async with FileTokens(tmp_path / "t").refreshing():
            order.append("second")

    await asyncio.gather(first(), second())
    assert order == ["first", "second"]
