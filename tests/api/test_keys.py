"""The key that seals secrets is changed while everything goes on, and never shown."""

from __future__ import annotations

import base64
import json
import os

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from instep.core.people.roles import Role
from instep.engine.keys import Keys
from instep.sdk.auth import Credential
from instep.sdk.clock import SystemClock
from instep.settings import Settings
from instep.store import resealing
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.schema.connections import credential
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.api.house import asked, house

SECRET = "sentinel-secret-of-an-app"


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'keys.db'}"


@pytest.fixture
async def home(sqlite_url, tmp_path):
    async with house(sqlite_url, tmp_path) as made:
        yield made


def other_process(home):
    """The connections as another process on the same machine has them."""
    return Connections(home.instep.db, open_vault(home.instep.settings), DEFAULT_WORKSPACE)


async def connect(connections, name):
    new = NewConnection(name, "memory", "api_key", name, None, {})
    return await connections.create(new, Credential("api_key", {"api_key": f"{SECRET} {name}"}))


async def secret_of(connections, name):
    return (await connections.secrets(await connections.get(name)))["api_key"]


async def test_the_key_is_changed_and_every_secret_sealed_anew_while_others_go_on(home):
    people = await home.people()
    admin = people[Role.ADMIN]
    others = other_process(home)
    for name in ("one", "two"):
        await connect(others, name)
    _, before = await asked(admin, "GET", "/api/keys")
    assert (before["current"]["secrets"], before["older"], before["source"]) == (2, [], "file")
    assert before["current"]["since"] is not None

    status, after = await asked(admin, "POST", "/api/keys/rotate")
    assert (status, after["current"]["secrets"], after["left"]) == (200, 2, 0)
    assert [each["id"] for each in after["older"]] == [before["current"]["id"]]
    assert after["current"]["id"] != before["current"]["id"]
    assert await secret_of(others, "one") == f"{SECRET} one"
    await connect(others, "three")
    _, shown = await asked(admin, "GET", "/api/keys")
    assert (shown["current"]["secrets"], shown["left"]) == (3, 0)

    _, forgotten = await asked(admin, "POST", "/api/keys/forget")
    assert forgotten["older"] == []
    assert await secret_of(other_process(home), "two") == f"{SECRET} two"


async def test_no_reply_and_no_entry_of_the_log_holds_a_key_or_a_secret(home, tmp_path):
    people = await home.people()
    admin = people[Role.ADMIN]
    await connect(other_process(home), "one")
    _, told = await asked(admin, "POST", "/api/keys/rotate")
    _, log = await asked(admin, "GET", "/api/audit?limit=5")
    words = json.dumps([told, log])
    keys = (tmp_path / "key").read_text().split()
    assert len(keys) == 2
    assert not any(each in words for each in (*keys, SECRET))
    noted = [(each["act"], each["noun"]) for each in log["entries"]]
    assert noted[:2] == [("keys rotate", "key"), ("keys rotate", "key")]
    assert log["entries"][0]["changes"][0]["after"] == {"sealed_anew": 1}
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


async def test_an_older_key_stays_while_anything_is_sealed_with_it(home, tmp_path):
    people = await home.people()
    admin = people[Role.ADMIN]
    await connect(other_process(home), "one")
    open_vault(home.instep.settings).file.put_new_first()  # broken off before anything was sealed
    _, told = await asked(admin, "GET", "/api/keys")
    assert (told["left"], told["current"]["secrets"]) == (1, 0)
    status, refused = await asked(admin, "POST", "/api/keys/forget")
    assert (status, "1 secrets are sealed with an older key" in refused["error"]) == (400, True)
    assert len((tmp_path / "key").read_text().split()) == 2
    _, told = await asked(admin, "POST", "/api/keys/reseal")
    assert (told["left"], told["current"]["secrets"]) == (0, 1)


async def test_a_secret_that_nobody_can_open_keeps_no_other_from_being_sealed_anew(home):
    others = other_process(home)
    lost = await connect(others, "a lost one")
    await connect(others, "one")
    mine = sa.update(credential).where(credential.c.connection_id == lost.id)
    with home.instep.db.write() as tx:
        tx.execute(mine.values(sealed="00000000.AAAA.AAAA"))
    told = await home.instep.keys.rotate(DEFAULT_WORKSPACE)
    assert (told.current.secrets, told.left) == (1, 1)
    assert [each.at_hand for each in told.older] == [True, False]


async def test_more_secrets_than_go_into_one_transaction_are_sealed_anew(home, monkeypatch):
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    others = other_process(home)
    for name in "abcde":
        await connect(others, name)
    told = await home.instep.keys.rotate(DEFAULT_WORKSPACE)
    assert (told.current.secrets, told.left) == (5, 0)
    assert await secret_of(others, "e") == f"{SECRET} e"


async def test_a_key_of_the_environment_is_changed_by_a_person_and_sealed_with_by_us(
    database_url, tmp_path
):
    old, new = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    async with house(database_url, tmp_path, key=SecretStr(old)) as home:
        people = await home.people()
        await connect(other_process(home), "one")
        status, refused = await asked(people[Role.ADMIN], "POST", "/api/keys/rotate")
        assert (status, "INSTEP_KEY" in refused["error"]) == (400, True)
    async with house(database_url, tmp_path, key=SecretStr(f"{new} {old}")) as home:
        admin = await home.signed_in("admin")
        _, told = await asked(admin, "GET", "/api/keys")
        assert (told["source"], told["left"]) == ("environment", 1)
        assert "before the one that is there" in told["only_you"]
        _, told = await asked(admin, "POST", "/api/keys/reseal")
        assert told["left"] == 0
        assert (await asked(admin, "POST", "/api/keys/forget"))[0] == 400
    async with house(database_url, tmp_path, key=SecretStr(new)) as home:
        assert await secret_of(other_process(home), "one") == f"{SECRET} one"


async def test_on_a_postgresql_only_a_person_knows_all_key_files(postgres_url, tmp_path):
    settings = Settings(data_dir=tmp_path, database_url=postgres_url)
    db, vault = Database(postgres_url), open_vault(settings)
    keys = Keys(db, vault, Connections(db, vault, DEFAULT_WORKSPACE), SystemClock())
    assert "a key file of its own" in ((await keys.show()).only_you or "")
    db.close()
