"""What a page points to exists: other pages, headings, commands, make targets, settings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from instep.cli.app import build
from instep.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "src" / "instep").rglob("*.md"),
    ]
)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings can be reached by."""
    headings = re.findall(r"^#+ (.+)$", without_code(page.read_text()), re.MULTILINE)
    bare = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in bare}


def shell_lines(page: Path) -> list[str]:
    """The commands in a page's shell blocks, continued lines joined, prompts and comments off."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    text = "\n".join(blocks).replace("\\\n", " ")
    return [line.removeprefix("$ ").strip() for line in text.splitlines()]


COMMAND = typer.main.get_command(build())


def resolve(words: list[str]):
    """Walk the command line's tree; return the command and the words left over."""
    command = COMMAND
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


@every_page
def test_links_lead_somewhere(page):
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (fragment and fragment not in anchors(there)):
            dead.append(target)
    assert dead == []


@every_page
def test_commands_can_be_typed_as_shown(page):
    wrong = []
    for line in shell_lines(page):
        words = shlex.split(line, comments=True)
        if not words or Path(words[0]).name != "instep":
            continue
        command, rest = resolve(words[1:])
        options = {each for param in getattr(command, "params", []) for each in param.opts}
        unknown = {each.split("=")[0] for each in rest if each.startswith("-")} - options
        if hasattr(command, "commands") or unknown - {"--help"}:
            wrong.append(line)
    assert wrong == []


@every_page
def test_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z0-9]+)", page.read_text(), re.MULTILINE))
    assert named <= targets


@every_page
def test_settings_exist(page):
    settings = {f"INSTEP_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"\bINSTEP_[A-Z_]+[A-Z]", page.read_text()))
    # what only the tests read is no setting of the product
    assert {name for name in named - settings if page.name != "CONTRIBUTING.md"} == set()


def test_every_page_can_be_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        links = re.findall(r"\]\(([^)#\s]+\.md)", page.read_text())
        found = {(page.parent / link).resolve() for link in links if ":" not in link}
        ahead += sorted(each for each in found - reached if each.exists())
    assert set(PAGES) - reached == set()
