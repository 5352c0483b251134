"""Only a checked draft is published, and its trigger goes on where it was."""

from __future__ import annotations

import dataclasses

import pytest

from instep.core.errors import UserError
from instep.core.flow.model import Manual, Poll, Schedule
from instep.core.flow.problems import Problem
from instep.core.flow.versions import Version, keeps_cursor, publish, watched
from tests.core.flow.documents import action, flow_of

FLOW = flow_of(action("a"))
POLL = Poll("ghl", "contacts.search", {"query": "x"}, 5, changed=True, everything=False)


def test_the_first_version_is_one_and_a_change_makes_the_next():
    first = publish(FLOW, [], None)
    second = publish(flow_of(action("b")), [], first)
    assert (first.number, second.number) == (1, 2)
    assert first.document == FLOW.document


def test_publishing_the_same_makes_no_new_version():
    first = publish(FLOW, [], None)
    again = dict(reversed(FLOW.document.items()))
    assert publish(dataclasses.replace(FLOW, document=again), [], first) is first


def test_an_error_keeps_a_flow_from_being_published_and_a_warning_does_not():
    wrong = Problem("steps[1]", "has no operation", "Name one.", "a")
    with pytest.raises(UserError, match="cannot be published: steps.1. .step a. has no operation"):
        publish(FLOW, [wrong], None)
    warning = dataclasses.replace(wrong, is_warning=True)
    assert publish(FLOW, [warning], None).number == 1


def test_a_flow_keeps_its_id():
    other = Version(3, {**FLOW.document, "id": "other"})
    with pytest.raises(UserError, match="is called other and cannot become thanks"):
        publish(FLOW, [], other)


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"minutes": 15}, True),
        ({"changed": False}, True),
        ({"everything": True}, True),
        ({"connection": "other"}, False),
        ({"operation": "contacts.list"}, False),
        ({"inputs": {"query": "y"}}, False),
    ],
)
def test_republishing_keeps_the_cursor_while_the_same_is_watched(change, kept):
    assert keeps_cursor(POLL, dataclasses.replace(POLL, **change)) is kept


def test_another_kind_of_trigger_begins_anew():
    assert not keeps_cursor(POLL, Manual())
    assert not keeps_cursor(Schedule("0 9 * * *", "UTC"), Schedule("0 9 * * *", "Europe/Berlin"))


def test_names_that_hold_the_separator_do_not_become_one():
    one, other = (
        dataclasses.replace(POLL, connection=c, operation=o)
        for c, o in (('a", "b', "c"), ("a", 'b", "c'))
    )
    assert watched(one) != watched(other)
