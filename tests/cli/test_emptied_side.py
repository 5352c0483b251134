"""An emptied side, by hand: the sync stops with a sentence, and `sync release` resumes it."""

from __future__ import annotations

import pytest

from instep import bootstrap
from instep.sandbox import Sandbox, invent
from tests.cli.conftest import settings
from tests.crash.two_apps import GoHighLevel, Insightly

PEOPLE = 30


@pytest.fixture(scope="module")
def sandbox():
    """As the others', but what happens here to its people is nobody else's business."""
    apps = bootstrap.sandbox_apps(pace="fast", only=("gohighlevel", "insightly"))
    for app in apps:
        app.load(invent(PEOPLE, seed=5, country="US"))
    with Sandbox(apps).in_thread() as served:
        yield served.describe()


def test_an_emptied_insightly_stops_the_sync_and_release_resumes_it(
    instep, sandbox, ghl, insightly
):
    fast = settings(per_second="99")
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "insightly", "--country", "US", *insightly, *fast).code == 0
    assert instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly").code == 0
    assert instep("sync", "run", "people", "--json").json["matched"] == PEOPLE
    here, there = GoHighLevel(sandbox["gohighlevel"]), Insightly(sandbox["insightly"])
    for each in there.everyone():
        there.call("DELETE", f"/Contacts/{each.id}")
    assert instep("sync", "reread", "people").code == 0
    stopped = instep("sync", "run", "people", "--json")
    said = " ".join((stopped.out + stopped.err).split())
    assert stopped.code == 3
    assert f"Insightly (side B) suddenly has no contacts, though {PEOPLE} were linked" in said
    assert "Nothing was changed" in said
    status = instep("sync", "status", "people", "--json").json
    assert (status["state"], status["reason"]) == ("halted", "emptied_side")
    assert instep("sync", "release", "people", "--yes").code == 0
    ran = instep("sync", "run", "people", "--json")
    assert (ran.code, ran.json["gone_b"]) == (0, PEOPLE)
    # the policy says nothing: what GoHighLevel has stays there, and nobody is made anew
    assert len(here.everyone()) == PEOPLE
    assert there.everyone() == []
    assert instep("sync", "status", "people", "--json").json["state"] == "active"
