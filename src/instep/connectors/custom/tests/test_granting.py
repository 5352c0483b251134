"""An app of one's own is granted on its own page: codes are good once, tokens follow one another."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import ManifestApp
from instep.connectors.custom.loading import loads
from instep.connectors.custom.tests.on_manifest import HERE
from instep.sandbox.server import Sandbox
from tests.api.house import asked, house

_KEY = 'auth: {type: header, name: X-Api-Key, secret: api_key, prefix: "Key "}'
_PAGE = (
    'auth: {type: oauth2, authorize_url: "https://{config.pod}.acme.example/allow", scopes: [read], '
    'token_url: "https://{config.pod}.acme.example/token"}'
)


@pytest.fixture
def manifest():
    """Acme, where people grant access on a page."""
    text = (HERE / "acme.yaml").read_text()
    assert _KEY in text
    return loads(text.replace(_KEY, _PAGE).replace("  api_key: {type: secret}\n", ""))


@pytest.fixture
async def made(sqlite_url, tmp_path, manifest):
    """An Instep that knows Acme, Acme itself, and what a person types to connect it."""
    app = ManifestApp(manifest, pace=1_000)
    async with (
        Sandbox([app]) as sandbox,
        house(sqlite_url, tmp_path, available={"acme": connector_of(manifest)}) as it,
    ):
        typed = {"connector": "acme", "name": "acme", "auth": "oauth2"}
        yield it, app, {**typed, "settings": app.typed(sandbox.url("acme"))}


async def allowed(page):
    """What the browser is sent back with after somebody pressed Allow."""
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(page, allow_redirects=False) as reply,
    ):
        assert reply.status == 302
        back = parse_qs(urlsplit(reply.headers["location"]).query)
    return {name: each[0] for name, each in back.items()}


async def test_it_is_connected_by_its_page_and_a_code_is_good_once(made):
    house, app, typed = made
    admin = await house.machine()

    _, leaving = await asked(admin, "POST", "/api/authorisations", typed)
    assert leaving["scopes"] == ["read"]
    answer = await allowed(leaving["url"])
    status, connection = await asked(admin, "POST", "/api/authorisations/answer", answer)
    assert (status, connection["auth"], connection["status"]) == (200, "oauth2", "working")

    _, again = await asked(admin, "POST", "/api/authorisations", {**typed, "name": "other"})
    state = parse_qs(urlsplit(again["url"]).query)["state"][0]
    spent = {"code": answer["code"], "state": state}
    status, refused = await asked(admin, "POST", "/api/authorisations/answer", spent)
    assert status >= 400
    assert app.secrets["client_secret"] not in str(refused)
    _, connections = await asked(admin, "GET", "/api/connections")
    assert [each["name"] for each in connections] == ["acme"]


async def test_its_tokens_are_renewed_by_the_one_that_was_given_last(made):
    house, app, typed = made
    admin = await house.machine()
    _, leaving = await asked(admin, "POST", "/api/authorisations", typed)
    answer = await allowed(leaving["url"])
    await asked(admin, "POST", "/api/authorisations/answer", answer)
    first = app.state.kept("tokens", dict)

    for _ in range(2):
        app.state.keep("tokens", {**app.state.kept("tokens", dict), "access_token": "expired"})
        status, tested = await asked(admin, "POST", "/api/connections/acme/test")
        assert (status, tested["works"]) == (200, True), tested

    last = app.state.kept("tokens", dict)
    assert first["refresh_token"] != last["refresh_token"]


async def test_nobody_is_let_in_by_a_code_that_is_none(made):
    house, _app, typed = made
    admin = await house.machine()
    _, leaving = await asked(admin, "POST", "/api/authorisations", typed)
    state = parse_qs(urlsplit(leaving["url"]).query)["state"][0]

    made_up = {"code": "guessed", "state": state}
    status, refused = await asked(admin, "POST", "/api/authorisations/answer", made_up)

    assert status >= 400
    assert "invalid_grant" in refused["error"]
