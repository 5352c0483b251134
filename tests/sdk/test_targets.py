"""User-given addresses do not lead into the network the server stands in, by whatever name."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from instep.sdk.request import Request
from instep.sdk.targets import GuardedResolver, PrivateTarget, check_target, is_private
from instep.sdk.transport import HttpTransport


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "localhost",
        "printer.local",
        "db.internal",
    ],
)
def test_what_is_private_is_known(host):
    assert is_private(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111", "hooks.zapier.com", "locals.net"])
def test_what_is_public_is_not_private(host):
    assert not is_private(host)
    check_target(f"https://{host if ':' not in host else f'[{host}]'}/x", lambda _host: False)


def test_a_person_may_allow_it():
    check_target("http://10.0.0.8/x", lambda host: host == "10.0.0.8")
    with pytest.raises(PrivateTarget, match=r"10\.0\.0\.9"):
        check_target("http://10.0.0.9/x", lambda host: host == "10.0.0.8")


@pytest.fixture
async def server():
    async def answer(_request):
        return web.Response(text="reached")

    application = web.Application()
    application.router.add_get("/", answer)
    made = TestServer(application)
    await made.start_server()
    yield made
    await made.close()


class Lying(GuardedResolver):
    """A name server whose public-looking name leads to this machine."""

    async def resolve(self, host, port=0, family=0):
        return await super().resolve("localhost", port)


async def test_a_public_name_that_leads_inside_is_refused(server, monkeypatch):
    monkeypatch.setattr("instep.sdk.transport.GuardedResolver", Lying)
    request = Request("GET", f"http://hooks.example.com:{server.port}/")
    guarded = HttpTransport("", allows=lambda _host: False)
    with pytest.raises(PrivateTarget, match="private network"):
        await guarded.send(request, {})
    await guarded.close()
    open_one = HttpTransport("", allows=lambda _host: True)
    assert (await open_one.send(request, {})).body == "reached"
    await open_one.close()


async def test_without_a_rule_nothing_is_refused(server):
    transport = HttpTransport(f"http://localhost:{server.port}")
    assert (await transport.send(Request("GET", "/"), {})).ok
    await transport.close()


async def test_the_very_bytes_of_a_body_are_sent(server):
    came = []

    async def keep(request):
        came.append((request.headers["content-type"], await request.read()))
        return web.Response()

    application = web.Application()
    application.router.add_post("/", keep)
    other = TestServer(application)
    await other.start_server()
    transport = HttpTransport(f"http://127.0.0.1:{other.port}")
    body = b'{"b":1,  "a": "\xc3\xab"}'
    await transport.send(Request("POST", "/", content=body), {"content-type": "application/json"})
    assert came == [("application/json", body)]
    await transport.close()
    await other.close()
