"""Alerts on the command line: channels that are tried for real, rules, and a person's word."""

from __future__ import annotations

import asyncio
import threading

import pytest

from instep.bootstrap import assemble
from instep.settings import load_settings
from instep.store import connections
from tests.engine.listening import listening
from tests.engine.mailing import mailing


@pytest.fixture
def served():
    """A listener and a mail server in a thread of their own: commands have loops of theirs."""
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    made = []

    async def serve():
        async with listening() as listener, mailing() as server:
            made.extend((listener, server))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    yield made
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


def test_a_channel_is_added_tried_listed_and_removed(instep, served):
    listener, server = served
    assert "There is no channel" in instep("alerts", "channel", "list").out
    added = instep(
        *("alerts", "channel", "add", "hook", "--kind", "webhook"),
        *("--set", f"url={listener.url}", "--json"),
    )
    assert added.code == 0, added.err
    assert added.json["made"]["signing_secret"].startswith("whsec_")
    tried = instep("alerts", "channel", "test", "hook", "--json")
    assert (tried.code, tried.json["arrived"], tried.json["status"]) == (0, True, 200)
    usual = ("--set", "host=127.0.0.1", "--set", "security=none", "--set", f"port={server.port}")
    people = ("--set", "from=instep@example.com", "--set", "to=ops@example.com")
    said = instep("alerts", "channel", "add", "ops", "--kind", "email", *usual, *people)
    assert "Try it: instep alerts channel test ops" in said.out
    assert "took the test message" in " ".join(
        instep("alerts", "channel", "test", "ops").out.split()
    )
    assert len(server.letters) == 1
    listener.answers = [(500, {})]
    assert instep("alerts", "channel", "test", "hook").code == 1
    rows = {each["name"]: each for each in instep("alerts", "channel", "list", "--json").json}
    assert rows["hook"]["problem"].endswith("answered 500.")
    assert rows["ops"]["problem"] is None
    assert all(each["made"] == {} for each in rows.values())
    assert "hook" in instep("alerts", "channel", "list").out
    assert instep("alerts", "channel", "remove", "hook", "--json").json == {"removed": "hook"}
    assert "is told nothing any more" in instep("alerts", "channel", "remove", "ops").out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("channel", "add", "x", "--kind", "pigeon"), "no kind of channel 'pigeon'"),
        (("channel", "add", "x", "--kind", "slack", "--set", "sentinel"), "name=value"),
        (("channel", "test", "x"), "There is none yet"),
        (("rule", "set", "noise", "--off"), "no kind of trouble called noise"),
        (("rule", "set", "delay"), "what is to be different"),
        (("rule", "set", "delay", "--channel", "x", "--every-channel"), "not both"),
        (("rule", "set", "delay", "--on", "--off"), "Either --on or --off"),
        (("rule", "set", "delay", "--zone", "Mars"), "the name of a time zone"),
        (("snooze", "alr_1", "--until", "2h"), "There is no alert 'alr_1'"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(instep, args, said):
    refused = instep("alerts", *args)
    assert refused.code == 2
    assert said in " ".join(refused.err.split())
    assert "sentinel" not in refused.err


def test_rules_are_changed_one_by_one_or_all_at_once(instep):
    assert "30 minutes" in instep("alerts", "rule", "list").out
    [told] = instep(
        "alerts", "rule", "set", "delay", "--threshold", "5", "--deliver", "daily", "--json"
    ).json
    assert (told["threshold"], told["unit"], told["deliver"]) == (5, "minutes", "daily")
    assert not instep("alerts", "rule", "set", "delay", "--off", "--json").json[0]["on"]
    assert instep("alerts", "rule", "set", "delay", "--on", "--json").json[0]["on"]
    every = instep("alerts", "rule", "set", "all", "--remind-hours", "0", "--json").json
    assert len(every) == 7
    assert {each["remind_hours"] for each in every} == {0}
    assert "daily at 08:00" in " ".join(instep("alerts", "rule", "list").out.split())


async def _break(name):
    async with assemble(load_settings()) as made:
        found = await made.connections.get(name)
        await made.db.run(lambda tx: connections.mark(tx, found.id, "It says 401."))
        await made.engine.watch.look()


def test_what_is_in_trouble_is_listed_and_left_alone_when_a_person_says_so(instep):
    assert "Nothing is in trouble." in instep("alerts").out
    assert instep("alerts", "--json").json == {"alerts": [], "open": 0, "next": None}
    assert instep("connect", "bridge").code == 0
    asyncio.run(_break("bridge"))
    [told] = instep("alerts", "--json").json["alerts"]
    assert told["kind"] == "connection"
    assert told["advice"] == "instep connect bridge --name bridge --renew"
    assert f"{told['id']}  connection: connection bridge, since" in instep("alerts").out
    assert "left alone: until 20" in instep("alerts", "snooze", told["id"], "--until", "2h").out
    said = instep("alerts", "acknowledge", told["id"], "--by", "ann")
    assert "known to ann" in said.out
    listed = instep("alerts").out
    assert "What to do: instep connect bridge --name bridge --renew\n" in listed
    assert "Left alone: known to ann" in listed
    assert "There are no past alerts." in instep("alerts", "--past").out
