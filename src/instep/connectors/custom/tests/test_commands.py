"""The whole way by commands: describe, check, connect, verify, keep in step."""

from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog

from instep.cli.app import main
from instep.connectors.custom.emulator import EXAMPLE, ManifestApp
from instep.connectors.custom.loading import complete
from instep.connectors.custom.tests.on_manifest import HERE
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox


@pytest.fixture
def instep(tmp_path, monkeypatch, capsys):
    """Run `instep ARGS…` with a data directory of this test's own."""
    monkeypatch.setenv("INSTEP_DATA_DIR", str(tmp_path / "data"))

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["instep", *map(str, args)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        logging.getLogger("dbos").handlers.clear()
        structlog.reset_defaults()
        said = capsys.readouterr()
        lines = said.out.strip().splitlines()
        return code, json.loads(lines[-1]) if "--json" in args else said.out + said.err

    return run


@pytest.fixture
def manifests(tmp_path):
    folder = tmp_path / "data" / "connectors"
    folder.mkdir(parents=True)
    for file in (HERE / "acme.yaml", EXAMPLE):
        (folder / file.name).write_text(file.read_text())
    return folder


@pytest.fixture
def apps():
    both = [ManifestApp(complete(file), pace=1_000) for file in (HERE / "acme.yaml", EXAMPLE)]
    both[0].load(invent(5, seed=1))
    both[1].load(invent(7, seed=1))
    with Sandbox(both).in_thread() as sandbox:
        yield {app.name: (app, app.typed(sandbox.url(app.name))) for app in both}


def connect(instep, apps, name):
    typed = apps[name][1].items()
    given = [part for key, value in typed for part in ("--set", f"{key}={value}")]
    return instep("connect", name, "--country", "US", *given, "--json")


def test_two_described_apps_are_connected_verified_and_kept_in_step(instep, manifests, apps):
    for name in ("acme", "example"):
        assert connect(instep, apps, name)[0] == 0
    code, findings = instep("connector", "verify", "acme", "--json")
    assert code == 0
    assert {each["what"] for each in findings if each["holds"]} >= {"sign-in", "list", "get"}

    assert instep("sync", "create", "people", "--a", "acme", "--b", "example", "--json")[0] == 0
    for _ in range(2):
        code, ran = instep("sync", "run", "people", "--json")
        assert code == 0, ran

    assert apps["acme"][0].shelves["contacts"].count() == 7
    assert apps["example"][0].shelves["people"].count() == 7
    writes = apps["acme"][0].calls.describe()["calls"]["POST /api/v2/contacts"]
    assert writes == 2


def test_what_does_not_hold_ends_with_one(instep, manifests, apps):
    path = manifests / "acme.yaml"
    path.write_text(path.read_text().replace("updated_since:", "changed_since:"))
    connect(instep, apps, "acme")

    code, said = instep("connector", "verify", "acme")

    assert code == 1
    assert "does not" in said


def test_connectors_are_listed_with_what_is_to_complete(instep, manifests):
    code, found = instep("connector", "list", "--json")

    assert code == 0
    told = {each["name"]: each for each in found}
    assert told["acme"]["records"] == ["contact"]
    assert told["acme"]["missing"] == 0
    assert told["custom"]["missing"] > 5
    assert "memory" not in told  # it is for tests


def test_a_connector_is_shown_with_the_evidence_of_each_field(instep, manifests):
    _, told = instep("connector", "show", "acme", "--json")

    evidence = {each["field"]: each["evidence"] for each in told["fields"]}
    assert evidence["last_name"] == "observed"
    assert {"name": "api_key", "title": "Api key", "secret": True, "required": True} in told[
        "settings"
    ]
    code, text = instep("connector", "show", "acme", "--manifest")
    assert code == 0
    assert text == (HERE / "acme.yaml").read_text()
    assert instep("connector", "show", "nobody")[0] == 2
    assert instep("connector", "show", "memory", "--manifest")[0] == 2


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (("title: Acme", "title: Acme Ltd"), 0, "is complete"),
        (("title: Acme", "titel: Acme"), 2, "did you mean title?"),
        (("{path: /me}", "!required\n  odd: 1"), 2, "there is no such entry"),
    ],
)
def test_a_manifest_is_checked(instep, tmp_path, change, code, said):
    path = tmp_path / "acme.yaml"
    path.write_text((HERE / "acme.yaml").read_text().replace(*change, 1))

    ended, told = instep("connector", "check", path)

    assert ended == code
    assert said in told


def test_a_blank_manifest_is_written_where_it_is_looked_for(instep, tmp_path):
    code, told = instep("connector", "new", "my-app", "--json")

    assert (code, told["file"]) == (0, str(tmp_path / "data" / "connectors" / "my-app.yaml"))
    _, found = instep("connector", "list", "--json")
    listed = {each["name"]: each for each in found}
    assert listed["my-app"]["missing"] == told["missing"] > 20
    assert listed["my-app"]["records"] == []
    assert instep("connector", "check", told["file"])[0] == 3
    code, refused = instep("connect", "my-app", "--country", "US")
    assert (code, "fill this in" in refused) == (2, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("My App", "app: "),
        ("insurgo", "an app called 'insurgo' already"),
        ("gohighlevel", "an app called 'gohighlevel' already"),
        ("taken", "is there already; it is not overwritten"),
    ],
)
def test_a_blank_manifest_overwrites_nothing(instep, tmp_path, name, said):
    there = tmp_path / "there.yaml"
    there.write_text("kept")

    code, told = instep("connector", "new", name, "--output", there)

    assert code == 2
    assert said in " ".join(told.split())
    assert there.read_text() == "kept"


def test_a_template_needs_a_person(instep, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text((HERE.parent / "manifest.yaml").read_text())

    code, told = instep("connector", "check", path, "--json")

    assert code == told["exit_code"] == 3
    assert told["missing"][0]["place"] == "http.auth"


def test_an_app_is_probed_and_what_is_proposed_can_be_checked(instep, tmp_path, apps):
    _, typed = apps["example"]
    path = tmp_path / "seen.yaml"

    code, _ = instep(
        *("connector", "probe", f"{typed['base_url']}/people", "--name", "seen"),
        *("--key", typed["api_key"], "--output", path, "--json"),
    )

    assert code == 0
    assert instep("connector", "check", path)[0] == 0
    assert typed["api_key"] not in path.read_text()


def test_a_probe_obeys_the_rule_of_private_networks(instep):
    code, said = instep("connector", "probe", "http://10.1.2.3/contacts", "--key", "k")

    assert code == 2
    assert "private network" in said
    assert instep("connector", "probe", "https://a.example/x", "--auth", "magic")[0] == 2


def test_an_app_is_connected_by_client_credentials_and_nobody_is_asked(instep, tmp_path):
    text = (HERE / "acme.yaml").read_text()
    signed = 'auth: {type: header, name: X-Api-Key, secret: api_key, prefix: "Key "}'
    assert signed in text
    ours = (
        "auth: {type: oauth2, grant: client_credentials, scopes: [read], "
        'token_url: "https://{config.pod}.acme.example/token"}'
    )
    folder = tmp_path / "data" / "connectors"
    folder.mkdir(parents=True)
    path = folder / "acme.yaml"
    path.write_text(text.replace(signed, ours).replace("  api_key: {type: secret}\n", ""))
    app = ManifestApp(complete(path), pace=1_000)
    with Sandbox([app]).in_thread() as sandbox:
        apps = {"acme": (app, app.typed(sandbox.url("acme")))}

        code, made = connect(instep, apps, "acme")

        assert (code, made["auth"]) == (0, "oauth2")
        assert app.calls.describe()["calls"] == {"GET /api/v2/me": 1, "POST /token": 1}
        assert instep("connector", "verify", "acme")[0] == 0
