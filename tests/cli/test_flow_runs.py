"""Runs of flows on the command line: seen, cancelled, answered and done again."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from instep.bootstrap import assemble
from instep.settings import load_settings
from instep.store.schema.flows import flow_run

FLOW = {
    "id": "thanks",
    "trigger": {"kind": "manual"},
    "steps": [
        {"id": "name", "kind": "set_values", "values": {"n": "{{trigger.n | number}}"}},
        {"id": "pause", "kind": "delay", "seconds": 86_400},
    ],
}


@pytest.fixture
def started(instep):
    """Publish a flow and start runs of it with these items; return their ids."""

    async def start(items):
        async with assemble(load_settings()) as opened:
            await opened.flows.save(FLOW)
            await opened.flows.publish("thanks")
            return [await opened.flows.start("thanks", each) for each in items]

    return lambda *items: asyncio.run(start(items))


def change(**values):
    """Change every run, as if something had happened to it."""

    async def store():
        async with assemble(load_settings()) as opened:
            await opened.db.run(lambda tx: tx.execute(sa.update(flow_run).values(**values)))

    asyncio.run(store())


def test_runs_are_listed_with_filters_page_by_page_and_shown_with_what_started_them(
    instep, started
):
    keys = started({"n": 1, "token": "hush"}, {"n": 2, "name": "Zoe"})
    listed = instep("run", "list", "--flow", "thanks", "--state", "ready", "--json").json
    assert [each["id"] for each in listed["runs"]] == [*reversed(keys)]
    page = instep("run", "list", "--limit", 1, "--json").json
    rest = instep("run", "list", "--limit", 1, "--before", page["next"], "--json").json
    assert [each["id"] for each in rest["runs"]] == keys[:1]
    found = instep("run", "list", "--text", "zoe", "--since", "2h", "--json").json
    assert [each["id"] for each in found["runs"]] == keys[1:]
    assert instep("run", "list", "--until", "2h", "--json").json["runs"] == []
    shown = instep("run", "show", keys[0])
    assert "hush" not in shown.out
    assert '"n": 1' in shown.out
    assert instep("run", "counts", "--json").json["ready"] == 2


def test_runs_are_cancelled_by_name_or_all_that_are_chosen(instep, started):
    keys = started({"n": 1}, {"n": 2}, {"n": 3})
    assert instep("run", "cancel", keys[0], "--json").json == {"cancelled": 1}
    refused = instep("run", "cancel", "--all", "--flow", "thanks", "--json")
    assert (refused.code, refused.json["kind"]) == (3, "NeedsPerson")
    done = instep("run", "cancel", "--all", "--flow", "thanks", "--yes", "--json")
    assert done.json == {"cancelled": 2}
    assert instep("run", "show", keys[2], "--json").json["said"].endswith("cancelled it.")


def test_runs_that_failed_are_done_again_by_one_command(instep, started):
    started({"n": 1}, {"n": 2})
    change(state="dead", place="name", sentence="No.", ended_at=1)
    told = instep("run", "replay", "--flow", "thanks", "--all", "--preview", "--json")
    assert told.json == {"runs": 2, "refused": [], "actions": {}}
    refused = instep("run", "replay", "--flow", "thanks", "--all", "--json")
    assert refused.code == 3
    assert "Do 2 runs again?" in refused.json["error"]
    from_start = ("--from", "start", "--version", "newest")
    given = ("run", "replay", "--flow", "thanks", "--state", "dead", "--all", "--yes")
    done = instep(*given, *from_start, "--json", "--wait", 0)
    assert done.code == 0, done.err
    replay = done.json["id"]
    assert instep("run", "cancel", "--replay", replay, "--json").code == 0
    listed = instep("run", "replays", "--json").json["replays"]
    assert [(each["id"], each["state"]) for each in listed] == [(replay, "cancelled")]
    assert replay in instep("run", "replays", replay).out


def test_a_replay_is_watched_until_nothing_more_comes_of_it(instep, started):
    started({"n": 1}, {"n": 2})
    change(state="dead", place="name", sentence="No.", ended_at=1)
    done = instep("run", "replay", "--flow", "thanks", "--all", "--yes", "--json")
    assert done.code == 0, done.err
    assert (done.json["state"], done.json["taken"]) == ("going", 2)
    assert done.json["runs"] == {"waiting": 2}, "a delay of a day is not waited for"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("show", "frn_x"), "There is no run 'frn_x'"),
        (("list", "--flow", "x"), "There is no flow called 'x'"),
        (("list", "--state", "broken"), "'broken' is no state of a run"),
        (("list", "--since", "soon"), "'soon' is no time"),
        (("cancel",), "Name runs by their ids, or say --all"),
        (("replay", "frn_x"), "There is no run 'frn_x'"),
        (("replay", "--all", "--yes"), "Say which runs"),
        (("answer", "frn_x"), "either --happened or --not-happened"),
        (("answer", "frn_x", "--happened"), "There is no run 'frn_x'"),
        (("replays", "frp_x"), "There is no replay 'frp_x'"),
        (("cancel", "--replay", "frp_x"), "There is no replay 'frp_x'"),
    ],
)
def test_what_is_not_there_is_said_with_what_to_do(instep, given, said):
    refused = instep("run", *given)
    assert refused.code == 2
    assert said in " ".join(refused.err.split())


def test_held_runs_go_on_by_hand(instep, started):
    [key] = started({"n": 1})
    change(state="held", held_by="ghl")
    assert instep("run", "show", key, "--json").json["waits_for"] == "ghl"
    assert instep("run", "release", "--all", "--json").json == {"released": 1}
    assert instep("run", "show", key, "--json").json["state"] == "ready"
