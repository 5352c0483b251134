"""HTTP as it goes wrong, against a real server on a real port."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from instep import __version__
from instep.core.errors import InstepError, OutcomeUnknown, RecordRejected, RetryLater, UserError
from instep.sdk.request import Request
from instep.sdk.transport import HttpTransport, Timeouts, absolute

READ = Request("GET", "/x")
WRITE = Request("POST", "/x", json={"name": "Ann"})
BOTH = pytest.mark.parametrize(
    ("request_", "kind"), [(READ, RetryLater), (WRITE, OutcomeUnknown)], ids=["read", "write"]
)
SHORT = Timeouts(connect=5.0, read=5.0, total=0.1)


class App:
    """A server whose answer each test supplies; it keeps what came."""

    def __init__(self):
        self.seen = []
        self.peers = set()
        self.answer = None
        self.let_go = asyncio.Event()

    async def serve(self, request):
        self.peers.add(request.transport.get_extra_info("peername"))
        self.seen.append((request, await request.read()))
        return await self.answer(request)


@asynccontextmanager
async def served(app):
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", app.serve)
    server = TestServer(application)
    await server.start_server()
    try:
        yield f"http://127.0.0.1:{server.port}/base"
    finally:
        app.let_go.set()
        await server.close()


@pytest.fixture
def app():
    return App()


@pytest.fixture
async def url(app):
    async with served(app) as url:
        yield url


@pytest.fixture
async def open_transport(url):
    opened = []

    def open_transport(base_url=url, **more):
        opened.append(HttpTransport(base_url, **more))
        return opened[-1]

    yield open_transport
    for transport in opened:
        await transport.close()


@pytest.fixture
def transport(open_transport):
    return open_transport()


def answering(body=b"{}", status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Type", "application/json")

    async def answer(_request):
        return web.Response(body=body, status=status, headers=named)

    return answer


async def hang_up(request):
    request.transport.close()
    return web.Response()


async def reset(request):
    request.transport.abort()
    return web.Response()


async def said(transport, request, kind):
    """Return the one plain sentence of the error that sending raises."""
    with pytest.raises(InstepError) as caught:
        await transport.send(request, {})
    assert type(caught.value) is kind
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "Error" not in sentence
    return sentence


# What is sent


async def test_a_request_arrives_as_it_was_described(app, transport):
    app.answer = answering()
    request = Request(
        "PUT",
        "/people/a%2Fb",
        {"phone": "+1 415", "since": "2026-01-02T03:04:05Z"},
        json={"name": "Zoë"},
        headers={"If-Match": "7"},
    )
    await transport.send(request, {"Authorization": "Bearer x"})
    [(came, body)] = app.seen
    assert (came.method, came.raw_path.partition("?")[0]) == ("PUT", "/base/people/a%2Fb")
    assert dict(came.query) == {"phone": "+1 415", "since": "2026-01-02T03:04:05Z"}
    assert json.loads(body) == {"name": "Zoë"}
    assert came.headers["If-Match"] == "7"
    assert came.headers["Authorization"] == "Bearer x"
    assert came.headers["User-Agent"] == f"instep/{__version__}"


async def test_a_form_goes_out_as_a_form(app, transport):
    app.answer = answering()
    await transport.send(Request("POST", "/token", form={"code": "a&b", "user_type": "One"}), {})
    [(came, body)] = app.seen
    assert came.content_type == "application/x-www-form-urlencoded"
    assert body == b"code=a%26b&user_type=One"


async def test_a_delete_may_have_a_body(app, transport):
    app.answer = answering()
    await transport.send(Request("DELETE", "/tags", json={"tags": ["a"]}), {})
    assert json.loads(app.seen[0][1]) == {"tags": ["a"]}


@pytest.mark.parametrize("path", ["/x", "x"])
def test_a_path_is_under_the_base_url(path):
    assert absolute("https://a.example/v1/", path) == "https://a.example/v1/x"
    assert absolute("https://a.example/v1", path) == "https://a.example/v1/x"


def test_a_full_address_stays_as_it_is():
    assert absolute("https://a.example/v1", "https://a.example/v1/x?page=2") == (
        "https://a.example/v1/x?page=2"
    )


async def test_connections_are_kept_open_and_shared(app, transport):
    app.answer = answering()
    for _ in range(5):
        await transport.send(READ, {})
    assert len(app.peers) == 1


async def test_no_cookie_is_carried_from_call_to_call(app, transport):
    app.answer = answering(Set_Cookie="session=1")
    await transport.send(READ, {})
    await transport.send(READ, {})
    assert "Cookie" not in app.seen[1][0].headers


# What comes back


async def test_json_is_read_and_header_names_are_lower_case(app, transport):
    app.answer = answering(b'{"a": [1]}', 201, ETag="7", X_RateLimit_Left="3")
    reply = await transport.send(READ, {})
    assert (reply.status, reply.body) == (201, {"a": [1]})
    assert (reply.headers["etag"], reply.headers["x-ratelimit-left"]) == ("7", "3")


@pytest.mark.parametrize(
    ("content_type", "body", "read"),
    [
        ("application/problem+json", b'{"a": 1}', {"a": 1}),
        ("text/plain", b'{"a": 1}', '{"a": 1}'),
        ("text/plain; charset=latin-1", "é".encode("latin-1"), "é"),
        ("text/plain; charset=no-such", "é".encode(), "é"),
        ("application/json", b"", None),
        ("text/html", b"", None),
    ],
)
async def test_the_content_type_says_how_to_read(app, transport, content_type, body, read):
    app.answer = answering(body, Content_Type=content_type)
    assert (await transport.send(READ, {})).body == read


async def test_packed_replies_are_unpacked(app, transport):
    app.answer = answering(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    assert (await transport.send(READ, {})).body == {"a": 1}
    assert "gzip" in app.seen[0][0].headers["Accept-Encoding"]


async def test_a_refusal_in_broken_json_still_comes_through(app, transport):
    app.answer = answering(b"Bad gateway", 502)
    reply = await transport.send(READ, {})
    assert (reply.status, reply.body) == (502, "Bad gateway")


@BOTH
async def test_half_a_json_is_no_answer(app, transport, request_, kind):
    app.answer = answering(b'{"contacts": [{"id"')
    assert "breaks off" in await said(transport, request_, kind)


async def test_json_nested_beyond_reason_is_no_answer(app, transport):
    app.answer = answering(b"[" * 200_000)
    await said(transport, READ, RetryLater)


# Too much


async def test_a_reply_is_not_read_beyond_the_limit(app, open_transport):
    chunks = 0

    async def endless(request):
        nonlocal chunks
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while request.transport is not None and not request.transport.is_closing():
            chunks += 1
            await response.write(b"x" * 10_000)
        return response

    app.answer = endless
    transport = open_transport(largest=100_000)
    assert "more than 100000 bytes" in await said(transport, READ, RecordRejected)
    await transport.close()
    assert await said(open_transport(largest=100_000), WRITE, OutcomeUnknown)


async def test_the_limit_counts_what_a_packed_reply_becomes(app, open_transport):
    bomb = gzip.compress(b"0" * 5_000_000)
    app.answer = answering(bomb, Content_Encoding="gzip")
    assert len(bomb) < 10_000
    await said(open_transport(largest=100_000), READ, RecordRejected)


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(app, transport, status):
    app.answer = answering(b"", status, Location="/base/elsewhere")
    assert (await transport.send(READ, {})).status == status
    assert len(app.seen) == 1


# No answer


@BOTH
async def test_silence_is_unknown_for_a_write(app, open_transport, request_, kind):
    async def silence(_request):
        await app.let_go.wait()
        return web.Response()

    app.answer = silence
    sentence = await said(open_transport(timeouts=SHORT), request_, kind)
    assert "did not answer in time" in sentence
    assert len(app.seen) == 1


@BOTH
@pytest.mark.parametrize("break_off", [hang_up, reset])
async def test_a_connection_lost_after_sending_is_unknown_for_a_write(
    app, transport, request_, kind, break_off
):
    app.answer = break_off
    await said(transport, request_, kind)
    assert len(app.seen) == 1


@BOTH
async def test_half_an_answer_is_none(app, transport, request_, kind):
    async def half(request):
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        request.transport.close()
        return response

    app.answer = half
    await said(transport, request_, kind)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
async def test_a_write_on_a_kept_connection_that_breaks_is_sent_once(app, transport, method):
    app.answer = answering()
    await transport.send(READ, {})
    app.answer = hang_up
    await said(transport, Request(method, "/x", json={}), OutcomeUnknown)
    assert [came.method for came, _ in app.seen] == ["GET", method]


async def test_a_write_declared_harmless_may_be_repeated_by_whoever_asked(app, transport):
    app.answer = hang_up
    await said(transport, Request("PUT", "/x", json={}, repeatable=True), RetryLater)


# Never sent


async def test_nobody_there_is_said_in_one_sentence(open_transport):
    async with served(App()) as address:
        host_and_port = address.removeprefix("http://").removesuffix("/base")
    sentence = await said(open_transport(address), WRITE, RetryLater)
    assert sentence == (
        f"Nothing answers at {host_and_port}: check the address, and that the app is up."
    )


async def test_an_unknown_host_is_named(open_transport):
    sentence = await said(open_transport("https://no-such-host.invalid/v1"), WRITE, RetryLater)
    assert sentence.startswith("The host no-such-host.invalid is not known")


async def test_a_failed_handshake_was_never_sent(app, url, open_transport):
    address = url.replace("http://", "https://")
    sentence = await said(open_transport(address), WRITE, RetryLater)
    assert "No secure connection to 127.0.0.1:" in sentence
    assert app.seen == []


@pytest.mark.parametrize(
    "address", ["http://", "http://a:99999", "http://[half", "ftp://a.example"]
)
async def test_an_address_that_is_none_is_the_users_to_correct(open_transport, address):
    await said(open_transport(address), READ, UserError)


async def test_no_sentence_shows_what_is_in_an_address(open_transport):
    transport = open_transport("http://user:5e471ne1@127.0.0.1:1/v1")
    sentence = await said(transport, Request("GET", "/x", {"key": "5e471ne1"}), RetryLater)
    assert "5e471ne1" not in sentence


async def test_closing_twice_is_fine_and_sending_opens_again(app, transport):
    app.answer = answering()
    await transport.close()
    await transport.send(READ, {})
    await transport.close()
    await transport.close()
    assert (await transport.send(READ, {})).ok
