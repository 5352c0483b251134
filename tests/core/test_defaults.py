"""Defaults fill what is empty when a record is created, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.defaults import Defaults, check_default, complete, value_of, with_defaults
from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, Pair
from instep.core.plan import Action, Known, intents, plan_new, plan_pair
from instep.core.records import Field, FieldType

NOW = 1_767_225_600_000  # 2026-01-01T00:00:00Z
TITLE = Pair(Field("title", "t"), Field("subject", "S"))
DUE = Pair(Field("due_at", "d", FieldType.MOMENT), Field("due", "D", FieldType.MOMENT))
MAPPING = FieldMapping((TITLE, DUE))
FIELDS_B = (
    TITLE.b,
    DUE.b,
    Field("calendar_id", "c", link="calendar"),
    Field("status", "s", choices=(("Open", "open"), ("Shut", "shut"))),
    Field("done", "x", FieldType.BOOLEAN),
    Field("added_at", "a", FieldType.MOMENT, readonly=True),
    Field("tags", "g", FieldType.WORDS),
)
BY_NAME = {field.name: field for field in FIELDS_B}
SIDES = {"a": Defaults(), "b": Defaults({"due": "+1d", "calendar_id": "cal1"}, FIELDS_B)}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("+1d", "2026-01-02T00:00:00.000Z"),
        ("+3h", "2026-01-01T03:00:00.000Z"),
        ("+30m", "2026-01-01T00:30:00.000Z"),
        ("2026-05-04T12:00:00+02:00", "2026-05-04T10:00:00.000Z"),
    ],
)
def test_a_moment_is_counted_from_the_writing_or_said(text, moment):
    assert value_of(text, BY_NAME["due"], None, NOW) == moment


def test_a_day_may_be_counted_too_and_a_text_is_never():
    assert value_of("+1d", Field("day", "d", FieldType.DATE), None, NOW) == "2026-01-02"
    assert value_of("+1d", BY_NAME["subject"], None, NOW) == "+1d"


def test_a_record_that_is_created_gets_them_and_its_source_keeps_nothing():
    item = plan_new(MAPPING, "Call", "a", Known("a1", {"title": "Call", "due_at": None}))
    (intent,) = with_defaults(intents(item, MAPPING), MAPPING, SIDES, NOW)
    due = "2026-01-02T00:00:00.000Z"
    assert intent.write.set == {"subject": "Call", "due": due, "calendar_id": "cal1"}
    assert intent.after == {"title": "Call", "due_at": due}
    assert intent.source == {"title": "Call"}
    assert intent.basis == {"title": None, "due_at": None}
    assert "default" in intent.why["due_at"]


def test_what_is_filled_stays_and_an_update_gets_none():
    filled = Known("a1", {"title": "Call", "due_at": "2026-05-04T10:00:00.000Z"})
    (intent,) = with_defaults(
        intents(plan_new(MAPPING, "Call", "a", filled), MAPPING), MAPPING, SIDES, NOW
    )
    assert intent.write.set["due"] == "2026-05-04T10:00:00.000Z"
    agreed = {"title": "Call", "due_at": None}
    pair = plan_pair(
        MAPPING,
        "Call",
        Known("a1", {**agreed, "title": "Ring"}, agreed),
        Known("b1", agreed, agreed),
    )
    (update,) = with_defaults(intents(pair, MAPPING), MAPPING, SIDES, NOW)
    assert (update.action, update.write.set) == (Action.UPDATE, {"subject": "Ring"})


@given(
    st.dictionaries(
        st.sampled_from(["subject", "due", "status", "tags"]),
        st.sampled_from([None, "", (), "kept"]),
    )
)
def test_completing_fills_only_what_is_empty_and_filling_twice_is_filling_once(values):
    defaults = Defaults({"subject": "(none)", "status": "open"}, FIELDS_B)
    filled = complete(values, defaults, NOW)
    assert all(filled[name] == value for name, value in values.items() if value == "kept")
    assert filled["subject"]
    assert filled["status"]
    assert filled.keys() - values.keys() <= {"subject", "status"}
    assert complete(filled, defaults, NOW + 1) == filled


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("added_at", "+1d", "could not be written"),
        ("status", "ajar", "it can be open, shut"),
        ("done", "perhaps", "true or false"),
        ("due", "tomorrow", "say +1d"),
        ("subject", "  ", "is empty"),
    ],
)
def test_a_default_that_cannot_be_is_refused_with_a_sentence(name, text, sentence):
    with pytest.raises(UserError, match=sentence.replace("+", r"\+")):
        check_default(text, BY_NAME[name], None, "Insightly tasks")


@pytest.mark.parametrize(
    ("name", "text"), [("due", "+2d"), ("status", "shut"), ("done", "yes"), ("calendar_id", "x")]
)
def test_a_default_that_fits_is_taken(name, text):
    check_default(text, BY_NAME[name], None, "Insightly tasks")
