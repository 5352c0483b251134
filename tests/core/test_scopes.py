"""The least scopes: what the syncs need, who needs it, what is missing, what is asked for."""

from __future__ import annotations

from instep.core.scopes import Use, asked, needs

PEOPLE = Use("people", ("contacts.readonly", "contacts.write"))
VISITS = Use("visits", ("contacts.readonly", "calendars/events.readonly"))


def test_each_scope_is_told_with_the_syncs_that_need_it():
    assert needs([PEOPLE, VISITS], ["contacts.readonly", "users.readonly"]).needed == {
        "calendars/events.readonly": ("visits",),
        "contacts.readonly": ("people", "visits"),
        "contacts.write": ("people",),
        "users.readonly": (),
    }


def test_nothing_is_said_to_be_missing_where_the_app_does_not_tell_what_it_granted():
    known = needs([PEOPLE])
    assert (known.missing, known.sentence) == ({}, None)


def test_what_is_missing_is_named_with_the_sync_that_needs_it():
    known = needs([PEOPLE, VISITS], granted=("contacts.readonly",))
    assert known.missing == {
        "calendars/events.readonly": ("visits",),
        "contacts.write": ("people",),
    }
    assert "lacks calendars/events.readonly (for visits), contacts.write (for people)" in (
        known.sentence
    )
    assert needs([PEOPLE], granted=(*PEOPLE.scopes, "more")).sentence is None


def test_what_the_connection_itself_needs_has_words_of_its_own():
    assert "a (for the connection itself)" in needs([], ["a"], granted=("b",)).sentence


def test_only_what_the_syncs_need_is_asked_for_and_what_was_added():
    known = needs([VISITS], ["contacts.readonly"])
    usual = ("contacts.readonly", "contacts.write")
    assert asked(known, usual=usual, has_syncs=True, added=["users.readonly"]) == (
        "calendars/events.readonly",
        "contacts.readonly",
        "users.readonly",
    )


def test_the_usual_ones_are_asked_for_while_there_is_no_sync():
    known = needs([], ["contacts.readonly"])
    asked_for = asked(known, usual=("contacts.write",), has_syncs=False, added=[])
    assert asked_for == ("contacts.readonly", "contacts.write")
