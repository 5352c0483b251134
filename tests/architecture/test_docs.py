"""The reference says what there is: all of it, and nothing that is not there."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from instep.cli.app import build
from instep.connectors import discover
from instep.core import errors
from instep.sandbox.faults import NAMES
from instep.sandbox.gohighlevel.settings import Settings as GoHighLevelSettings
from instep.settings import Settings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
ADRS = ROOT / "docs" / "adr"


def commands(command=None, name="instep") -> Iterator[tuple[str, object]]:
    """Every command that does something, by its full name."""
    command = command or typer.main.get_command(build())
    below = getattr(command, "commands", None)
    if below is None or command.invoke_without_command:
        yield name, command
    if below is None:
        return
    for each, sub in below.items():
        yield from commands(sub, f"{name} {each}")


COMMANDS = dict(commands())


def sections(page: str) -> dict[str, str]:
    """Heading → text of a reference page, for headings that name something in code type."""
    text = (REFERENCE / page).read_text()
    found = re.split(r"^#{2,4} .*?`([^`]+)`.*$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def rows(page: str) -> list[str]:
    """What the first cells of a reference page's tables name in code type."""
    return re.findall(r"^\| `([^`]+)`", (REFERENCE / page).read_text(), re.MULTILINE)


def test_every_setting_has_its_row():
    assert sorted(rows("settings.md")) == sorted(
        f"INSTEP_{name.upper()}" for name in Settings.model_fields
    )


def test_every_command_has_its_section():
    assert sorted(sections("cli.md")) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_named_in_its_commands_section(name):
    section = sections("cli.md")[name]
    options = {max(each.opts, key=len) for each in COMMANDS[name].params if each.opts}
    options = {each for each in options if each.startswith("--") and each != "--help"}
    assert {each for each in options if f"`{each}" not in section} == set()


def test_no_section_names_an_option_that_is_not_there():
    unknown = {
        f"{name} {option}"
        for name, section in sections("cli.md").items()
        for option in re.findall(r"`(--[a-z-]+)", section)
        if option not in {each for param in COMMANDS[name].params for each in param.opts}
    }
    assert unknown == set()


def test_every_connector_has_its_section():
    folder = ROOT / "src" / "instep" / "connectors"
    assert sorted(sections("connectors.md")) == sorted(
        path.parent.name for path in folder.glob("*/__init__.py")
    )


def test_every_field_of_a_resource_is_named():
    page = (REFERENCE / "connectors.md").read_text()
    fields = {
        field.name
        for connector in discover().values()
        for resource in connector.resources
        for field in resource.fields
    }
    assert {name for name in fields if f"`{name}`" not in page} == set()


def test_every_fault_and_switch_of_the_sandbox_has_its_row():
    named = {name for name in rows("sandbox.md") if name.isidentifier()} - set(discover())
    switches = [each.name for each in dataclasses.fields(GoHighLevelSettings)]
    assert sorted(named) == sorted([*NAMES, *switches])


def test_every_error_has_its_row():
    tree = [
        name
        for name, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, errors.InstepError)
    ]
    assert sorted(rows("errors.md")) == sorted(tree)


def test_every_decision_is_listed_in_order():
    listed = re.findall(r"^\| \[(\d{4})\]\((.+?)\)", (ADRS / "README.md").read_text(), re.MULTILINE)
    pages = sorted(path.name for path in ADRS.glob("[0-9]*.md"))
    assert [name for _, name in listed] == pages
    assert [number for number, _ in listed] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    assert all(name.startswith(number) for number, name in listed)


@pytest.mark.parametrize("page", sorted(ADRS.glob("[0-9]*.md")), ids=lambda page: page.stem)
def test_every_decision_has_its_three_parts(page):
    text = page.read_text()
    assert re.match(rf"# {page.name[:4]} \w", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_every_picture_is_small_and_shown():
    pictures = [*(ROOT / "docs" / "pictures").iterdir()]
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(each.read_text() for each in pages)
    assert 0 < len(pictures) <= 12
    assert [each.name for each in pictures if each.stat().st_size > 150_000] == []
    assert [each.name for each in pictures if f"pictures/{each.name})" not in text] == []
