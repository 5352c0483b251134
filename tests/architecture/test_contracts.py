"""The import contracts hold, and each of them would notice a breach."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "pyproject.toml"
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads(CONFIG.read_text())["tool"]["importlinter"]["contracts"]
]

LAYERS = "Layers: imports only point down"
PURE = "The core is pure: no I/O, no frameworks"
INDEPENDENT = "Connectors do not know each other"
THROUGH_SDK = "Connectors reach the network only through the sdk"
ACYCLIC = "No import cycles"

BREACHES = {
    "the sandbox looks up at the store": (
        LAYERS,
        {"sandbox/planted.py": "import instep.store"},
    ),
    "the store looks sideways at a connector": (
        LAYERS,
        {"store/planted.py": "import instep.connectors.memory"},
    ),
    "a room has no place in the house": (LAYERS, {"planted/__init__.py": ""}),
    "the core opens a database": (PURE, {"core/planted.py": "import sqlite3"}),
    "the core reads the clock": (PURE, {"core/planted.py": "import time"}),
    "one connector imports another": (
        INDEPENDENT,
        {"connectors/memory/planted.py": "import instep.connectors.gohighlevel"},
    ),
    "a connector sends HTTP itself": (
        THROUGH_SDK,
        {"connectors/memory/planted.py": "import aiohttp"},
    ),
    "two modules import each other": (
        ACYCLIC,
        {
            "core/planted_one.py": "import instep.core.planted_two",
            "core/planted_two.py": "import instep.core.planted_one",
        },
    ),
}


@pytest.fixture
def house(tmp_path):
    """A copy of the package that may be spoilt. Imported from there: cwd comes first."""
    shutil.copytree(
        ROOT / "src" / "instep",
        tmp_path / "instep",
        ignore=shutil.ignore_patterns("__pycache__", "tests"),
    )
    return tmp_path


def lint(where: Path) -> dict[str, bool]:
    """Return contract → kept, as the real configuration judges the package at `where`."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--config", CONFIG, "--no-cache", "--no-logo"],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "PATH": ""},
    )
    verdicts = re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE)
    assert verdicts, done.stdout + done.stderr
    return {name: verdict == "KEPT" for name, verdict in verdicts}


def test_all_contracts_are_kept():
    assert lint(ROOT / "src") == dict.fromkeys(CONTRACTS, True)


@pytest.mark.parametrize("breach", BREACHES)
def test_exactly_the_breached_contract_is_reported(house, breach):
    contract, planted = BREACHES[breach]
    for name, text in planted.items():
        path = house / "instep" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n")
    assert lint(house) == {name: name != contract for name in CONTRACTS}


def test_every_contract_has_its_breach():
    assert {contract for contract, _ in BREACHES.values()} == set(CONTRACTS)
