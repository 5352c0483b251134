"""Bad input gets one clear sentence and its exit code, and leaves nothing half-done."""

from __future__ import annotations

import json

import pytest

from instep.store.database import Database
from instep.store.owner import owning
from tests.cli.conftest import settings

FAILED, WRONG_USE, NEEDS_PERSON = 1, 2, 3


def _one_sentence(said) -> str:
    assert "Traceback" not in said.err + said.out
    return said.err.strip()


@pytest.fixture
def both(instep, ghl, insightly):
    """Both apps connected."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    return instep


def test_a_wrong_token_is_named_as_such_and_nothing_is_stored(instep, ghl):
    wrong = [part.replace("token=pit-", "token=pit-ffff") for part in ghl]
    said = instep("connect", "gohighlevel", *wrong)
    assert said.code == NEEDS_PERSON
    assert "token" in _one_sentence(said).lower()
    assert "pit-ffff" not in said.err + said.out
    assert instep("connections", "--json").json == []


def test_a_key_of_the_old_api_is_refused_with_an_explanation(instep, ghl):
    old = [
        part if not part.startswith("token=") else "token=eyJhbGciOiJIUzI1NiJ9.e.s" for part in ghl
    ]
    said = instep("connect", "gohighlevel", *old)
    assert said.code == WRONG_USE
    assert "private integration token" in _one_sentence(said).lower()
    assert "eyJhbGci" not in said.err


def test_a_wrong_location_is_named_as_such(instep, ghl):
    other = [
        part if "location_id" not in part else "location_id=AAAAAAAAAAAAAAAAAAAA" for part in ghl
    ]
    said = instep("connect", "gohighlevel", *other)
    assert said.code == NEEDS_PERSON
    assert "location" in _one_sentence(said)


def test_a_dead_url_is_named_with_its_host_and_port(instep, ghl):
    dead = [part if "base_url" not in part else "base_url=http://127.0.0.1:9" for part in ghl]
    said = instep("connect", "gohighlevel", *dead)
    assert said.code == FAILED
    assert "127.0.0.1:9" in _one_sentence(said)


def test_a_missing_setting_is_named(instep):
    said = instep("connect", "gohighlevel", *settings(token="pit-00000000-0000"))
    assert said.code == WRONG_USE
    assert "location_id" in _one_sentence(said)


def test_an_unknown_app_is_answered_with_those_there_are(instep):
    said = instep("connect", "salesforce")
    assert said.code == WRONG_USE
    assert "gohighlevel, insightly" in _one_sentence(said)


def test_a_country_that_is_none_is_refused(instep, ghl):
    said = instep("connect", "gohighlevel", "--country", "Narnia", *ghl)
    assert said.code == WRONG_USE
    assert "two letters" in _one_sentence(said)


def test_an_unknown_field_in_a_mapping_is_named_with_the_nearest(both, tmp_path):
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps([{"a": "first_name"}, {"a": "emial"}]))
    said = both(
        "sync", "create", "people", "--a", "gohighlevel", "--b", "insightly", "--mapping", mapping
    )
    assert said.code == WRONG_USE
    assert "Row 2" in _one_sentence(said)
    assert "Did you mean email?" in said.err
    assert both("sync", "list", "--json").json == []


def test_a_second_sync_on_the_same_pair_is_refused(both):
    assert both("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly").code == 0
    said = both("sync", "create", "more", "--a", "insightly", "--b", "gohighlevel")
    assert said.code == WRONG_USE
    assert "'people' already keeps" in _one_sentence(said)


def test_a_second_engine_on_one_sqlite_file_is_refused(instep, tmp_path):
    assert instep("connections").code == 0
    database = Database(f"sqlite:///{tmp_path / 'data' / 'instep.db'}")
    with owning(database):
        said = instep("worker")
    database.close()
    assert said.code == WRONG_USE
    assert "already runs on" in _one_sentence(said)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ""),
        (b"colour,size\nred,4\n", ""),
    ],
    ids=["empty", "a picture", "no header we know"],
)
def test_a_file_that_is_no_list_of_people_is_refused(instep, tmp_path, content, words):
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    said = instep("demo", "--once", "--csv", file)
    assert said.code == WRONG_USE
    assert words in _one_sentence(said)
    assert "people.csv" in said.err


def test_a_file_that_is_not_there_is_named(instep, tmp_path):
    said = instep("demo", "--once", "--csv", tmp_path / "nobody.csv")
    assert said.code == WRONG_USE
    assert "nobody.csv" in _one_sentence(said)


def test_with_json_an_error_is_json_too(instep):
    said = instep("sync", "status", "nothing", "--json")
    assert said.code == WRONG_USE
    assert said.json["kind"] == "UserError"
    assert "no sync called 'nothing'" in said.json["error"]


def test_a_setting_that_cannot_be_used_is_named(instep, monkeypatch):
    monkeypatch.setenv("INSTEP_PORT", "eight")
    said = instep("connections")
    assert said.code == WRONG_USE
    assert "INSTEP_PORT" in _one_sentence(said)
