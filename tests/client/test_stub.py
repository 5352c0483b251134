"""What a type checker knows of the client, and that it is what the catalogue says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.stubs.build import STUB, stub

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))


def mypy(path):
    """What mypy says of these files, with the project's own settings."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_the_stub_is_what_the_catalogue_says():
    assert STUB.read_text() == stub(), "run python -m tools.stubs.build"


def test_the_examples_are_typed():
    assert len(EXAMPLES) >= 3
    assert mypy(ROOT / "examples") == (
        0,
        f"Success: no issues found in {len(EXAMPLES)} source files\n",
    )


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ('firstName="Ada"', 'fristName="Ada"', 'Unexpected keyword argument "fristName"'),
        ("            completed=False,\n", "", 'Missing named argument "completed"'),
        ("completed=False", 'completed="no"', 'Argument "completed"'),
        ('on_duplicate="return"', 'on_duplicate="retrun"', 'Argument "on_duplicate"'),
        ("contacts.create_task", "contacts.creat_task", 'has no attribute "creat_task"'),
    ],
)
def test_a_mistake_in_an_example_is_found(tmp_path, right, wrong, sentence):
    text = (ROOT / "examples" / "create_a_contact.py").read_text()
    assert right in text
    copy = tmp_path / "mistaken.py"
    copy.write_text(text.replace(right, wrong))
    code, said = mypy(copy)
    assert code == 1
    assert sentence in said


@pytest.mark.parametrize(
    ("code", "is_right"),
    [
        ("for contact in ghl.contacts.search(filters=F.tags == 'vip'): print(contact)", True),
        ("print(ghl.custom_fields().write({'a': 1}))", True),
        ("ghl.contacts.search(filters='vip')", False),
        ("ghl.contacts.update_note(contactId='c', id='n', bdy='x')", False),
        ("print(ghl.contacts.get(contactId='c')['contact'])", True),
        ("ghl.contacts.bulk_tags(type='add', contacts=['c'], tags=['t'])", True),
        ("ghl.contacts.bulk_tags(type='set', contacts=['c'], tags=['t'])", False),
        ("ghl.locations.delete(deleteTwilioAccount=True)", False),
    ],
)
def test_the_sync_face_is_typed_as_well(tmp_path, code, is_right):
    path = tmp_path / "program.py"
    head = "from __future__ import annotations\nfrom instep import F, GoHighLevelSync\n"
    path.write_text(f"{head}ghl = GoHighLevelSync(token='pit-0', location_id='L')\n{code}\n")
    assert (mypy(path)[0] == 0) is is_right
