"""Without any one connector's folder the rest works: nothing outside it knows that it is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.architecture.test_contracts import CONTRACTS, ROOT, lint

PACKAGE = ROOT / "src" / "instep"
APPS = sorted(path.parent.name for path in PACKAGE.glob("connectors/*/__init__.py"))
REMOVABLE = [name for name in APPS if name != "gohighlevel"]  # the one that the product is about
GOES_WITH = {
    "custom": {
        "instep.api.manifests",
        "instep.cli.describing",
        "instep.engine.manifest_trials",
        "instep.engine.manifests",
    },
    "csv": {f"instep.cli.csv_{name}" for name in ("export", "files", "import", "mapping", "rows")},
}
"""What is left out by the command line itself where a folder is missing."""

USE = """
import json, sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import instep

assert Path(instep.__file__).is_relative_to(Path.cwd()), instep.__file__
left_out = {*sys.argv[1:], "instep.store.migrations.env"}  # which only Alembic can import
modules = [each.name for each in walk_packages(instep.__path__, "instep.")]
for name in modules:
    if name not in left_out and ".versions." not in name:
        import_module(name)

from instep.bootstrap import sandbox_apps
from instep.cli.app import main
from instep.sandbox import Sandbox

with Sandbox(sandbox_apps(pace="fast")).in_thread() as sandbox:
    served = sorted(sandbox.describe())
print(json.dumps({"modules": modules, "served": served}))
sys.argv = ["instep", "connector", "list", "--json"]
main()
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package, from which folders may be taken. Compiled files come along."""
    place = tmp_path_factory.mktemp("house")
    shutil.copytree(PACKAGE, place / "instep", ignore=shutil.ignore_patterns("tests"))
    return place


@pytest.fixture
def without(house, tmp_path_factory):
    """Take a connector's folder away until the test is over."""
    aside, taken = tmp_path_factory.mktemp("aside"), []

    def take(name):
        shutil.move(house / "instep" / "connectors" / name, aside / name)
        taken.append(name)
        return house

    yield take
    for name in taken:
        shutil.move(aside / name, house / "instep" / "connectors" / name)


@pytest.mark.parametrize("name", REMOVABLE)
def test_everything_else_is_imported_listed_and_served(without, name, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE, *GOES_WITH.get(name, ())],
        cwd=without(name),
        env={**os.environ, "PYTHONPATH": ".", "INSTEP_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told, listed = map(json.loads, done.stdout.splitlines())
    assert {"instep.cli.app", "instep.connectors.gohighlevel"} <= set(told["modules"])
    assert not [each for each in told["modules"] if each.startswith(f"instep.connectors.{name}")]
    names = {each["name"] for each in listed}
    assert name not in names
    assert "gohighlevel" in names & set(told["served"])
    if name != "custom":  # manifests are read by it, so that those of templates go, too
        assert names == set(APPS) - {name, "memory"}  # which is for tests, and not offered


def test_the_contracts_hold_without_any_of_them(without):
    for name in REMOVABLE:
        place = without(name)
    assert lint(place) == dict.fromkeys(CONTRACTS, True)


def test_nothing_but_what_goes_with_it_names_a_folder():
    """No import from outside, not even a late one, and no name of a folder in a room above."""
    found = {}
    for name in REMOVABLE:
        spoken = f"connectors.{name}"
        there = {
            ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            for path in PACKAGE.rglob("*.py")
            if spoken in path.read_text() and not path.is_relative_to(PACKAGE / "connectors")
        }
        found[name] = there - {"instep.api.app", "instep.cli.app"}  # they ask whether it is there
    assert all(found[name] <= GOES_WITH.get(name, set()) for name in REMOVABLE), found
