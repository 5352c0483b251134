"""What people install holds all of the product and nothing of its tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "instep"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, as a release would build it."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = folder.glob("*.whl")
    with ZipFile(path) as opened:
        yield opened


def test_it_holds_every_module_but_the_tests(wheel):
    modules = {
        f"instep/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*.py")
        if "tests" not in path.relative_to(PACKAGE).parts
    }
    assert {name for name in wheel.namelist() if name.endswith(".py")} == modules


def test_it_holds_no_tests(wheel):
    assert [name for name in wheel.namelist() if "/tests/" in name] == []


def test_it_holds_the_migrations_and_the_type_marker(wheel):
    names = wheel.namelist()
    assert "instep/store/migrations/env.py" in names
    assert any(name.startswith("instep/store/migrations/versions/0001") for name in names)
    assert "instep/py.typed" in names


def test_it_holds_each_connectors_own_pages(wheel):
    folders = {name.rsplit("/", 1)[0] for name in wheel.namelist() if "quality.toml" in name}
    assert folders >= {"instep/connectors/gohighlevel", "instep/connectors/insightly"}


def test_it_holds_every_recipe(wheel):
    held = {name for name in wheel.namelist() if name.startswith("instep/recipes/data/")}
    assert len(held) == len([*(PACKAGE / "recipes" / "data").glob("*.yaml")]) > 0


def test_it_names_its_licence_and_its_command(wheel):
    [info] = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert "Apache License" in wheel.read(f"{info}/licenses/LICENSE").decode()
    assert "instep = instep.cli.app:main" in wheel.read(f"{info}/entry_points.txt").decode()
    metadata = Parser().parsestr(wheel.read(f"{info}/METADATA").decode())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata["Version"] == project["version"]
    assert metadata["License-Expression"] == "Apache-2.0"


def test_it_holds_the_web_app(wheel):
    if not (PACKAGE / "ui" / "dist" / "index.html").is_file() and shutil.which("npm") is None:
        pytest.skip("there is no npm to build it with")
    held = [name for name in wheel.namelist() if name.startswith("instep/ui/dist/")]
    assert "instep/ui/dist/index.html" in held
    assert any(name.endswith(".js") for name in held)
    assert not any("node_modules" in name for name in wheel.namelist())
