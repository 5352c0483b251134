"""An app of one's own over HTTP: probed, checked, verified, kept, connected; on both databases."""

from __future__ import annotations

import pytest

from instep.connectors.custom.emulator import EXAMPLE, ManifestApp
from instep.connectors.custom.loading import complete
from instep.core.people.roles import Role
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox
from tests.api.house import asked, house

TEXT = EXAMPLE.read_text()
PATH = "/api/manifests"


@pytest.fixture
async def example():
    """The app of the example, with people in it, and what a person types to connect it."""
    app = ManifestApp(complete(EXAMPLE), pace=1_000)
    app.load(invent(5, seed=1))
    async with Sandbox([app]) as sandbox:
        yield app, app.typed(sandbox.url(app.name))


@pytest.fixture
async def made(database_url, tmp_path):
    async with house(database_url, tmp_path, available=None) as it:
        yield it


async def test_what_is_wrong_with_a_manifest_is_told_with_its_line(made):
    machine = await made.machine()
    status, told = await asked(machine, "POST", f"{PATH}/check", {"text": TEXT})
    assert (status, told["problems"], told["missing"]) == (200, [], []), told
    assert [each["name"] for each in told["connector"]["settings"]][:2] == ["base_url", "api_key"]
    assert {"resource": "people", "field": "city"}.items() <= told["evidence"][5].items()

    wrong = TEXT.replace("overlap: 60, inclusive: true}", "overlap: soon}", 1)
    _, told = await asked(machine, "POST", f"{PATH}/check", {"text": wrong})
    [problem] = told["problems"]
    line = next(at for at, each in enumerate(wrong.splitlines(), 1) if "overlap: soon" in each)
    assert (problem["line"], told["connector"]) == (line, None)
    _, blank = await asked(machine, "GET", f"{PATH}/custom")
    _, told = await asked(machine, "POST", f"{PATH}/check", {"text": blank["text"]})
    assert len(told["missing"]) > 5
    status, refused = await asked(machine, "POST", f"{PATH}/verify", {"text": blank["text"]})
    assert (status, "cannot be tried yet" in refused["error"]) == (400, True)


async def test_a_manifest_is_verified_before_it_is_kept_and_then_connected(made, example, tmp_path):
    app, typed = example
    machine = await made.machine()
    body = {"text": TEXT, "settings": typed}
    status, trial = await asked(machine, "POST", f"{PATH}/verify", body)
    assert (status, trial["whole"]) == (200, True), trial
    held = {each["what"] for each in trial["findings"] if each["holds"]}
    assert {"sign-in", "list", "get", "email"} <= held
    assert not [each for each in trial["findings"] if each["holds"] is False]

    status, kept = await asked(machine, "PUT", PATH, {"text": TEXT})
    assert (status, kept["name"]) == (200, "example"), kept
    assert (tmp_path / "connectors" / "example.yaml").read_text() == TEXT
    new = {"connector": "example", "name": "mine", "country": "US", "settings": typed}
    status, connection = await asked(machine, "POST", "/api/connections", new)
    assert (status, connection["status"]) == (201, "working"), connection
    status, trial = await asked(machine, "POST", f"{PATH}/verify/mine")
    assert (status, trial["findings"][0]["what"]) == (200, "sign-in")
    renamed = await asked(machine, "PATCH", "/api/connections/mine", {"name": "ours"})
    assert renamed[0] == 200
    secret = {"settings": {"api_key": typed["api_key"]}}
    assert (await asked(machine, "PATCH", "/api/connections/ours", secret))[0] == 200
    _, log = await asked(machine, "GET", "/api/audit?noun=manifest")
    assert [each["object"] for each in log["entries"]] == ["example"]
    assert typed["api_key"] not in str(log)

    status, refused = await asked(machine, "DELETE", f"{PATH}/example")
    assert (status, "reached by ours" in refused["error"]) == (400, True)
    await asked(machine, "DELETE", "/api/connections/ours")
    assert (await asked(machine, "DELETE", f"{PATH}/example"))[0] == 204
    _, known = await asked(machine, "GET", "/api/connectors")
    assert "example" not in {each["name"] for each in known}
    assert app.calls.describe()["total"] > 0


async def test_a_manifest_takes_no_place_that_is_not_its_own(made, tmp_path):
    machine = await made.machine()
    assert (await asked(machine, "PUT", PATH, {"text": TEXT}))[0] == 200
    for text, replace, why in (
        (TEXT, False, "not overwritten"),
        (TEXT.replace("app: example", "app: insightly"), True, "insightly"),
        (TEXT.replace("app: example", "app: ../../etc/app"), True, "app"),
        (TEXT.replace("path: /whoami", "path: !required where")
         .replace("status: documented", "status: template"), True, "is complete, and this one"),
        ("app: [", False, "line"),
    ):  # fmt: skip
        status, refused = await asked(machine, "PUT", PATH, {"text": text, "replace": replace})
        assert (status, why in refused["error"]) == (400, True), refused
    changed = TEXT.replace("title: Example CRM", "title: Another CRM")
    status, kept = await asked(machine, "PUT", PATH, {"text": changed, "replace": True})
    assert (status, kept["title"]) == (200, "Another CRM")
    assert [each.name for each in (tmp_path / "connectors").iterdir()] == ["example.yaml"]


async def test_an_app_is_looked_at_and_a_manifest_proposed(made, example):
    _, typed = example
    machine = await made.machine()
    wanted = {"name": "looked-at", "urls": [f"{typed['base_url']}/people"], "key": typed["api_key"]}
    status, proposal = await asked(machine, "POST", f"{PATH}/probe", wanted)
    assert status == 200, proposal
    seen = {each["place"]: each for each in proposal["seen"]}
    assert (seen["email"]["field"], seen["email"]["observed"]) == ("email", True)
    assert typed["api_key"] not in proposal["manifest"]
    _, told = await asked(machine, "POST", f"{PATH}/check", {"text": proposal["manifest"]})
    assert told["problems"] == []
    status, refused = await asked(
        machine, "POST", f"{PATH}/probe", {**wanted, "urls": ["http://169.254.169.254/people"]}
    )
    assert status == 400, refused
    status, refused = await asked(machine, "POST", f"{PATH}/probe", {**wanted, "key": "wrong"})
    assert status == 409
    assert "wrong" not in refused["error"]


async def test_manifests_are_for_admins(made):
    people = await made.people()
    for role in (Role.VIEWER, Role.OPERATOR):
        for method, path, body in (
            ("GET", PATH, None),
            ("PUT", PATH, {"text": TEXT}),
            ("POST", f"{PATH}/check", {"text": TEXT}),
            ("DELETE", f"{PATH}/example", None),
        ):
            assert (await asked(people[role], method, path, body))[0] == 403
