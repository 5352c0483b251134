"""A flow's own requests to an app that is described by a manifest: there, and nowhere else."""

from __future__ import annotations

import pytest

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import EXAMPLE
from instep.connectors.custom.loading import complete, loads
from instep.connectors.insightly import connector as insightly
from instep.core.errors import Gone, OutcomeUnknown, RecordRejected, UserError
from instep.core.flow.offer import OfferedAction
from instep.engine.flows.actions.offered_actions import OfferedActions
from tests.engine.flows.test_records import ANN, on_insightly, on_manifest

KEYED = "  verify: {path: /whoami}\n"


@pytest.fixture
async def stage():
    async with on_manifest() as opened:
        yield opened


@pytest.fixture
async def keyed(tmp_path):
    """The same app, which takes an idempotency key."""
    path = tmp_path / "example.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    path.write_text(text.replace(KEYED, f"{KEYED}  idempotency_header: Idempotency-Key\n"))
    async with on_manifest(path) as opened:
        yield opened


def request(stage, method, path, **more):
    return stage.made("http.request", method=method, path=path, **more)


async def test_a_request_goes_out_with_the_credential_and_tells_its_answer(stage):
    body = {"given_name": "Ann", "email": "ann@example.com"}
    made = await stage.call("http.request", method="POST", path="/people", body=body)
    assert made["status"] in {200, 201}
    assert made["headers"]["content-type"].startswith("application/json")
    found = await stage.call(
        "http.request", method="GET", path="/people", query={"email": "ann@example.com"}
    )
    assert [each["given_name"] for each in found["body"]["items"]] == ["Ann"]


async def test_the_headers_that_every_call_of_the_app_has_go_with_it(tmp_path):
    path = tmp_path / "example.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    path.write_text(text.replace(KEYED, f"{KEYED}  headers: {{X-Version: '2'}}\n"))
    async with on_manifest(path) as opened:
        (told,) = await opened.actor.caller.describe(request(opened, "GET", "/people"))
        (over,) = await opened.actor.caller.describe(
            request(opened, "GET", "/people", headers={"x-version": "3"})
        )
    assert told["headers"]["X-Version"] == "2"
    assert {name.lower(): each for name, each in over["headers"].items()}["x-version"] == "3"


async def test_a_no_is_an_error_of_the_step(stage):
    with pytest.raises(Gone):
        await stage.call("http.request", method="GET", path="/people/999999999")


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "people",
        "//evil.example/people",
        "http://evil.example/people",
        "https:/evil.example",
        "/../admin",
        "/people/../../admin",
        "/people/..",
        "/./people",
        "/%2e%2e/admin",
        "/%252e%252e/admin",
        "/%25252e%25252e/admin",
        "/..%2fadmin",
        "/..;/admin",
        "/people/..%5cadmin",
        "\\\\evil.example\\people",
        "/\\evil.example",
        "/%2f/evil.example",
        "/people?x=1",
        "/people#x",
        "/people\r\nX-A: b",
        "/people%0d%0aX-A:%20b",
        "/people/\u202e",
        "/people/\u2025/x",
        "/a b",
        "@evil.example",
        7,
        ["/people"],
    ],
)
async def test_a_path_that_may_lead_elsewhere_is_refused_and_nothing_is_sent(stage, path):
    with pytest.raises(RecordRejected, match=r"^path is "):
        await stage.actor.caller.call(request(stage, "GET", path))
    assert stage.reached.client.calls.total == 0


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"method": "TRACE", "path": "/people"}, "method is TRACE; it can be GET, POST"),
        ({"path": "/people"}, "method is empty"),
        ({"method": "GET", "path": "/p", "url": "x"}, "url is unknown to http.request"),
        ({"method": "GET", "path": "/p", "query": "a=b"}, "query takes an object, not a=b"),
        ({"method": "GET", "path": "/p", "query": {"a": {}}}, "query.a takes text, not an object"),
        *(
            ({"method": "GET", "path": "/p", "headers": {name: "x"}}, "cannot be set here")
            for name in ("Authorization", "COOKIE", "host", "Content-Length", "a b", "")
        ),
        ({"method": "GET", "path": "/p", "headers": {"X-A": "a\r\nX-B: b"}}, "unseen character"),
    ],
)
async def test_wrong_inputs_are_named_and_nothing_is_sent(stage, inputs, said):
    with pytest.raises(RecordRejected, match=said):
        await stage.call("http.request", **inputs)
    assert stage.reached.client.calls.total == 0


async def test_a_write_whose_answer_was_lost_is_a_persons_matter(stage):
    with pytest.raises(OutcomeUnknown, match="nobody can tell here what it does"):
        await stage.find_out(request(stage, "POST", "/people"))
    assert await stage.find_out(request(stage, "GET", "/people")) is None


async def test_a_key_makes_repeating_harmless(keyed):
    post = request(keyed, "POST", "/people", headers={"idempotency-key": "mine"}, body={})
    assert await keyed.find_out(post) is None
    (told,) = await keyed.actor.caller.describe(post)
    assert told["headers"]["Idempotency-Key"] == post.key
    assert "idempotency-key" not in told["headers"]
    create = keyed.made("contact.create", **ANN)
    assert await keyed.find_out(create) is None
    (told,) = await keyed.actor.caller.describe(create)
    assert told["headers"]["Idempotency-Key"] == create.key


async def test_a_dry_run_shows_the_request_without_its_secrets_and_sends_none(stage):
    call = request(stage, "POST", "/people", query={"a": [1, 2]}, body={"given_name": "Ann"})
    (told,) = await stage.actor.caller.describe(call)
    assert told["method"] == "POST"
    assert told["url"].endswith("/people?a=1&a=2")
    assert told["body"] == {"given_name": "Ann"}
    assert not [each for each in stage.app.secrets.values() if each in str(told)]
    assert stage.reached.client.calls.total == 0


async def test_only_an_app_that_a_user_described_takes_requests():
    async with on_insightly() as desk:
        with pytest.raises(UserError, match="Insightly takes no http.request"):
            await desk.call("http.request", method="GET", path="/Contacts")
    assert insightly.open_requests is None


def test_it_is_offered_beside_the_records(stage):
    offered = OfferedActions().actions(stage.reached)
    assert isinstance(offered["http.request"], OfferedAction)
    assert "contact.create" in offered


def test_a_header_that_is_none_is_refused_in_a_manifest():
    text = EXAMPLE.read_text(encoding="utf-8").replace(KEYED, f"{KEYED}  idempotency_header: a b\n")
    with pytest.raises(UserError, match="idempotency_header"):
        loads(text)


def test_a_manifest_without_the_header_takes_no_key():
    assert connector_of(complete(EXAMPLE)).idempotency_header is None
