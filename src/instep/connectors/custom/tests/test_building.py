from __future__ import annotations

import pytest

from instep.connectors import discover, emulators
from instep.connectors.custom.building import connector_at, connector_of
from instep.connectors.custom.emulator import EXAMPLE
from instep.connectors.custom.loading import complete, loads
from instep.connectors.custom.tests.on_manifest import HERE
from instep.core.errors import (
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    UserError,
)
from instep.core.records import Write
from instep.engine.typed import Typed, check
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.clock import SystemClock
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account
from instep.sdk.testing import FixedTokens, FreeLimiter, ScriptedTransport

ACME = (HERE / "acme.yaml").read_text()


@pytest.fixture
def acme():
    return connector_of(loads(ACME))


@pytest.fixture
def contacts(acme):
    config = {"pod": "eu1", "base_url": "https://eu1.acme.example/api/v2"}
    return acme.resource("contact")(Account("main", "US", config))


def typed(connector, *, allows=False, **settings):
    return check(
        Typed(connector.name, "mine", None, "US", settings),
        {connector.name: connector},
        lambda _host: allows,
    )


def test_an_address_is_made_of_the_settings(acme):
    assert typed(acme, api_key="k").account.config["base_url"] == "https://eu1.acme.example/api/v2"
    with pytest.raises(UserError, match="cannot use the value"):
        typed(acme, api_key="k", pod="evil.example/#")


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "localhost", "127.0.0.1"])
def test_a_manifest_cannot_lead_into_a_private_network_unless_allowed(host):
    text = ACME.replace("https://{config.pod}.acme.example/api/v2", f"http://{host}/api")
    connector = connector_of(loads(text))

    with pytest.raises(UserError, match="inside a private network"):
        typed(connector, api_key="k")
    assert typed(connector, api_key="k", allows=True).account.config["base_url"]


def test_an_id_cannot_change_where_a_path_leads(contacts):
    assert contacts.get("a/b?c").path == "/contacts/a%2Fb%3Fc"
    with pytest.raises(RecordRejected, match="no id"):
        contacts.get("..")


def test_secrets_are_in_no_request(acme, contacts):
    assert acme.auth["header"].prefix == "Key "
    assert "api_key" not in str([contacts.list(), contacts.create({"email": "a@b.example"})])


def test_a_full_name_is_read_in_parts_and_written_once():
    connector = connector_of(complete(HERE / "gamma.yaml"))
    clients = connector.resource("contact")(Account("main", "US", {"address": "https://x.example"}))
    row = {"uid": "1", "name": "Ann  Marie O'Neill", "changed": 1_700_000_000, "rev": 3}

    [record] = clients.records(Reply(200, {}, [row]))

    assert record.values["first_name"] == "Ann"
    assert record.values["last_name"] == "Marie O'Neill"
    assert record.changed_at == "2023-11-14T22:13:20Z"
    assert record.version == "3"
    assert clients.create({"first_name": "Ann", "last_name": "Bee"}).json == {"name": "Ann Bee"}
    assert clients.update("1", Write(set={"first_name": "Eve"}), None) == []


def test_a_list_in_the_wrong_place_is_no_empty_list(contacts):
    with pytest.raises(UserError, match="check `records`"):
        contacts.records(Reply(200, {}, {"items": []}))
    with pytest.raises(UserError, match="without an id"):
        contacts.records(Reply(200, {}, {"data": [{"name": "Ann"}]}))


def test_a_create_that_does_not_say_its_id_is_unknown(contacts):
    with pytest.raises(OutcomeUnknown, match="did not say its id"):
        contacts.created(Reply(200, {}, {"data": {"ok": True}}))


@pytest.mark.parametrize(
    ("method", "status", "body", "meant"),
    [
        ("GET", 429, {"error": "daily quota"}, DailyLimit),
        ("POST", 409, {"why": "exists", "existing": {"id": 9}}, Duplicate),
        ("POST", 409, {"why": "exists"}, RecordRejected),
        ("POST", 423, {}, RetryLater),
        ("POST", 429, {}, type(None)),
    ],
)
def test_refusals_mean_what_the_manifest_says(acme, method, status, body, meant):
    error = acme.meaning(Request(method, "/contacts"), Reply(status, {}, body))

    assert type(error) is meant
    if meant is Duplicate:
        assert error.existing_id == "9"


def test_a_failing_server_may_have_done_what_it_was_told():
    text = ACME.replace("status: [423, 425]", "status: [423, 503]")
    meaning = connector_of(loads(text)).meaning

    assert type(meaning(Request("POST", "/contacts"), Reply(503))) is OutcomeUnknown
    assert type(meaning(Request("GET", "/contacts"), Reply(503))) is RetryLater


def test_a_list_that_is_not_there_is_a_wrong_path_and_no_missing_record(acme, contacts):
    error = acme.meaning(contacts.list(), Reply(404, {}, {}))

    assert isinstance(error, UserError)
    assert "does not know GET /contacts" in str(error)
    assert acme.meaning(contacts.get("5"), Reply(404, {}, {})) is None


def test_limits_are_declared_and_learnt(acme):
    limits = acme.limits("header", {})

    assert (limits.per_second, limits.burst, limits.daily) == (5.0, 5, 9000)
    told = acme.observed(Reply(429, {"x-left": "3", "x-daily-left": "80", "retry-after": "2"}))
    assert (told.burst_left, told.daily_left) == (3, 80)
    assert told.pause_until is not None


CLIENT_CREDENTIALS = ACME.replace(
    'auth: {type: header, name: X-Api-Key, secret: api_key, prefix: "Key "}',
    "auth: {type: oauth2, grant: client_credentials, token_url: "
    '"https://{config.pod}.acme.example/token", scopes: [read]}',
)


async def test_a_client_gets_its_tokens_by_its_own_secret():
    connector = connector_of(loads(CLIENT_CREDENTIALS))
    checked = typed(connector, client_id="me", client_secret="hush", api_key="k")
    script = ScriptedTransport(
        [
            Reply(401, {}, {"error": "expired"}),
            Reply(200, {}, {"access_token": "fresh", "expires_in": 3600}),
            Reply(200, {}, {"ok": True}),
        ]
    )
    stale = Credential("oauth2", {**checked.credential.secrets, "access_token": "stale"})
    client = Client(
        connector=connector,
        account=checked.account,
        tokens=FixedTokens(stale),
        limiter=FreeLimiter(),
        clock=SystemClock(),
        transport=script,
    )

    await client.send(connector.verify(checked.account))

    asked = script.requests[1]
    assert asked.path == "https://eu1.acme.example/token"
    assert asked.form["grant_type"] == "client_credentials"
    assert asked.form["scope"] == "read"
    assert script.headers[2]["Authorization"] == "Bearer fresh"


def test_a_broken_manifest_says_so_when_it_is_used_and_harms_no_other(tmp_path):
    (tmp_path / "mine.yaml").write_text(ACME.replace("title: Acme", "titel: Acme"))
    (tmp_path / "acme.yaml").write_text(ACME)
    (tmp_path / "notes.txt").write_text("no manifest")

    found = discover(tmp_path)

    assert found["acme"].resources
    assert found["mine"].status == "broken"
    with pytest.raises(UserError, match="mine.yaml line 4, titel: there is no such entry"):
        typed(found["mine"])
    assert {"acme", "custom"} <= emulators(tmp_path).keys()
    assert "mine" not in emulators(tmp_path)


def test_two_manifests_of_one_name_are_refused(tmp_path):
    (tmp_path / "a.yaml").write_text(ACME)
    (tmp_path / "b.yaml").write_text(ACME)

    with pytest.raises(UserError, match="describes a second app called acme"):
        discover(tmp_path)


def test_a_manifest_takes_no_finished_connectors_name(tmp_path):
    (tmp_path / "a.yaml").write_text(ACME.replace("app: acme", "app: memory"))

    with pytest.raises(UserError, match="second app called memory"):
        discover(tmp_path)


def test_the_blank_manifest_is_a_template():
    connector = connector_at(HERE.parent / "manifest.yaml")

    assert (connector.name, connector.status) == ("custom", "template")
    with pytest.raises(UserError, match=r"custom/manifest.yaml line \d+, http.auth: fill this in"):
        connector.check_complete()


def test_the_example_needs_no_completing():
    assert {each.canonical for each in connector_at(EXAMPLE).resources} == {
        "contact",
        "task",
        "note",
    }


async def test_a_wrong_client_secret_breaks_the_connection():
    connector = connector_of(loads(CLIENT_CREDENTIALS))
    checked = typed(connector, client_id="me", client_secret="hush", api_key="k")
    script = ScriptedTransport([Reply(401, {}, {"error": "invalid_client"})])
    client = Client(
        connector=connector,
        account=checked.account,
        tokens=FixedTokens(
            Credential("oauth2", {**checked.credential.secrets, "access_token": "x"})
        ),
        limiter=FreeLimiter(),
        clock=SystemClock(),
        transport=ScriptedTransport([Reply(401), *script.script]),
    )

    with pytest.raises(ConnectionBroken):
        await client.send(connector.verify(checked.account))
