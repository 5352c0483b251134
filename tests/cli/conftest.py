"""The command line in this process, and a sandbox for it to talk to."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from dataclasses import dataclass

import pytest
import structlog

from instep import bootstrap
from instep.cli.app import main
from instep.sandbox import Sandbox, invent


@dataclass
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out.strip().splitlines()[-1])


@pytest.fixture
def instep(tmp_path, sqlite_template, monkeypatch, capsys):
    """Run `instep ARGS…` with a data directory of this test's own, whose database is migrated."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(sqlite_template, data / "instep.db")
    monkeypatch.setenv("INSTEP_DATA_DIR", str(data))

    def run(*args) -> Said:
        monkeypatch.setattr(sys, "argv", ["instep", *map(str, args)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        # both keep the standard error they first saw, which pytest closes sooner than we end
        logging.getLogger("dbos").handlers.clear()
        structlog.reset_defaults()
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="module")
def sandbox():
    """Both apps of the sandbox with a few people, on real ports."""
    apps = bootstrap.sandbox_apps(pace="fast", only=("gohighlevel", "insightly"))
    for app in apps:
        app.load(invent(8, seed=3, country="US"))
    with Sandbox(apps).in_thread() as served:
        yield served.describe()


@pytest.fixture
def ghl(sandbox):
    """The options that connect the sandbox's GoHighLevel."""
    described = sandbox["gohighlevel"]
    return settings(
        base_url=described["url"],
        location_id=described["location_id"],
        token=described["private_integration_token"],
    )


@pytest.fixture
def insightly(sandbox):
    """The options that connect the sandbox's Insightly."""
    described = sandbox["insightly"]
    return settings(base_url=described["url"], api_key=described["api_key"])


def settings(**values) -> list[str]:
    """Return these settings as command line options."""
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
