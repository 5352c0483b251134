"""Runs `sdk_node/drive.js`: the official Node SDK against the sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

from tests.conformance.local_account import REDIRECT_URI, Account
from tests.conformance.outcome import Outcome, Verdict

FOLDER = Path(__file__).parent / "sdk_node"
_PACKAGE = "@gohighlevel/api-client"
_PINNED = json.loads((FOLDER / "package.json").read_text())["dependencies"][_PACKAGE]
_OLDEST_NODE = 20
_INSTALL_SECONDS = 180
_DRIVE_SECONDS = 60

CLIENT = f"Node SDK {_PINNED}, v2 view"


class NodeNotReady(Exception):
    """The Node SDK cannot be run here; the text says what to do."""


def drive(account: Account) -> list[Outcome]:
    """Try every operation in order. Raises NodeNotReady if Node or the SDK is not to be had."""
    install()
    given = asdict(account) | {
        "code": account.authorise(account.location_id),
        "redirect_uri": REDIRECT_URI,
    }
    done = _run(["node", "drive.js"], _DRIVE_SECONDS, json.dumps(given))
    tried = [_outcome(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or not tried:
        tried.append(Outcome(CLIENT, "drive.js", Verdict.FAILED, done.stderr.strip()))
    return tried


def _outcome(line: str) -> Outcome:
    said = json.loads(line)
    return Outcome(CLIENT, said["operation"], Verdict(said["verdict"]), said["note"])


def install() -> None:
    """Fetch exactly what package-lock.json names, unless it is there already."""
    _check_node()
    manifest = FOLDER / "node_modules" / _PACKAGE / "package.json"
    # npm writes this file last: an interrupted installation does not have it
    complete = (FOLDER / "node_modules" / ".package-lock.json").exists()
    if complete and json.loads(manifest.read_text())["version"] == _PINNED:
        return
    wanted = f"npm could not fetch {_PACKAGE} {_PINNED}; check the network and try again"
    try:
        done = _run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], _INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise NodeNotReady(f"{wanted}: it took over {_INSTALL_SECONDS} s.") from None
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        raise NodeNotReady(f"{wanted}: {' '.join(errors[:1])}")


def _check_node() -> None:
    wanted = f"The Node SDK needs Node {_OLDEST_NODE} or newer with npm; install it and try again."
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NodeNotReady(wanted)
    version = _run(["node", "--version"], _DRIVE_SECONDS).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < _OLDEST_NODE:
        raise NodeNotReady(f"{wanted} Found {version}.")


def _run(command: list[str], seconds: int, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=FOLDER,
        input=said,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
