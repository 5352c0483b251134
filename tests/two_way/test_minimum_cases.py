"""The least a two-way sync has to pass, case by case; each case's words are the test's name.

GoHighLevel and Insightly on real ports, the real engine, both databases. What came of it is read
from the apps themselves and from the history.
"""

from __future__ import annotations

import json
import re

import pytest

from instep.core.brakes import Brakes
from instep.sandbox import invent
from tests.two_way.hooks import listening
from tests.two_way.stage import GHL, INSIGHTLY, SYNC, email, person, staged

ANNA, BERT, CORA = (email(name) for name in ("Anna", "Bert", "Cora"))

NOBODY = "http://127.0.0.1:9/"
"""Where webhooks go that are to come later."""

ASKING = [
    {"a": "first_name"},
    {"a": "last_name"},
    {"a": "email"},
    {"a": "city", "authority": "ask"},
]


async def test_same_edit_on_both_sides(stage):
    stage.ghl.change(ANNA, city="Utrecht")
    stage.insightly.change(ANNA, city="Utrecht")
    told = len(stage.history())
    status = await stage.run()
    assert len(stage.history()) == told  # nothing was written, nothing asked
    assert status.latest.counts.get("conflicts", 0) == 0
    stage.assert_in_step()
    # it was agreed on: what one side changes next is no conflict
    stage.insightly.change(ANNA, city="Hoorn")
    await stage.run()
    assert stage.ghl.value(ANNA, "city") == "hoorn"


async def test_different_fields_on_both_sides(stage):
    stage.ghl.change(ANNA, city="Utrecht")
    stage.insightly.change(ANNA, phone="+12125550199")
    status = await stage.run()
    for app in stage.apps:
        assert (app.value(ANNA, "city"), app.value(ANNA, "phone")) == ("utrecht", "+12125550199")
    assert status.latest.counts.get("conflicts", 0) == 0
    assert stage.changes() == [
        (GHL, "Anna Doe", "phone", "+12125550101", "+12125550199", "changed there only"),
        (INSIGHTLY, "Anna Doe", "city", "Leiden", "Utrecht", "changed there only"),
    ]
    stage.assert_in_step()


async def test_same_field_on_both_sides(stage):
    stage.ghl.change(ANNA, city="Utrecht")
    stage.insightly.change(ANNA, city="Hoorn")
    status = await stage.run()
    assert [app.value(ANNA, "city") for app in stage.apps] == ["utrecht", "utrecht"]
    assert status.latest.counts["conflicts"] == 1
    ((app, who, field, before, after, why),) = stage.changes()
    assert (app, who, field) == (INSIGHTLY, "Anna Doe", "city")
    assert (before, after) == ("Hoorn", "Utrecht")  # the losing value is kept, with the reason
    assert "authority" in why
    stage.assert_in_step()


async def test_same_field_on_both_sides_where_a_person_is_asked(bare):
    for app, city in zip(bare.apps, ("Utrecht", "Hoorn"), strict=True):
        app.add({"first_name": "Anna", "last_name": "Doe", "email": ANNA, "city": city})
    await bare.create(mapping=ASKING)
    await bare.run()
    assert [app.value(ANNA, "city") for app in bare.apps] == ["utrecht", "hoorn"]
    (asked,) = bare.history("conflict")
    assert (json.loads(asked.before), json.loads(asked.after)) == (
        {"city": "Utrecht"},
        {"city": "Hoorn"},
    )
    told = await bare.why(ANNA)
    assert told["fields"] == [{"field": "city", "a": "Utrecht", "b": "Hoorn"}]


async def test_timeout_after_a_successful_create(stage):
    stage.insightly.add({"first_name": "Dora", "last_name": "Doe", "email": email("Dora")})
    stage.ghl.add({"first_name": "Emil", "last_name": "Doe", "email": email("Emil")})
    stage.insightly.fault("timeout_after_success", method="POST", path="/Contacts", count=1)
    stage.ghl.fault("timeout_after_success", method="POST", path="/contacts/", count=1)
    before = [app.calls() for app in stage.apps]
    await stage.run()
    stage.assert_in_step()
    assert stage.ghl.people() == stage.insightly.people()
    assert len(stage.ghl.people()) == 5
    created = [
        _more(app.calls(), at, call)
        for app, at, call in zip(
            stage.apps, before, ("POST /contacts/", "POST /Contacts"), strict=True
        )
    ]
    assert created == [1, 1]  # looked up, not sent again
    assert {row.label for row in stage.history("created")} == {"Dora Doe", "Emil Doe"}
    assert len(stage.history("created")) == 2


async def test_429_burst_then_daily(stage):
    for app in stage.apps:
        app.fault("rate_limit_burst", count=3)
    stage.ghl.change(ANNA, city="Utrecht")
    await stage.run()
    assert stage.insightly.value(ANNA, "city") == "utrecht"

    stage.insightly.fault("rate_limit_daily")
    stage.ghl.change(BERT, city="Hoorn")
    await stage.instep.syncs.request_run(SYNC)
    status = await stage.work()
    assert status.sync.state == "active"  # it waits by itself, nobody has to release it
    assert "quota" in status.latest.sentence
    assert status.sync.due_at > stage.clock.now().timestamp() * 1000
    called = stage.insightly.calls()
    await stage.work()
    assert stage.insightly.calls() == called  # nobody asks again before the day is over
    stage.insightly.calm()
    await stage.settle()
    assert stage.insightly.value(BERT, "city") == "hoorn"
    stage.assert_in_step()


async def test_truncated_page(stage):
    stage.insightly.fault("truncated_reply", method="GET", path="/Contacts*")
    await stage.instep.syncs.read_everything_again(SYNC)
    await stage.instep.syncs.request_run(SYNC)
    told = len(stage.history())
    status = await stage.work()
    assert (status.latest.state, status.sync.state) == ("running", "active")
    assert len(stage.history()) == told  # half a page is no page: nobody is gone, nothing is sent
    stage.insightly.calm()
    stage.insightly.change(CORA, city="Edam")
    status = await stage.settle()
    assert status.latest.state == "done"
    assert stage.ghl.value(CORA, "city") == "edam"
    assert stage.history("gone", "deleted") == []
    stage.assert_in_step()


async def test_empty_list(stage):
    await stage.run()
    status = await stage.run()  # no list of changes has anybody in it
    assert status.latest.state == "done"
    assert stage.changes() == []
    stage.assert_in_step()

    for each in stage.insightly.everyone():
        stage.insightly.remove(each.id)
    await stage.instep.syncs.read_everything_again(SYNC)
    status = await stage.run()
    assert (status.sync.state, status.sync.reason) == ("halted", "emptied_side")
    assert "Insightly (side B) suddenly has no" in status.sync.sentence
    assert stage.ghl.people() == [ANNA, BERT, CORA]
    assert stage.changes() == []


async def test_webhook_before_the_poll(stage):
    async with listening(stage) as told:
        stage.ghl.change(ANNA, city="Utrecht")
        await told.one()
        status = await stage.work()
    assert status.latest.kind == "webhook"
    assert stage.insightly.value(ANNA, "city") == "utrecht"
    await stage.run()  # the poll sees the same change, and our own write at the other side
    assert len(stage.history("updated")) == 1
    stage.assert_in_step()


async def test_webhook_after_the_poll(stage):
    stage.ghl.send_webhooks_to(NOBODY)
    stage.ghl.change(ANNA, city="Utrecht")
    await stage.run()
    assert stage.insightly.value(ANNA, "city") == "utrecht"
    async with listening(stage) as told:
        stage.ghl.send_again()
        await told.one()
        await stage.work()
    assert len(stage.history("updated")) == 1
    stage.assert_in_step()


async def test_a_remote_that_lower_cases_email(stage):
    stage.insightly.switch(tidies=True)
    stage.ghl.add({"first_name": "Dora", "last_name": "Doe", "email": "Dora.Doe@Example.com"})
    stage.ghl.change(ANNA, city="  Den Haag ")
    stage.ghl.change(ANNA, email="Anna.Doe@Example.com")
    await stage.run()
    theirs = [
        stage.insightly.raw(stage.insightly.id_of(key))["EMAIL_ADDRESS"]
        for key in ("dora.doe@example.com", "anna.doe@example.com")
    ]
    assert theirs == ["dora.doe@example.com", "anna.doe@example.com"]
    written = len(stage.changes())
    for _ in range(2):  # what came back otherwise than it was sent is an echo, and goes nowhere
        await stage.instep.syncs.read_everything_again(SYNC)
        await stage.run()
    assert len(stage.changes()) == written
    anna = stage.ghl.raw(stage.ghl.id_of("anna.doe@example.com"))
    assert anna["email"] == "Anna.Doe@Example.com"
    stage.insightly.change("anna.doe@example.com", city="Hoorn")
    await stage.run()
    stage.assert_in_step()


async def test_a_remote_that_trims_notes(stage):
    stage.insightly.switch(tidies=True)
    ours, theirs = stage.ghl.id_of(ANNA), stage.insightly.id_of(ANNA)
    await stage.create("notes", canonical="note")
    stage.ghl.note(ours, "  Likes tea.\n")
    stage.insightly.note(theirs, "Calls back on Monday.")
    await stage.run("notes")
    assert sorted(map(_words, stage.ghl.notes(ours))) == ["Calls back on Monday.", "Likes tea."]
    assert sorted(map(_words, stage.insightly.notes(theirs))) == [
        "Calls back on Monday.",
        "Likes tea.",
    ]
    written = len(stage.changes())
    for _ in range(2):
        await stage.instep.syncs.read_everything_again("notes")
        await stage.run("notes")
    assert len(stage.changes()) == written
    assert (len(stage.ghl.notes(ours)), len(stage.insightly.notes(theirs))) == (2, 2)


async def test_delete_and_edit(stage):
    stage.insightly.remove(stage.insightly.id_of(ANNA))
    stage.ghl.change(ANNA, city="Utrecht")
    await stage.run()
    assert stage.ghl.value(ANNA, "city") == "utrecht"  # the edited one is kept
    assert not stage.insightly.has(ANNA)  # and its deleted twin is not made anew
    stage.ghl.change(ANNA, city="Hoorn")
    await stage.instep.syncs.read_everything_again(SYNC)
    await stage.run()
    assert (stage.ghl.value(ANNA, "city"), stage.insightly.has(ANNA)) == ("hoorn", False)
    assert stage.history("created", "deleted") == []
    told = await stage.why(ANNA)  # and reported
    assert told["stands"] in {"excluded", "gone"}
    assert "kept" in " ".join(told["why"])


async def test_a_third_tool_bouncing_a_value(stage):
    await stage.instep.syncs.set_brakes(SYNC, Brakes(per_record_per_hour=3))
    for number in range(5):
        stage.ghl.change(ANNA, city=f"Ours{number}")
        await stage.run()
        stage.insightly.change(ANNA, city="Theirs")  # whatever comes, that tool puts its own back
        await stage.run()
    told = await stage.why(ANNA)
    assert told["stands"] == "restless"
    assert len(stage.history("updated")) == 3  # no more was written within the hour
    stage.ghl.change(BERT, city="Utrecht")  # and the others go on
    await stage.run()
    assert stage.insightly.value(BERT, "city") == "utrecht"


async def test_1201_records_with_paging(database_url, tmp_path):
    people = invent(1201, seed=7, country="US")
    async with staged(database_url, tmp_path, people) as stage:
        await stage.connect()
        await stage.create()
        status = await stage.run()
        assert (status.links, status.latest.counts["matched"]) == (1201, 1201)
        assert stage.changes() == []
        at_the_edges = [people[place].email for place in (0, 499, 500, 999, 1000, 1200)]
        ids = {each.key: each.id for each in stage.insightly.everyone()}
        for key in at_the_edges:
            stage.insightly.edit(ids[key], "city", "Edgetown")
        await stage.instep.syncs.read_everything_again(SYNC)
        await stage.run()
        moved = {each.key for each in stage.ghl.everyone() if each.fields.get("city") == "edgetown"}
        assert moved == set(at_the_edges)
        assert len(stage.history("updated")) == len(at_the_edges)
        stage.assert_in_step()


@pytest.mark.parametrize("minutes", [5, -5])
async def test_clock_skew_of_5_minutes(stage, minutes):
    stage.skew = {GHL: minutes * 60, INSIGHTLY: -minutes * 60}
    stage.wait(600)
    await stage.run()  # both clocks are wrong from here on
    for number, (app, key) in enumerate(((stage.ghl, ANNA), (stage.insightly, BERT))):
        stage.wait(1)
        app.change(key, city=f"Utrecht{number}")
    stage.ghl.add({"first_name": "Dora", "last_name": "Doe", "email": email("Dora")})
    stage.wait(1)
    await stage.run()
    for app in stage.apps:
        assert (app.value(ANNA, "city"), app.value(BERT, "city")) == ("utrecht0", "utrecht1")
    stage.assert_in_step()
    written = len(stage.changes())
    stage.wait(300)
    await stage.run()
    assert len(stage.changes()) == written


async def test_duplicate_emails_on_one_side(bare):
    twin = person("Twin")
    bare.ghl.add({"first_name": "Twin", "last_name": "Doe", "email": twin.email, "city": "Leiden"})
    for city in ("Delft", "Gouda"):
        values = {"first_name": "Twin", "last_name": "Doe", "email": twin.email, "city": city}
        bare.insightly.add(values)
    bare.ghl.add({"first_name": "Anna", "last_name": "Doe", "email": ANNA})
    await bare.create()
    await bare.run()
    assert bare.insightly.people() == sorted([ANNA, twin.email, twin.email])
    assert bare.ghl.people() == sorted([ANNA, twin.email])
    cities = {
        each.fields.get("city") for each in bare.insightly.everyone() if each.key == twin.email
    }
    assert cities == {"delft", "gouda"}  # nobody was guessed, nothing was overwritten
    assert bare.ghl.value(twin.email, "city") == "leiden"
    waiting = await bare.instep.reviews.list()
    assert waiting.total == 3
    assert {each.stand for each in waiting.items} == {"ambiguous"}


def _more(after, before, call):
    return after.get(call, 0) - before.get(call, 0)


def _words(text):
    """What a note says, however it is marked up."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())
