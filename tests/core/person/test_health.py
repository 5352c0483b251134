"""How well a person is looked after, part by part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.person.health import health
from instep.core.person.timeline import Happening
from instep.core.why import Stand

NOW = 1_767_600_000_000
DAY = 86_400_000
EVERY = frozenset({"task", "note", "appointment", "message"})


def thing(kind, days, **more):
    return Happening(f"{kind}:{days}:{more}", kind, ("app",), "Title", NOW + days * DAY, **more)


def parts(*happenings, stands=(Stand.IN_STEP,), known=EVERY):
    told = health(happenings, stands, known, NOW)
    return told.score, {each.name: each for each in told.parts}


def test_the_score_is_the_share_of_all_points():
    score, by_name = parts(
        thing("message", -1, direction="outbound"), thing("appointment", 3), thing("task", 2)
    )
    assert score == 100
    assert by_name["next appointment"].sentence == "The next appointment is in 3 days."
    assert {each.points for each in by_name.values()} == {15, 20, 30}


def test_what_nobody_knows_counts_neither_way():
    score, by_name = parts(known=frozenset({"task"}), stands=())
    assert score == 100
    assert {name for name, each in by_name.items() if each.points is None} == {
        "last contact",
        "next appointment",
        "unanswered message",
        "in step",
    }
    assert parts(known=frozenset(), stands=())[0] is None


@pytest.mark.parametrize(("days", "points"), [(0, 30), (7, 30), (8, 20), (31, 10), (91, 0)])
def test_contact_is_worth_less_the_longer_ago_it_was(days, points):
    assert parts(thing("note", -days))[1]["last contact"].points == points


def test_each_overdue_task_costs_and_done_ones_do_not():
    late = [thing("task", -number) for number in (1, 2, 3)]
    _, by_name = parts(*late[:1], thing("task", -9, done=True))
    assert (by_name["tasks"].points, by_name["tasks"].sentence) == (
        10,
        "1 task is overdue, the oldest was due a day ago.",
    )
    assert parts(*late)[1]["tasks"].points == 0


def test_only_the_last_message_asks_for_an_answer():
    asked, answered = (
        thing("message", -2, direction="inbound"),
        thing("message", -1, direction="outbound"),
    )
    assert parts(asked)[1]["unanswered message"].points == 0
    assert parts(asked, answered)[1]["unanswered message"].points == 20


def test_a_cancelled_appointment_is_not_ahead():
    assert parts(thing("appointment", 3, status="cancelled"))[1]["next appointment"].points == 0


def test_the_link_that_stands_worst_counts():
    assert parts(stands=(Stand.IN_STEP, Stand.CONFLICT))[1]["in step"].points == 0
    assert parts(stands=(Stand.IN_STEP, Stand.WAITING))[1]["in step"].points == 10


KINDS = ["task", "note", "appointment", "message", "opportunity", "change"]
THINGS = st.builds(
    thing,
    st.sampled_from(KINDS),
    st.integers(-1_000, 1_000),
    done=st.booleans(),
    direction=st.sampled_from([None, "inbound", "outbound"]),
)


@given(st.lists(THINGS), st.lists(st.sampled_from(Stand)), st.sets(st.sampled_from(KINDS)))
def test_no_part_is_worth_more_than_its_most(happenings, stands, known):
    told = health(happenings, stands, frozenset(known), NOW)
    assert told.score is None or 0 <= told.score <= 100
    assert all(each.points is None or 0 <= each.points <= each.most for each in told.parts)
    assert all(each.sentence for each in told.parts)
