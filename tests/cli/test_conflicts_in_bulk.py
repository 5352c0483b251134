"""Many conflicts through the command line: in pages, counted first, settled all at once."""

from __future__ import annotations

import json
from itertools import count

import pytest

from instep.connectors import memory

WRONG_USE, NEEDS_PERSON = 2, 3
PEOPLE = [{"first_name": f"P{number}", "email": f"p{number}@example.com"} for number in range(4)]
_numbers = count(1)


@pytest.fixture
def asking(instep, tmp_path):
    """A sync of two apps that disagree about four cities, run once."""
    number = next(_numbers)
    names = [f"bulk-{side}{number}" for side in ("a", "b")]
    for name, city in zip(names, ("Leiden", "Delft"), strict=True):
        app = memory.install(memory.MemoryApp(name))
        for each in PEOPLE:
            app.add({**each, "city": city})
        connect = ("--set", f"name={name}", "--set", f"token={app.token}")
        assert instep("connect", "memory", "--name", name, *connect).code == 0
    rows = [{"a": "first_name"}, {"a": "email"}, {"a": "city", "authority": "ask"}]
    (tmp_path / "mapping.json").write_text(json.dumps(rows))
    ends = ("--a", names[0], "--b", names[1], "--mapping", tmp_path / "mapping.json")
    assert instep("sync", "create", "people", *ends).code == 0
    assert instep("sync", "run", "people", "--json").code == 0
    return instep


def test_a_page_says_where_the_next_one_begins(asking):
    first = asking("conflicts", "--limit", 3, "--json").json
    assert (first["total"], len(first["items"])) == (4, 3)
    table = asking("conflicts", "--limit", 3).out
    assert f"--after {first['next']}" in table, table
    second = asking("conflicts", "--limit", 3, "--after", first["next"], "--json").json
    assert (len(second["items"]), second["next"]) == (1, None)


def test_all_are_counted_then_settled_after_a_word(asking):
    word = ("conflicts", "resolve", "--all", "--stands", "conflict", "--use", "b")
    assert "4 would be settled. Nothing was." in asking(*word, "--preview").out
    assert asking(*word, "--preview", "--json").json == {"meant": 4}
    unasked = asking(*word)
    assert unasked.code == NEEDS_PERSON
    assert "This settles 4 records. Add --yes if that is right." in unasked.err
    assert asking("conflicts", "--json").json["total"] == 4
    settled = asking(*word, "--yes", "--json")
    assert settled.code == 0
    assert [each["settled"] for each in settled.json] == [True] * 4
    assert asking("sync", "run", "people", "--json").code == 0
    assert "Nothing waits for a person." in asking("conflicts").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--use", "a"), "Say which: ids from instep conflicts, or --all."),
        (("x", "--all", "--use", "a"), "--all with neither ids nor --match"),
        (("--all", "--match", "x"), "--all with neither ids nor --match"),
        (("--stands", "conflict", "--use", "a"), "go with --all"),
        (("x", "--preview", "--use", "a"), "go with --all"),
    ],
)
def test_what_does_not_go_together_is_refused(instep, arguments, sentence):
    said = instep("conflicts", "resolve", *arguments)
    assert said.code == WRONG_USE
    assert sentence in said.err
