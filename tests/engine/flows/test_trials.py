"""Tests of flows: what is shown, what is sent, and what later steps read; on both databases."""

from __future__ import annotations

import pytest

from instep.core.errors import NeedsPerson, OutcomeUnknown, RetryLater, UserError
from instep.core.flow.arrivals import Watch
from instep.engine.flows.triggers.polling import Polled
from instep.engine.flows.trying.trial_items import Source, TrialItems
from instep.engine.flows.trying.trial_walk import TURNS, Sending
from instep.engine.flows.trying.trials import Trials, TrialWanted
from tests.core.flow.documents import action, document, when
from tests.engine.flows.ground import Offers

EVERYTHING = {"sending": Sending.EVERYTHING, "confirmed": True}
POLL = {"kind": "poll", "connection": "ghl", "operation": "contacts.search", "minutes": 5}


def send(own="send", **inputs):
    return action(own, "send", inputs=inputs or {"to": "{{trigger.email}}"})


@pytest.fixture
def tried(ground):
    """Test a document with an item."""
    trials = Trials(
        ground.services,
        Offers(),
        TrialItems(ground.db, ground.poller, ground.clock),
        ground.app,
        ground.app,
        ground.flows.run_sync,
        ground.flows.secrets_of,
        ground.clock,
    )

    async def test(wanted, *given, **how):
        pasted = {"item": given[0], "given": True} if given else {}
        return await trials.test(wanted, TrialWanted(**pasted, **how))

    return test


def told(tested):
    return [(each.place, each.state) for each in tested.steps]


async def test_a_dry_run_shows_the_requests_sends_nothing_and_keeps_nothing(ground, tried):
    flow = document(send(), action("next", "contacts.get", inputs={"contactId": "7"}))
    tested = await tried(flow, {"email": "a@x.org"})

    assert ground.app.calls == []
    assert told(tested) == [("send", "shown"), ("next", "shown")]
    assert tested.steps[0].requests == [{"method": "POST", "body": {"to": "a@x.org"}}]
    assert tested.steps[1].made_up
    assert tested.steps[1].output["contact"]["email"] == "ann@example.com"
    assert tested.end == "It came to its end."
    assert await ground.services.list() == []


async def test_what_a_step_was_not_asked_for_is_made_up_for_later_ones(ground, tried):
    find = action("find", "contacts.search", inputs={"query": "ann"})
    tested = await tried(document(find, send(to="{{steps.find.contacts[0].email}}")), {})
    assert tested.steps[1].input == {"to": "ann@example.com"}
    assert (tested.steps[0].made_up, ground.app.calls) == (True, [])


async def test_reads_are_asked_and_writes_are_not(ground, tried):
    ground.app.answer = lambda _call: {"contacts": [{"email": "real@x.org"}]}
    find = action("find", "contacts.search", inputs={"query": "ann"})
    flow = document(find, send(to="{{steps.find.contacts[0].email}}"))
    tested = await tried(flow, {}, sending=Sending.READS)
    assert [each.operation for each in ground.app.calls] == ["contacts.search"]
    assert told(tested) == [("find", "done"), ("send", "shown")]
    assert tested.steps[1].input == {"to": "real@x.org"}


async def test_a_real_test_says_what_it_writes_before_it_does(ground, tried):
    flow = document(send(), {"id": "go", "kind": "sync_now", "sync": "leads"})
    with pytest.raises(NeedsPerson, match="send calls send of ghl; go runs the sync leads"):
        await tried(flow, {"email": "a"}, sending=Sending.EVERYTHING)
    assert (ground.app.calls, ground.syncs_run) == ([], [])

    tested = await tried(flow, {"email": "a"}, **EVERYTHING)
    assert told(tested) == [("send", "done"), ("go", "done")]
    assert [each.inputs for each in ground.app.calls] == [{"to": "a"}]
    assert ground.syncs_run == ["leads"]


async def test_a_flow_with_an_error_is_only_tested_dry(ground, tried):
    flow = document(send(), action("x", "no.such"))
    tested = await tried(flow, {"email": "a"})
    assert "no.such, which ghl does not offer" in tested.problems[0].sentence
    with pytest.raises(UserError, match="only tested dry"):
        await tried(flow, {"email": "a"}, **EVERYTHING)
    assert ground.app.calls == []


async def test_what_cannot_be_read_is_not_tested(tried):
    with pytest.raises(UserError, match="cannot be tested"):
        await tried({"id": "x"}, {})
    with pytest.raises(UserError, match=r"no step 'sned'. Did you mean send"):
        await tried(document(send()), {}, only="sned")


async def test_a_filter_says_why_it_ends_the_test(tried):
    leads = {"id": "leads", "kind": "filter", "where": when(type="lead")}
    tested = await tried(document(leads, send()), {"type": "other"})
    assert told(tested) == [("leads", "done")]
    assert tested.steps[0].output["held"] is False
    assert tested.end.startswith("A filter ended it: ")


async def test_delays_are_told_and_not_waited_for(tried):
    pause = {"id": "pause", "kind": "delay", "seconds": 86_400}
    tested = await tried(document(pause, send()), {"email": "a"})
    assert told(tested) == [("pause", "done"), ("send", "shown")]
    assert "waits here until 2026-05-02T09:00:00+00:00" in tested.steps[0].note


async def test_of_a_long_list_the_first_items_are_looked_at(tried):
    each = {"id": "each", "kind": "for_each", "items": "{{trigger.tags}}"}
    flow = document({**each, "steps": [send(text="{{item}} of {{steps.each.count}}")]}, send("end"))
    tested = await tried(flow, {"tags": [*"abcdefg"], "email": "x"})
    assert [step.place for step in tested.steps] == [
        "each",
        *(f"each[{number}].send" for number in range(1, TURNS + 1)),
        "end",
    ]
    assert tested.steps[0].note == "Of 7 items a test looks at the first 3."
    assert tested.steps[1].input == {"text": "a of 7"}


async def test_one_step_is_tested_wherever_it_stands_and_nothing_else_is_sent(ground, tried):
    branch = {
        "id": "size",
        "kind": "branch",
        "ways": [{"where": when(size="big"), "steps": [send("big")]}],
        "otherwise": [send("small")],
    }
    leads = {"id": "leads", "kind": "filter", "where": when(type="lead")}
    flow = document(leads, send("first"), branch, send("last"))
    tested = await tried(flow, {"email": "a"}, only="small", **EVERYTHING)
    assert [each.key.rpartition(":")[2] for each in ground.app.calls] == ["small"]
    assert tested.writes == ["small calls send of ghl"]
    assert told(tested)[-1] == ("small", "done")
    assert tested.end == "The step small was tested, and nothing after it."


async def test_a_template_that_fails_is_pointed_at(tried):
    flow = document(send(to="{{trigger.email}}", n="{{trigger.n | round:2}}"))
    tested = await tried(flow, {"email": "a", "n": "many"})
    (step,) = tested.steps
    assert step.state == "failed"
    assert step.error.startswith("Its input n: The template is wrong at character")
    assert "^" in step.pointed.splitlines()[1]
    assert tested.end.startswith("It stops at send: ")


@pytest.mark.parametrize(
    ("error", "state", "note"),
    [
        (RetryLater("Busy."), "failed", "A run would try it again by itself"),
        (OutcomeUnknown("No answer."), "unknown", "may have been carried out"),
    ],
)
async def test_nothing_is_tried_twice(ground, tried, error, state, note):
    ground.app.answer = lambda _call: error
    flow = document({**send(), "on_unknown": "repeat"}, send("after"))
    tested = await tried(flow, {"email": "a"}, **EVERYTHING)
    assert len(ground.app.calls) == 1
    assert (tested.steps[0].state, tested.has_failed) == (state, True)
    assert note in tested.steps[0].note


async def test_secrets_are_masked_wherever_they_are_shown(ground, tried):
    ground.app.answer = lambda _call: {"seen": "a top-secret thing"}
    tested = await tried(document(send()), {"email": "top-secret"}, **EVERYTHING)
    assert "top-secret" not in str(tested.as_json())


async def test_what_is_too_long_to_show_is_said(tried):
    tested = await tried(document(send()), {"email": "x" * 5_000})
    assert tested.steps[0].cut == "Of 5,000 characters the first 4,000 are kept."


async def test_the_item_is_that_of_the_newest_run_of_this_trigger(ground, tried):
    await ground.publish(document(send()))
    for name in ("old", "new"):
        await ground.services.start("thanks", {"email": name})
    tested = await tried(document(send()))
    assert tested.item.item == {"email": "new"}
    assert "the run frn_" in tested.item.whence
    # another trigger's items are of another form
    other = await tried(document(send(), trigger={"kind": "bridge"}))
    assert "made up" in other.item.whence


async def test_a_poll_is_read_for_an_item_only_where_it_may_be(ground, tried):
    ground.poller.polls = [[Polled([{"email": "p"}], Watch(("id",)), "c", True, False)]]
    flow = document(send(), trigger=POLL)
    with pytest.raises(UserError, match="a dry run asks no app"):
        await tried(flow, source=Source.RECENT)
    assert ground.poller.cursors == []
    tested = await tried(flow, source=Source.RECENT, sending=Sending.READS)
    assert (tested.item.item, ground.poller.cursors) == ({"email": "p"}, [None])


async def test_without_a_run_there_is_no_recent_item_of_an_event(tried):
    event = {"kind": "event", "connection": "ghl", "event": "ContactCreate"}
    with pytest.raises(UserError, match="no recent item"):
        await tried(document(send(), trigger=event), source=Source.RECENT)


async def test_a_sample_is_always_the_same_and_holds_what_the_steps_read(tried):
    each = {"id": "each", "kind": "for_each", "items": "{{trigger.order.lines}}"}
    inner = send("inner", to="{{item.email}}", text="{{trigger.order.placed_at}}")
    last = send(to="{{trigger.customer.phone}}", text="{{trigger.tags[0]}}")
    flow = document({**each, "steps": [inner]}, last)
    once, again = [await tried(flow, source=Source.SAMPLE) for _ in range(2)]
    assert once.item == again.item
    assert once.item.item["customer"] == {"phone": "+12025550123"}
    assert once.steps[1].input == {"to": "ann@example.com", "text": "2026-01-15T09:00:00+00:00"}
    assert once.steps[2].input == {"to": "+12025550123", "text": "sample tags"}
    assert not once.has_failed
