"""A run goes the flow's way, each step once at each place, and a kill changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.flow import walk as walking
from instep.core.flow.moves import Do, FindOut, Finish, Reason, Stop, Wait
from instep.core.flow.outcomes import Outcome, State, answered, done, started
from instep.core.flow.replays import obstacle, without_stop
from instep.core.flow.walk import Walk
from tests.core.flow.documents import action, flow_of, when
from tests.core.flow.random_flows import NOW, Ride, flows, interpreted, items, later

seeds = st.integers(0, 10_000)


# Laws


@given(flows, items, seeds)
def test_a_run_does_what_the_flow_says_in_its_order_and_nothing_twice(flow, item, seed):
    ride, expected = Ride(flow, item, seed), []
    end = ride.go()
    went_on = interpreted(flow.steps, item, seed, expected)
    assert ride.did == expected
    assert len(set(ride.did)) == len(ride.did)
    assert isinstance(end, Finish) == went_on


@given(flows, items, seeds, st.sets(st.integers(1, 40), max_size=12))
def test_a_run_that_is_killed_goes_on_as_if_it_had_not_been(flow, item, seed, killed):
    whole, torn = Ride(flow, item, seed), Ride(flow, item, seed, killed)
    assert torn.go() == whole.go()
    assert torn.did == whole.did
    assert torn.inputs == whole.inputs
    assert torn.outcomes() == whole.outcomes()


@given(flows, items, seeds)
def test_asked_twice_it_says_the_same(flow, item, seed):
    walk = Walk(flow, item, {})
    first, again = walk.next(NOW), walk.next(NOW)
    assert again.move == first.move
    assert again.settled == {}


@given(flows, items, seeds)
def test_a_stopped_run_does_only_the_rest_when_it_is_done_again(flow, item, seed):
    ride = Ride(flow, item, seed)
    end = ride.go()
    if not isinstance(end, Stop):
        return
    kept = without_stop(ride.outcomes(), end.place)
    assert obstacle(flow, flow, item, kept, ride.now) is None
    again = Walk(flow, item, kept).next(ride.now).move
    # what may have been carried out is looked up before it is done again
    in_doubt = ride.outcomes()[end.place].state is State.UNKNOWN
    assert isinstance(again, FindOut if in_doubt else Do)
    assert (again.place, again.attempt) == (end.place, 1)
    assert {place for place, _ in ride.did} - {end.place} <= kept.keys()


# One by one


def moves(flow, item, answers=None):
    """The places a run comes by, everything being done at once."""
    walk, places, now = Walk(flow, item, {}), [], NOW
    while True:
        move = walk.next(now).move
        match move:
            case Do():
                places.append((move.place, dict(move.inputs)))
                walk.record(move.place, done((answers or {}).get(move.place, {"ok": True})))
            case Wait():
                places.append((move.place, move.until))
                now = move.until
            case _:
                return places, move


def test_values_travel_from_step_to_step():
    flow = flow_of(
        {"id": "names", "kind": "set_values", "values": {"full": "Dear {{trigger.name}}"}},
        action("find", inputs={"q": "{{values.full}}"}),
        action("note", inputs={"id": "{{steps.find.contact.id}}", "deep": [{"a": "{{now}}"}]}),
    )
    did, _ = moves(flow, {"name": "Ada"}, {"find": {"contact": {"id": 7}}})
    assert did == [
        ("find", {"q": "Dear Ada"}),
        ("note", {"id": 7, "deep": [{"a": NOW.isoformat()}]}),
    ]


def test_each_item_has_a_scope_of_its_own():
    flow = flow_of(
        {"id": "v", "kind": "set_values", "values": {"v": "outer"}},
        {
            "id": "each",
            "kind": "for_each",
            "items": "{{trigger.list}}",
            "steps": [
                action("first", inputs={"v": "{{values.v}}", "old": "{{steps.last.x}}"}),
                {"id": "w", "kind": "set_values", "values": {"v": "{{item}}"}},
                action("last", inputs={"v": "{{values.v}}{{index}}/{{steps.each.count}}"}),
            ],
        },
        action("after", inputs={"v": "{{values.v}}", "n": "{{steps.each.count}}"}),
    )
    did, end = moves(flow, {"list": ["x", "y"]}, {"each[1].last": {"x": 1}})
    assert did == [
        ("each[1].first", {"v": "outer"}),
        ("each[1].last", {"v": "x1/2"}),
        ("each[2].first", {"v": "outer"}),
        ("each[2].last", {"v": "y2/2"}),
        ("after", {"v": "outer", "n": 2}),
    ]
    assert end == Finish()


def test_a_filter_ends_the_list_it_stands_in():
    only = {"id": "only", "kind": "filter", "where": {"all": [{"field": "item", "value": 2}]}}
    each = {"kind": "for_each", "items": "{{trigger.list}}", "steps": [only, action("do")]}
    did, end = moves(flow_of({"id": "each", **each}, action("after")), {"list": [1, 2, 3]})
    assert [place for place, _ in did] == ["each[2].do", "after"]
    assert end == Finish()


def test_a_filter_of_the_flow_ends_the_run_and_says_why():
    flow = flow_of({"id": "only", "kind": "filter", "where": when(a=1)}, action("do"))
    assert moves(flow, {"a": 2}) == ([], Finish("It did not hold: trigger.a is 1: no, it is 2."))


def test_after_a_branch_the_flow_goes_on():
    way = {"where": when(a=1), "steps": [action("one")]}
    branch = {"id": "b", "kind": "branch", "ways": [way], "otherwise": [action("other")]}
    flow = flow_of(branch, action("after"))
    assert [place for place, _ in moves(flow, {"a": 1})[0]] == ["one", "after"]
    assert [place for place, _ in moves(flow, {"a": 2})[0]] == ["other", "after"]


@pytest.mark.parametrize(
    ("until", "at"),
    [
        ("2026-11-21T13:00:00+01:00", NOW),
        ("2026-11-21T12:00:10Z", later(10)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_a_delay_waits_until_a_moment(until, at):
    flow = flow_of({"id": "w", "kind": "delay", "until": "{{trigger.at}}"})
    assert moves(flow, {"at": until})[0] == ([("w", at)] if at > NOW else [("w", NOW)])


@pytest.mark.parametrize(
    ("step", "item", "why"),
    [
        ({"kind": "delay", "until": "{{trigger.at}}"}, {"at": "soon"}, "soon, which is no moment"),
        ({"kind": "delay", "until": "{{trigger.at}}"}, {"at": "9999-01-01"}, "too far away"),
        ({"kind": "delay", "until": "{{trigger.at}}"}, {"at": 5}, "5, which is no moment"),
        ({"kind": "for_each", "items": "{{trigger.at}}", "steps": []}, {"at": "x"}, "is no list"),
        (
            {"kind": "for_each", "items": "{{trigger.at}}", "steps": [], "at_most": 2},
            {"at": [1, 2, 3]},
            "has 3 items, and at_most is 2. Nothing was done.",
        ),
        ({"kind": "set_values", "values": {"a": "{{trigger.refused | required}}"}}, {}, "required"),
        (action("x", inputs={"a": "{{trigger.refused | required}}"}), {}, "required"),
    ],
)
def test_what_cannot_be_worked_out_stops_the_run_with_the_reason(step, item, why):
    _, end = moves(flow_of({**step, "id": "x"}), item)
    assert (end.place, end.reason) == ("x", Reason.DEAD_LETTER)
    assert why in end.why


def test_a_failure_that_is_gone_past_is_told_to_later_steps():
    flow = flow_of(
        action("a", on_error={"then": "go_on"}), action("b", inputs={"e": "{{steps.a.error}}"})
    )
    walk = Walk(flow, {}, {"a": Outcome(State.FAILED, error="No such contact.")})
    assert walk.next(NOW).move.inputs == {"e": "No such contact."}


def test_a_step_that_was_started_is_looked_up_and_not_done_again():
    walk = Walk(flow_of(action("a")), {}, {"a": started({"x": 1}, 2)})
    move = walk.next(NOW).move
    assert isinstance(move, FindOut)
    assert (move.place, move.attempt, move.inputs) == ("a", 2, {"x": 1})


@pytest.mark.parametrize(("happened", "kind"), [(True, Finish), (False, Do)])
def test_a_person_settles_what_is_in_doubt(happened, kind):
    unknown = Outcome(State.UNKNOWN, error="No answer.", inputs={})
    flow = flow_of(action("a"))
    assert Walk(flow, {}, {"a": unknown}).next(NOW).move == Stop("a", Reason.UNKNOWN, "No answer.")
    settled = answered(unknown, NOW, happened=happened)
    assert isinstance(Walk(flow, {}, {"a": settled}).next(NOW).move, kind)


def test_a_run_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(walking, "MOST_OUTCOMES", 5)
    each = {"id": "each", "kind": "for_each", "items": "{{trigger.list}}", "steps": [action("a")]}
    did, end = moves(flow_of(each), {"list": list(range(9))})
    assert len(did) == 4
    assert end.reason is Reason.FAILED


def test_a_thousand_items_are_walked_in_a_moment():
    each = {"id": "each", "kind": "for_each", "items": "{{trigger.list}}", "steps": [action("a")]}
    did, _ = moves(flow_of(each), {"list": list(range(1000))})
    assert len(did) == 1000


# On a newer version


def test_a_newer_version_that_does_the_same_first_takes_over():
    old = flow_of(action("a"), action("b"))
    new = flow_of(action("a"), action("b", inputs={"x": 1}), action("c"))
    assert obstacle(old, new, {}, {"a": done({})}, NOW) is None


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([action("b")], "The step a was done, and the newer version does not have it."),
        ([action("a", "other")], "it is another in the newer version"),
        ([{"id": "a", "kind": "delay", "seconds": 1}], "it is another in the newer version"),
        ([action("n"), action("a")], "the newer version does other steps before it"),
    ],
)
def test_a_newer_version_that_does_not_fit_is_refused(steps, why):
    assert why in obstacle(flow_of(action("a")), flow_of(*steps), {}, {"a": done({})}, NOW)
