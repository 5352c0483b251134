"""Runs of flows, carried by the engine on a real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from instep.core.errors import (
    ConnectionBroken,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    UserError,
)
from instep.core.flow.arrivals import Watch
from instep.engine.flows.triggers.polling import Polled
from instep.engine.work import to_ms
from instep.store.flows import runs, starts, steps
from instep.store.flows.starts import Told
from instep.store.schema.connections import connection
from instep.store.schema.flows import flow_run, flow_step, flow_version
from tests.core.flow.documents import action, document, when


def send(own="send", **more):
    return action(own, "send", inputs={"to": "{{trigger.email}}", "n": "{{trigger.n}}"}, **more)


async def rows(ground, table=flow_run):
    return await ground.db.run_read(lambda tx: tx.execute(sa.select(table)).all())


async def tell(ground, *told):
    return await ground.db.run(lambda tx: starts.start(tx, list(told), to_ms(ground.clock.now())))


async def ghl(ground):
    query = sa.select(connection.c.id)
    return await ground.db.run_read(lambda tx: tx.execute(query).scalar_one())


EVENT = {"kind": "event", "connection": "ghl", "event": "ContactCreate"}


async def test_a_run_does_its_steps_and_keeps_what_they_took_and_gave(ground):
    filtered = {"id": "leads", "kind": "filter", "where": when(type="lead")}
    await ground.publish(document(filtered, send()))
    await ground.services.start("thanks", {"type": "lead", "email": "a@x.org", "n": 1})
    await ground.services.start("thanks", {"type": "other", "email": "b@x.org", "n": 2})

    await ground.drain()

    assert [call.inputs for call in ground.app.calls] == [{"to": "a@x.org", "n": 1}]
    assert await ground.states("thanks") == {"done": 2}
    kept = {(row.run_id, row.place): row for row in await rows(ground, flow_step)}
    first = min(run for run, _ in kept)
    assert kept[first, "send"].input == '{"to":"a@x.org","n":1}'
    assert kept[first, "send"].output == '{"ok":true}'
    assert kept[first, "leads"].state == "done"
    # what later steps would read is not needed any more
    assert {row.outcome for row in kept.values()} == {None}
    assert (first + 1, "send") not in kept


async def test_an_event_starts_one_run_however_often_it_is_sent(ground):
    await ground.publish(document(send(), trigger=EVENT))
    connection = await ghl(ground)
    at = to_ms(ground.clock.now())
    body = {"email": "a@x.org", "n": 1}

    def told(sending, event="ContactCreate"):
        return Told(connection, event, sending, body, "c1", at, None)

    assert await tell(ground, told("w1"), told("w2", "ContactDelete"))
    assert not await tell(ground, told("w1"))
    await ground.drain()

    assert len(ground.app.calls) == 1
    assert [row.origin for row in await rows(ground)] == ["event"]


async def test_runs_of_one_record_go_in_the_order_of_what_happened(ground):
    await ground.publish(document(send(), trigger=EVENT))
    connection = await ghl(ground)
    at = to_ms(ground.clock.now())
    order = [5, 1, 3, 2, 4]
    told = [
        Told(connection, "ContactCreate", f"w{record}{n}", {"email": record, "n": n}, record, at, n)
        for n in order
        for record in ("c1", "c2")
    ]
    await tell(ground, *told)

    await ground.drain()

    for record in ("c1", "c2"):
        sent = [call.inputs["n"] for call in ground.app.calls if call.inputs["to"] == record]
        assert sent == [1, 2, 3, 4, 5]


async def test_an_event_that_comes_after_a_later_one_was_done_is_done_then(ground):
    await ground.publish(document(send(), trigger=EVENT))
    connection = await ghl(ground)
    at = to_ms(ground.clock.now())
    for n in (2, 1, 3):
        body = {"email": "c1", "n": n}
        await tell(ground, Told(connection, "ContactCreate", f"w{n}", body, "c1", at, n))
        await ground.drain()

    assert [call.inputs["n"] for call in ground.app.calls] == [2, 1, 3]


async def test_a_busy_app_is_waited_for_and_holds_up_the_runs_of_that_record_alone(ground):
    await ground.publish(document(send(), trigger=EVENT))
    connection = await ghl(ground)
    at = to_ms(ground.clock.now())
    busy = {"on": True}
    ground.app.answer = lambda call: (
        RetryLater("Busy.") if busy["on"] and call.inputs["to"] == "c1" else {"ok": True}
    )
    await tell(
        ground,
        Told(connection, "ContactCreate", "w1", {"email": "c1", "n": 1}, "c1", at, 1),
        Told(connection, "ContactCreate", "w2", {"email": "c1", "n": 2}, "c1", at, 2),
        Told(connection, "ContactCreate", "w3", {"email": "c2", "n": 3}, "c2", at, 3),
    )

    await ground.drain()
    assert [call.inputs["n"] for call in ground.app.calls] == [1, 3]
    busy["on"] = False
    ground.clock.move(600)
    await ground.drain()

    assert [call.inputs["n"] for call in ground.app.calls] == [1, 3, 1, 2]
    assert await ground.states("thanks") == {"done": 3}


async def test_a_run_that_waits_because_its_flow_says_so_holds_up_no_other(ground):
    pause = {"id": "pause", "kind": "delay", "seconds": 86_400}
    await ground.publish(document(pause, send(), trigger=EVENT))
    connection = await ghl(ground)
    at = to_ms(ground.clock.now())
    for n in (1, 2):
        body = {"email": "c1", "n": n}
        await tell(ground, Told(connection, "ContactCreate", f"w{n}", body, "c1", at, n))
        await ground.drain()

    assert await ground.states("thanks") == {"waiting": 2}
    ground.clock.move(86_401)
    await ground.drain()

    assert [call.inputs["n"] for call in ground.app.calls] == [1, 2]


async def test_a_run_is_not_taken_up_a_part_of_a_millisecond_early(ground):
    until = (ground.clock.now() + timedelta(microseconds=500)).isoformat()
    pause = {"id": "pause", "kind": "delay", "until": "{{trigger.at}}"}
    await ground.publish(document(pause, send()))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1, "at": until})
    async with asyncio.timeout(60):  # it would be taken up again and again
        await ground.drain()
    assert await ground.states("thanks") == {"waiting": 1}

    ground.clock.move(0.001)
    await ground.drain()
    assert await ground.states("thanks") == {"done": 1}


async def test_a_step_that_fails_for_good_makes_a_dead_letter_with_its_place_and_reason(ground):
    ground.app.answer = lambda _call: RecordRejected("The text top-secret is too long.")
    await ground.publish(document(send(), send("after")))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1})

    await ground.drain()

    (row,) = await rows(ground)
    assert (row.state, row.place) == ("dead", "send")
    assert row.sentence == "The text ••• is too long."
    assert len(ground.app.calls) == 1


async def test_a_broken_connection_holds_the_run_until_it_is_renewed(ground):
    ground.app.answer = lambda _call: ConnectionBroken("The token was revoked.")
    await ground.publish(document(send()))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1})
    await ground.drain()
    (row,) = await rows(ground)
    assert (row.state, row.held_by) == ("held", "ghl")
    ground.clock.move(1_000)
    await ground.drain()
    assert len(ground.app.calls) == 1

    ground.app.answer = lambda _call: {"ok": True}
    at = to_ms(ground.clock.now())
    workspace = row.workspace_id
    assert await ground.db.run(lambda tx: runs.release(tx, workspace, ["ghl"], at)) == 1
    await ground.drain()

    assert await ground.states("thanks") == {"done": 1}


async def test_a_lost_answer_is_looked_up_and_not_repeated(ground):
    ground.app.answer = lambda _call: OutcomeUnknown("No answer.")
    await ground.publish(document(send()))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1})

    await ground.drain()

    assert len(ground.app.calls) == 1
    assert await ground.states("thanks") == {"done": 1}


async def test_what_nobody_can_tell_waits_for_a_person(ground):
    def untold(_call):
        raise OutcomeUnknown("It may have been carried out.")

    ground.app.answer = lambda _call: OutcomeUnknown("No answer.")
    ground.app.look_up = untold
    await ground.publish(document(send()))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1})

    await ground.drain()

    (row,) = await rows(ground)
    assert (row.state, row.place) == ("unknown", "send")
    assert len(ground.app.calls) == 1


async def test_an_app_that_fails_at_every_attempt_is_given_time_and_then_up(ground):
    ground.app.answer = lambda _call: OutcomeUnknown("It answered 503.")
    ground.app.look_up = lambda _call: None  # nothing was done, it turns out
    await ground.publish(document(send(on_error={"attempts": 3})))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1})

    await ground.drain()
    assert len(ground.app.calls) == 1
    for _ in range(4):
        ground.clock.move(301)
        await ground.drain()

    assert [call.key for call in ground.app.calls] == [ground.app.calls[0].key] * 3
    (row,) = await rows(ground)
    assert (row.state, row.sentence) == ("dead", "It answered 503.")


async def test_what_is_repeated_in_doubt_is_given_time_between(ground):
    def untold(_call):
        raise OutcomeUnknown("Nobody can tell.")

    ground.app.answer = lambda _call: OutcomeUnknown("It answered 503.")
    ground.app.look_up = untold
    await ground.publish(document(send(on_unknown="repeat")))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1})
    await ground.drain()
    assert len(ground.app.calls) == 1

    ground.app.answer = lambda _call: {"ok": True}
    ground.clock.move(301)
    await ground.drain()

    assert len(ground.app.calls) == 2
    assert await ground.states("thanks") == {"done": 1}


async def test_a_look_up_that_cannot_be_made_yet_is_made_later(ground):
    later = ground.clock.now() + timedelta(seconds=30)

    def busy(call):
        if ground.clock.now() < later:
            raise RetryLater("Its search is late.", later)
        return None if len(ground.app.calls) > 1 else ground.app.carried_out.get("x")

    ground.app.answer = lambda call: OutcomeUnknown("No answer.")
    ground.app.look_up = busy
    await ground.publish(document(send()))
    await ground.services.start("thanks", {"email": "a@x.org", "n": 1})
    await ground.drain()
    (row,) = await rows(ground)
    assert (row.state, row.due_at) == ("ready", to_ms(later))

    ground.app.answer = lambda call: {"ok": True}
    ground.clock.move(31)
    await ground.drain()

    assert await ground.states("thanks") == {"done": 1}
    assert [call.key for call in ground.app.calls] == [ground.app.calls[0].key] * 2


async def test_the_runs_of_a_paused_flow_are_kept_and_done_when_it_goes_on(ground):
    await ground.publish(document(send(), trigger=EVENT))
    await ground.services.pause("thanks", "Ann")
    connection = await ghl(ground)
    at = to_ms(ground.clock.now())
    await tell(ground, Told(connection, "ContactCreate", "w1", {"n": 1}, "c1", at, 1))
    await ground.drain()
    assert await ground.states("thanks") == {"ready": 1}

    await ground.services.resume("thanks")
    await ground.drain()

    assert await ground.states("thanks") == {"done": 1}


async def test_a_flow_that_keeps_failing_pauses_itself_after_the_grace_period(ground):
    ground.app.answer = lambda _call: RecordRejected("No.")
    ground.flows.pause_after = (5, timedelta(minutes=30))
    await ground.publish(document(send()))
    for n in range(6):
        await ground.services.start("thanks", {"n": n})
    await ground.drain()
    assert (await ground.services.get("thanks")).flow.state == "active"

    ground.clock.move(31 * 60)
    await ground.services.start("thanks", {"n": 7})
    await ground.drain()

    found = (await ground.services.get("thanks")).flow
    assert (found.state, found.failures, found.paused_by) == ("paused", 7, None)
    assert "kept failing" in found.sentence


async def test_one_run_that_works_ends_the_count_of_failures(ground):
    ground.app.answer = lambda call: RecordRejected("No.") if call.inputs["n"] < 3 else {"ok": True}
    await ground.publish(document(send()))
    for n in range(4):
        await ground.services.start("thanks", {"n": n})
        await ground.drain()

    assert (await ground.services.get("thanks")).flow.failures == 0


POLL = {"kind": "poll", "connection": "ghl", "operation": "contacts.search", "minutes": 5}
WATCH = Watch(("id",), ("v",))


def page(*items, cursor="c", baseline=False, more=False):
    return Polled(items, WATCH, cursor, baseline=baseline, more=more)


async def test_the_first_poll_is_the_baseline_and_later_ones_start_runs(ground):
    one, two = {"id": "1", "v": 1, "email": "a", "n": 1}, {"id": "2", "v": 1, "email": "b", "n": 2}
    ground.poller.polls = [
        [page(one, cursor="p1", baseline=True, more=True), page(cursor="p2", baseline=True)],
        [page(one, two, cursor="p3")],
        [page({**one, "v": 2, "n": 3}, two, cursor="p4")],
        [page(one, cursor="p5")],
    ]
    await ground.publish(document(send(), trigger=POLL))
    for _ in range(4):
        await ground.drain()
        ground.clock.move(301)

    assert [call.inputs["n"] for call in ground.app.calls] == [2, 3]
    assert ground.poller.cursors == [None, "p2", "p3", "p4"]
    trigger = (await ground.services.get("thanks")).trigger
    assert (trigger.cursor, trigger.failures) == ("p5", 0)


async def test_a_poll_that_fails_says_so_at_its_trigger_and_tries_again(ground):
    await ground.publish(document(send(), trigger=POLL))
    ground.poller.error = RetryLater("Busy.")
    await ground.drain()
    trigger = (await ground.services.get("thanks")).trigger
    assert (trigger.sentence, trigger.failures, trigger.ok_at) == ("Busy.", 1, None)

    ground.poller.error = None
    ground.poller.polls = [[page({"id": "1", "v": 1}, baseline=True)]]
    ground.clock.move(60)
    await ground.drain()

    trigger = (await ground.services.get("thanks")).trigger
    assert (trigger.sentence, trigger.failures) == (None, 0)


async def test_publishing_again_goes_on_where_the_trigger_was(ground):
    ground.poller.polls = [
        [page({"id": "1", "v": 1}, baseline=True)],
        [page({"id": "1", "v": 1}, {"id": "2", "v": 1, "n": 2})],
    ]
    await ground.publish(document(send(), trigger=POLL))
    await ground.drain()
    await ground.publish(document(send(), send("more"), trigger={**POLL, "minutes": 15}))
    ground.clock.move(1)
    await ground.drain()

    assert len(ground.app.calls) == 2
    assert ground.poller.cursors == [None, "c"]
    trigger = (await ground.services.get("thanks")).trigger
    assert trigger.every_ms == 15 * 60_000


async def test_watching_something_else_begins_with_a_new_baseline(ground):
    ground.poller.polls = [[page({"id": "1", "v": 1}, baseline=True)]] * 2
    await ground.publish(document(send(), trigger=POLL))
    await ground.drain()
    await ground.publish(document(send(), trigger={**POLL, "inputs": {"query": "ann"}}))
    await ground.drain()

    assert ground.poller.cursors == [None, None]
    assert ground.app.calls == []


async def test_a_schedule_starts_one_run_for_each_time_and_one_for_all_that_were_missed(ground):
    trigger = {"kind": "schedule", "cron": "0 * * * *", "zone": "UTC"}
    steps_ = action("send", "send", inputs={"text": "{{trigger.at}}"})
    await ground.publish(document(steps_, trigger=trigger))
    await ground.drain()
    ground.clock.move(3_601)
    await ground.drain()
    ground.clock.move(5 * 3_600)
    await ground.drain()
    await ground.drain()

    assert [call.inputs["text"] for call in ground.app.calls] == [
        "2026-05-01T10:00:00+00:00",
        "2026-05-01T11:00:00+00:00",
    ]


async def test_a_sync_is_asked_for_a_run(ground):
    await ground.publish(document({"id": "go", "kind": "sync_now", "sync": "leads"}))
    await ground.services.start("thanks", {})
    await ground.drain()

    assert ground.syncs_run == ["leads"]


async def test_the_steps_of_an_open_run_are_read_back_as_they_were(ground):
    pause = {"id": "pause", "kind": "delay", "seconds": 60}
    values = {"id": "names", "kind": "set_values", "values": {"full": "Ann {{trigger.n}}"}}
    await ground.publish(
        document(values, pause, action("send", "send", inputs={"text": "{{values.full}}"}))
    )
    await ground.services.start("thanks", {"n": 1})
    await ground.drain()
    (row,) = await rows(ground)
    found = await ground.db.run_read(lambda tx: steps.of_runs(tx, [row.id]))
    assert [*found[row.id]] == ["names", "pause"]
    ground.clock.move(61)
    await ground.drain()

    assert ground.app.calls[0].inputs == {"text": "Ann 1"}


async def test_what_is_wrong_keeps_a_flow_from_being_published(ground):
    await ground.services.save(document(action("x", "no.such")))
    with pytest.raises(UserError, match="is no.such, which ghl does not offer"):
        await ground.services.publish("thanks")
    with pytest.raises(UserError, match="no usable id"):
        await ground.services.save({"title": "x"})


async def test_a_run_whose_flow_cannot_be_read_any_more_stops_and_says_so(ground):
    await ground.publish(document(send()))
    await ground.services.start("thanks", {"n": 1})
    broken = sa.update(flow_version).values(document='{"id": "thanks", "steps": "none"}')
    await ground.db.run(lambda tx: tx.execute(broken))
    ground.flows._flows.clear()

    await ground.drain()

    (row,) = await rows(ground)
    assert row.state == "stopped"
    assert "Publish the flow again" in row.sentence


async def test_a_list_counts_as_far_as_it_is_told_and_a_total_counts_all(ground):
    await ground.publish(document(send()))
    for n in range(3):
        await ground.services.start("thanks", {"n": n})
    found = (await ground.services.get("thanks")).flow

    def read(tx):
        bounded = runs.counts(tx, found.workspace_id, most=2)
        return bounded, runs.counts(tx, found.workspace_id, found.id, most=None)

    bounded, whole = await ground.db.run_read(read)
    assert bounded == {found.id: {"ready": 2}}
    assert whole == {found.id: {"ready": 3}}
