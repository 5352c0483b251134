"""Every connector's folder is whole, and says honestly how far it is proven."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from instep.connectors.quality import RULES, answers_in, quality_of
from tools.quality import PAGE, rewritten

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(
    path.parent for path in (ROOT / "src" / "instep" / "connectors").glob("*/__init__.py")
)
every_connector = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def answers(folder: Path) -> dict[str, object]:
    return tomllib.loads((folder / "quality.toml").read_text())["rules"]


def is_an_answer(rule: str, said: object) -> bool:
    """Done, to do, or exempt with a reason that can be read; a live test has its date."""
    match said:
        case "todo":
            return True
        case "done":
            return rule != "live-tested-on"
        case date():
            return rule == "live-tested-on"
        case {"exempt": str(why), **others}:
            return len(why.split()) > 2 and not others
    return False


def test_there_are_connectors():
    assert {"gohighlevel", "insightly", "memory"} <= {folder.name for folder in FOLDERS}


@every_connector
def test_a_folder_holds_everything_of_its_app(folder):
    assert (folder / "README.md").read_text().startswith("# ")
    assert list((folder / "tests").glob("test_*.py"))


@every_connector
def test_every_rule_is_answered(folder):
    assert set(answers(folder)) == set(RULES)


@every_connector
def test_every_answer_can_be_believed(folder):
    odd = {rule: said for rule, said in answers(folder).items() if not is_an_answer(rule, said)}
    assert odd == {}


@every_connector
def test_a_contract_suite_is_there_when_it_is_called_done(folder):
    texts = [path.read_text() for path in (folder / "tests").glob("*.py")]
    has_one = any("(ConnectorContract)" in text for text in texts)
    assert has_one == (answers(folder)["contract-suite"] == "done")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("docs-page", "yes"),
        ("docs-page", True),
        ("docs-page", {"exempt": ""}),
        ("docs-page", date(2026, 1, 1)),
        ("live-tested-on", "done"),
    ],
)
def test_other_answers_are_refused(rule, said):
    assert not is_an_answer(rule, said)


def test_the_page_of_connectors_says_the_same():
    page = PAGE.read_text()
    assert page == rewritten(page), "run: python -m tools.quality"
    assert "| gohighlevel |" in page


@every_connector
def test_a_connector_is_shown_with_its_answers(folder):
    told = quality_of(folder.name, None)
    assert list(told) == list(RULES)
    assert told == answers_in(folder)
    assert all(said.startswith(("done", "todo", "exempt: ", "20")) for said in told.values())


def test_what_nobody_answered_has_no_answers(tmp_path):
    assert answers_in(tmp_path) == {}
    assert quality_of("nobody", None) == {}
