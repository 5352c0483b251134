"""The web app stays light, its types are those of the API, and its files stay small."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest

from instep.ui import DIST

WEB = Path(__file__).parents[2] / "web"
SOURCE = WEB / "src"

WHOLE, FIRST = 450_000, 250_000  # bytes as they travel, compressed
LONGEST = 250  # lines of a file that people wrote

needs_build = pytest.mark.skipif(
    not (DIST / "index.html").is_file(), reason="the web app is not built: make ui"
)


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def first_screen(manifest: dict[str, dict[str, object]]) -> set[str]:
    """The files a browser has to fetch before it can show Home."""
    found: set[str] = set()
    waiting = [key for key, each in manifest.items() if each.get("isEntry")]
    while waiting:
        each = manifest[waiting.pop()]
        if each["file"] in found:
            continue
        found |= {each["file"], *each.get("css", [])}
        waiting += each.get("imports", [])
    return found


@needs_build
def test_the_whole_app_keeps_its_budget():
    assert sum(weight(path) for path in (DIST / "assets").iterdir()) <= WHOLE


@needs_build
def test_the_first_screen_keeps_its_budget_and_leaves_other_pages_out():
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text())
    files = first_screen(manifest)
    assert sum(weight(DIST / name) for name in files) <= FIRST
    assert not any("Editor" in name or "Plan" in name for name in files)


@needs_build
def test_the_page_holds_no_script_of_its_own():
    # the policy it is served with allows none: src/instep/api/web_app.py
    page = (DIST / "index.html").read_text()
    assert page.count("<script") == page.count('<script type="module"')
    assert page.count("</script>") == page.count("></script>")


def test_no_file_is_longer_than_the_wall():
    files = [*SOURCE.rglob("*.ts"), *SOURCE.rglob("*.tsx"), *SOURCE.rglob("*.css")]
    lengths = {path: len(path.read_text().splitlines()) for path in files}
    generated = SOURCE / "api" / "schema.d.ts"
    too_long = {path.name: n for path, n in lengths.items() if n > LONGEST and path != generated}
    assert len(lengths) > 50
    assert too_long == {}


@pytest.mark.skipif(
    not (WEB / "node_modules" / "openapi-typescript").is_dir(), reason="npm ci in web/ has not run"
)
def test_the_types_are_those_of_the_api(tmp_path):
    scripts = json.loads((WEB / "package.json").read_text())["scripts"]
    command = scripts["types"].replace("src/api/schema.d.ts", str(tmp_path / "schema.d.ts"))
    program, *words = command.split()
    binary = WEB / "node_modules" / ".bin" / program
    subprocess.run([binary, *words], cwd=WEB, check=True, capture_output=True)
    now = (tmp_path / "schema.d.ts").read_text()
    assert now == (SOURCE / "api" / "schema.d.ts").read_text()
