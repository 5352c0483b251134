"""A house to walk through: the sandbox's apps and Instep's server, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any
from urllib import request

from instep.cli.app import main
from instep.engine import alerts

PASSWORD = "four quiet walking boots"
WAIT = 60  # seconds; whoever waits this long has failed
GHL_VERSION = "2021-07-28"
LOOK_EVERY = timedelta(seconds=1)
"""Trouble is looked for this often here: nobody learns more by waiting for half a minute."""

PROGRAM = os.environ.get("INSTEP_PROGRAM")
"""Where an `instep` is installed, if that is walked through instead of this tree's."""

# To load what the two commands need takes longer than most of what is done with them, so it is
# loaded once, by a process that is copied for each house.
_READY = multiprocessing.get_context("forkserver")
_READY.set_forkserver_preload(
    ["instep.cli.serve", "instep.cli.sandbox", "alembic.command", "uvicorn.loops.auto", __name__]
)
_HEADERS = {"Content-Type": "application/json", "User-Agent": "a-persons-browser"}


@dataclass(frozen=True)
class House:
    """`url` is Instep's own, `link` makes its first user; `apps` is what the sandbox told of each.

    `token` is the one of this machine; `sessions` are the cookies of those who signed in.
    """

    url: str
    link: str
    token: str
    apps: dict[str, dict[str, str]]
    sessions: dict[str, list[Any]] = field(default_factory=dict)

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Call Instep's API."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return _call(f"{self.url}{path}", body, method, headers)

    def add_user(self, name: str, role: str) -> None:
        """Let somebody in, with the password of everybody here."""
        self.ask("/api/users", {"name": name, "role": role, "password": PASSWORD})

    def connect(self, only: Sequence[str] = ("gohighlevel", "insightly")) -> None:
        """Connect both apps, or one, by the API."""
        ghl, insightly = self.apps["gohighlevel"], self.apps["insightly"]
        typed = {
            "gohighlevel": {
                "base_url": ghl["url"],
                "location_id": ghl["location_id"],
                "token": ghl["private_integration_token"],
            },
            "insightly": {"base_url": insightly["url"], "api_key": insightly["api_key"]},
        }
        for app in only:
            self.ask(
                "/api/connections",
                {"connector": app, "name": app, "country": "US", "settings": typed[app]},
            )

    def run_to_the_end(self, sync: str) -> dict[str, Any]:
        """Have a sync run, and wait until that run has ended."""
        before = self._latest(sync)
        self.ask(f"/api/syncs/{sync}/run", {})
        return self.ended(sync, before)

    def ended(self, sync: str, before: str | None) -> dict[str, Any]:
        """Wait for a run after this one, and for its end."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            latest: dict[str, Any] | None
            [latest] = self.ask(f"/api/syncs/{sync}/runs?limit=1")["runs"] or [None]
            if latest and latest["id"] != before and latest["state"] != "running":
                return latest
            time.sleep(0.2)
        raise AssertionError(f"{sync} did not run within {WAIT} seconds")

    def _latest(self, sync: str) -> str | None:
        runs = self.ask(f"/api/syncs/{sync}/runs?limit=1")["runs"]
        return runs[0]["id"] if runs else None

    # The two apps, as their own users see them

    def ghl(self, method: str, path: str, body: Any = None) -> Any:
        """Call the sandbox's GoHighLevel."""
        told = self.apps["gohighlevel"]
        headers = {
            "Authorization": f"Bearer {told['private_integration_token']}",
            "Version": GHL_VERSION,
        }
        return _call(f"{told['url']}{path}", body, method, headers)

    def ghl_contacts(self) -> list[dict[str, Any]]:
        """Return the first contacts of the location."""
        wanted = {"locationId": self.apps["gohighlevel"]["location_id"], "pageLimit": 100}
        found: list[dict[str, Any]] = self.ghl("POST", "/contacts/search", wanted)["contacts"]
        return found

    def insightly(self, method: str, path: str, body: Any = None) -> Any:
        """Call the sandbox's Insightly."""
        told = self.apps["insightly"]
        headers = {"Authorization": _basic(told["api_key"])}
        return _call(f"{told['url']}{path}", body, method, headers)


def _basic(key: str) -> str:
    return f"Basic {b64encode(f'{key}:'.encode()).decode()}"


def _call(
    url: str, body: Any = None, method: str | None = None, headers: dict[str, str] | None = None
) -> Any:
    data = None if body is None else json.dumps(body).encode()
    sent = request.Request(url, data, {**_HEADERS, **(headers or {})})
    sent.method = method or ("GET" if body is None else "POST")
    with request.urlopen(sent, timeout=WAIT) as reply:
        text = reply.read()
    return json.loads(text) if text else None


@contextlib.contextmanager
def house(folder: Path, people: int, migrated: Path | None = None) -> Iterator[House]:
    """Start the sandbox with so many people in each app, and a server that knows of none.

    Its database is a copy of `migrated`, or comes from nothing.
    """
    if migrated is not None:
        (folder / "data").mkdir(mode=0o700)
        shutil.copy(migrated, folder / "data" / "instep.db")
    env = {**os.environ, "INSTEP_DATA_DIR": str(folder / "data"), "NO_COLOR": "1"}
    env.pop("INSTEP_DATABASE_URL", None)
    invented = ("--pace", "fast", "--contacts", str(people), "--seed", "7")
    with (
        _process(["sandbox", *invented], env) as said,
        _process(["up", "--port", "0"], env) as told,
    ):
        apps = json.loads(said.readline())
        url = told.readline().split()[-1].removesuffix("/")
        told.readline()  # says what the link is for
        link = told.readline().strip()
        token = (folder / "data" / "local-token").read_text().strip()
        yield House(url, link, token, apps)


def _process(command: list[str], env: dict[str, str]) -> contextlib.AbstractContextManager[IO[str]]:
    """Run `instep` in a process of its own until the end of the block; what it says."""
    return _copied(command, env) if PROGRAM is None else _installed(PROGRAM, command, env)


@contextlib.contextmanager
def _installed(program: str, command: list[str], env: dict[str, str]) -> Iterator[IO[str]]:
    with subprocess.Popen(
        [program, *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.terminate()
            process.wait(WAIT)


@contextlib.contextmanager
def _copied(command: list[str], env: dict[str, str]) -> Iterator[IO[str]]:
    heard, said = _READY.Pipe(duplex=False)
    process = _READY.Process(target=_instep, args=(command, env, said), daemon=True)
    process.start()
    said.close()
    try:
        with open(heard.fileno(), encoding="utf-8", closefd=False) as lines:
            yield lines
    finally:
        process.terminate()
        process.join(WAIT)
        heard.close()
        assert process.exitcode is not None, f"instep {command[0]} does not end"


def _instep(command: list[str], env: dict[str, str], said: Connection) -> None:
    """Be `instep` with these arguments and nothing else of where this process came from."""
    os.environ.clear()
    os.environ.update(env)
    os.dup2(said.fileno(), sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    alerts.LOOK_EVERY = LOOK_EVERY
    sys.argv = ["instep", *command]
    main()
