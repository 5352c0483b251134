"""Names say what things are, in the words of the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "instep"
GLOSSARY = ROOT / "docs" / "glossary.md"

VAGUE = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def speaks_the_apps_words(path: Path) -> bool:
    """Whether a module belongs to one app, whose own words it may use."""
    folder, *inside = path.relative_to(PACKAGE).parts
    return folder in {"connectors", "sandbox"} and len(inside) > 1


def banned_words() -> set[str]:
    """The words in code type in the glossary's last column."""
    rows = re.findall(r"^\|[^|]+\|[^|]+\|([^|]*)\|$", GLOSSARY.read_text(), re.MULTILINE)
    return {word for last in rows for word in re.findall(r"`([a-z]+)`", last)}


def public_names(path: Path) -> Iterator[str]:
    """Every name in a module that others read: of modules, classes, functions, fields, arguments."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name


def words_of(name: str) -> set[str]:
    """`ReadOnlySide` and `read_only_side` are both read, only, side."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ReadOnlySide", {"read", "only", "side"}),
        ("to_e164", {"to", "e"}),
        ("HTTPEdge", {"http", "edge"}),
    ],
)
def test_a_name_falls_into_its_words(name, words):
    assert words_of(name) == words


def test_no_module_has_a_vague_name():
    everything = [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    vague = [path for path in everything if VAGUE & {path.stem, path.parent.name}]
    assert vague == []


def test_public_names_use_the_words_of_the_glossary():
    banned = banned_words()
    assert {"plugin", "pipeline", "snapshot"} <= banned
    found = {
        f"{path.relative_to(ROOT)}: {name} ({', '.join(sorted(words_of(name) & banned))})"
        for path in modules()
        if not speaks_the_apps_words(path)
        for name in public_names(path)
        if not name.startswith("_") and words_of(name) & banned
    }
    assert found == set()


def test_each_word_is_explained_once():
    words = re.findall(r"^\| ([a-z][^|]*?) \|", GLOSSARY.read_text(), re.MULTILINE)
    words = [word for word in words if word != "word"]
    assert len(words) == len(set(words))


def test_an_explained_word_is_not_a_banned_one():
    cells = re.findall(r"^\| ([a-z][^|]*?) \|", GLOSSARY.read_text(), re.MULTILINE)
    assert {word for cell in cells for word in cell.split(", ")} & banned_words() == set()
