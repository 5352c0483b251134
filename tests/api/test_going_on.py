"""What a broken connection stopped goes on as that is renewed, and nothing else; on both databases."""

from __future__ import annotations

import contextlib

from instep.store import runs, syncs
from tests.api.house import asked
from tests.api.served import served
from tests.api.signed_in import signed_in

ANNA = {"first_name": "Anna", "email": "anna@example.com"}
BEA = {"first_name": "Bea", "email": "bea@example.com"}


@contextlib.asynccontextmanager
async def _broken(database_url, directory):
    """A sync that stopped because its first app withdrew the token."""
    async with (
        served(database_url, directory, [[ANNA], []]) as made,
        signed_in(made.instep, made.url) as client,
    ):
        made.apps[0].add(BEA)
        made.apps[0].token = "another"
        await made.run()
        yield made, client


def _new_token(token="another"):
    return {"settings": {"token": token}}


def _at(app):
    return f"/api/connections/{app.name}"


async def _sync(client):
    _, [found] = await asked(client, "GET", "/api/syncs")
    return found


async def _carry_on(made):
    """Do what the engine would find due, as it looks by itself."""
    for shard in await made.instep.engine.due_shards():
        while await made.instep.engine.advance(shard):
            pass


def _names(app):
    return {each.values["first_name"] for each in app.records().values()}


async def test_a_sync_goes_on_by_itself_once_its_connection_is_renewed(database_url, tmp_path):
    async with _broken(database_url, tmp_path) as (made, client):
        stopped = await _sync(client)
        assert (stopped["state"], stopped["reason"]) == ("halted", "connection_broken")
        status, _ = await asked(client, "PATCH", _at(made.apps[0]), _new_token("wrong"))
        assert (status, (await _sync(client))["state"]) == (409, "halted")

        status, renewed = await asked(client, "PATCH", _at(made.apps[0]), _new_token())
        assert status == 200, renewed
        assert renewed["status"] == "working"
        assert renewed["going_on"] == {"syncs": ["people"], "flow_runs": 0}
        again = await _sync(client)
        assert (again["state"], again["reason"], again["why"]) == ("active", None, None)
        await _carry_on(made)
        assert _names(made.apps[1]) == {"Anna", "Bea"}


async def test_the_renewing_is_told_as_what_let_it_go_on(database_url, tmp_path):
    async with _broken(database_url, tmp_path) as (made, client):
        await asked(client, "PATCH", _at(made.apps[0]), _new_token())
        await _carry_on(made)
        _, log = await asked(client, "GET", "/api/audit?limit=1")
        [entry] = log["entries"]
        with made.instep.engine.db.read() as tx:
            latest, *_ = runs.latest(tx, (await _sync(client))["id"])
        assert (latest.state, latest.person) == ("done", entry["actor"])
        [changed] = [each for each in entry["changes"] if each["noun"] == "sync"]
        assert changed["before"]["state"] == "halted"
        assert changed["after"]["state"] == "active"
        assert {each["noun"] for each in entry["changes"]} == {"connection", "sync"}


async def test_what_something_else_stopped_stays_stopped(database_url, tmp_path):
    async with _broken(database_url, tmp_path) as (made, client):
        status, other = await asked(client, "PATCH", _at(made.apps[1]), _new_token("memory"))
        assert (status, other["going_on"]) == (200, None)
        assert (await _sync(client))["state"] == "halted"

        await asked(client, "POST", "/api/syncs/people/pause", {})
        _, renewed = await asked(client, "PATCH", _at(made.apps[0]), _new_token())
        assert renewed["going_on"] is None
        assert (await _sync(client))["state"] == "paused"

        people = await made.instep.syncs.get("people")
        for reason in ("mass_change", "refused"):
            await made.instep.engine.db.run(
                lambda tx, reason=reason: syncs.set_state(tx, people.id, "halted", reason, "Why.")
            )
            await asked(client, "PATCH", _at(made.apps[0]), _new_token())
            assert (await _sync(client))["reason"] == reason


async def test_a_test_that_the_app_answers_well_lets_it_go_on_too(database_url, tmp_path):
    async with _broken(database_url, tmp_path) as (made, client):
        path = f"{_at(made.apps[0])}/test"
        _, tested = await asked(client, "POST", path)
        assert (tested["works"], tested["going_on"]) == (False, None)
        made.apps[0].token = "memory"
        _, tested = await asked(client, "POST", path)
        assert tested["going_on"] == {"syncs": ["people"], "flow_runs": 0}
        await _carry_on(made)
        assert _names(made.apps[1]) == {"Anna", "Bea"}


async def test_a_connection_that_cannot_even_be_opened_is_named_and_renewed(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, [[ANNA], []]) as made,
        signed_in(made.instep, made.url) as client,
    ):
        known = await made.instep.connections.get(made.apps[0].name)
        app = made.instep.connectors.pop("memory")
        made.instep.clients._open.clear()
        await made.run()
        made.instep.connectors["memory"] = app
        assert (await _sync(client))["reason"] == "connection_broken"
        assert (await made.instep.connections.get(known.name)).status == "broken"
        _, renewed = await asked(client, "PATCH", _at(made.apps[0]), _new_token("memory"))
        assert renewed["going_on"]["syncs"] == ["people"]
