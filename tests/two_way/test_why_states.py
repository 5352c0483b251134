"""`why` explains every state of a record, the same by service, command and API.

The sentences are held to what they say, not to their wording.
"""

from __future__ import annotations

import json
import sys

import pytest
import structlog

from instep.cli.app import main
from instep.core.why import Stand
from tests.api.signed_in import signed_in
from tests.two_way.hooks import serving
from tests.two_way.stage import SYNC, email, staged
from tests.two_way.states import PEOPLE, TASK, prepare

GHL, INSIGHTLY = "gohighlevel", "insightly"
STANDS = {
    Stand.IN_STEP: ("Anna", ("In step since", "linked by e-mail")),
    Stand.CONFLICT: ("Bert", ("changed city differently", "'Gouda'", "'Delft'", "person decides")),
    Stand.EXCLUDED: ("Cora", ("left alone", "gone on side B", "edited on side A", "kept")),
    Stand.RESTLESS: ("Dora", ("2 times within an hour", "another tool")),
    Stand.REJECTED: ("Ella", ("did not take", "duplicated contacts", "tried again when")),
    Stand.WAITING: ("Finn", ("on its way", "tried ", "next at", "500")),
    Stand.GONE: ("Gust", ("not in gohighlevel any more",)),
    Stand.AMBIGUOUS: (
        "Hugo",
        ("not certain", "share its e-mail", "may be Hugo Doe", ", or Hugo Doe"),
    ),
    Stand.AWAITING: (TASK, ("It waits", "contact Hugo Doe", "not certain")),
    Stand.NOTICED: ("Iris", ("may have changed", "next run looks at it")),
    Stand.UNKNOWN: ("Nobody", ("No sync has read", "nobody@example.com", "sync status")),
}


@pytest.fixture
async def prepared(database_url, tmp_path, monkeypatch):
    """A record in each state; the command line finds the same database and key."""
    monkeypatch.setenv("INSTEP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("INSTEP_DATABASE_URL", database_url)
    monkeypatch.setenv("INSTEP_LOG_LEVEL", "warning")
    async with staged(database_url, tmp_path, PEOPLE) as stage:
        await prepare(stage)
        yield stage


@pytest.fixture
def command(monkeypatch, capsys):
    """Run `instep ARGS…` in this process; return what it said."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["instep", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        structlog.reset_defaults()  # they keep the standard error they first saw
        assert not ended.value.code
        return capsys.readouterr().out

    return run


def test_there_is_a_record_for_every_stand():
    assert set(STANDS) == set(Stand)


def test_the_command_explains_each_in_sentences_and_as_json(prepared, command):
    for stand in (Stand.CONFLICT, Stand.UNKNOWN):
        name, fragments = STANDS[stand]
        _check(stand, fragments, " ".join(command("why", _asked(prepared, name)).split()))
    for stand, (name, fragments) in STANDS.items():
        told = json.loads(command("why", _asked(prepared, name), "--json"))[0]
        assert told["stands"] == stand.value
        _check(stand, fragments, " ".join(told["why"]))


async def test_the_api_explains_each(prepared):
    async with serving(prepared) as url, signed_in(prepared.instep, url) as client:
        for stand, (name, fragments) in STANDS.items():
            reply = await client.get("/api/why", params={"record": _asked(prepared, name)})
            told = (await reply.json())[0]
            assert told["stands"] == stand.value, told
            _check(stand, fragments, " ".join(told["why"]))
            if stand is Stand.CONFLICT:
                assert told["fields"] == [{"field": "city", "a": "Gouda", "b": "Delft"}]
                assert (told["a"]["connection"], told["b"]["connection"]) == (GHL, INSIGHTLY)


async def test_each_can_be_asked_for_by_its_id_too(prepared):
    for stand, (name, _) in STANDS.items():
        told = (await prepared.instep.reviews.why(_asked(prepared, name)))[0].as_json()
        again = await prepared.why(told["id"])
        assert again["stands"] == told["stands"] == stand.value
        for end in filter(None, (told.get("a"), told.get("b"))):
            assert (await prepared.why(end["id"]))["stands"] == stand.value


async def test_a_stopped_sync_is_named_with_its_reason(prepared):
    await prepared.instep.syncs.pause(SYNC)
    for name in ("Anna", "Bert", "Iris"):
        told = await prepared.why(email(name))
        assert f"The sync {SYNC} does not run" in told["why"][-1]


def _asked(prepared, name):
    """What a person types to ask for it."""
    return prepared.known.get(name) or email(name)


def _check(stand, fragments, said):
    missing = [each for each in fragments if each not in said]
    assert not missing, f"{stand}: {missing} not in {said!r}"
