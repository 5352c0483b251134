"""Roles, passwords, waits and the chain of the audit log."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.core.people.chain import FIRST, Linked, digest, first_break
from instep.core.people.changes import changes
from instep.core.people.credentials import check_name, check_password, name_key
from instep.core.people.lasting import SESSION_IDLE_MS, SESSION_MOST_MS, Span
from instep.core.people.roles import Actor, Caller, Role, read_role
from instep.core.people.throttling import FORGET_MS, FREE, Failures, next_number, wait_ms

SAID = st.dictionaries(st.text(), st.none() | st.integers() | st.text(), max_size=4)


def chain(all_said):
    previous, made = FIRST, []
    for number, said in enumerate(all_said, 1):
        made.append(Linked(number, said, previous, digest(previous, number, said)))
        previous = made[-1].digest
    return made


@given(st.lists(SAID, max_size=8))
def test_a_chain_as_it_was_written_holds(all_said):
    assert first_break(chain(all_said)) is None


@given(st.lists(SAID, min_size=1, max_size=8), st.data())
def test_a_changed_entry_is_found(all_said, data):
    made = chain(all_said)
    at = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(SAID.filter(lambda said: said != made[at].said))
    made[at] = Linked(at + 1, other, made[at].previous, made[at].digest)
    assert first_break(made).number == at + 1


@given(st.lists(SAID, min_size=2, max_size=8), st.data())
def test_a_changed_entry_with_its_hash_made_anew_is_found_by_the_next(all_said, data):
    made = chain(all_said)
    at = data.draw(st.integers(0, len(made) - 2))
    other = data.draw(SAID.filter(lambda said: said != made[at].said))
    fresh = digest(made[at].previous, at + 1, other)
    made[at] = Linked(at + 1, other, made[at].previous, fresh)
    assert first_break(made).number == at + 2


@given(st.lists(SAID, min_size=2, max_size=8), st.data())
def test_an_entry_taken_out_or_moved_is_found(all_said, data):
    made = chain(all_said)
    at = data.draw(st.integers(0, len(made) - 2))
    without = copy.copy(made)
    gone = without.pop(at)
    assert first_break(without).number == at + 1
    assert first_break([*without, gone]).number == at + 1


@given(st.lists(SAID, min_size=1, max_size=8), st.data())
def test_a_chain_is_checked_page_by_page(all_said, data):
    made = chain(all_said)
    at = data.draw(st.integers(0, len(made) - 1))
    before = made[at - 1].digest if at else FIRST
    assert first_break(made[at:], before, at) is None


@given(st.sampled_from(Role), st.sampled_from(Role), st.booleans(), st.booleans())
def test_a_role_may_what_those_below_it_may(role, needed, changing, read_only):
    caller = Caller(Actor("token", "t", "robot", "here"), role, read_only)
    allowed = [*Role].index(role) >= [*Role].index(needed) and not (changing and read_only)
    assert (caller.refusal(needed, changes=changing) is None) == allowed


def test_a_role_is_read_as_people_write_it():
    assert read_role(" Admin ") is Role.ADMIN
    with pytest.raises(UserError, match="Choose viewer, operator or admin"):
        read_role("owner")


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb", "a\0b"])
def test_a_name_that_cannot_be_is_refused(name):
    with pytest.raises(UserError, match="needs a name"):
        check_name(name)


@pytest.mark.parametrize("other", ["ANN@example.com", " ann@example.com ", "ａnn@example.com"])
def test_one_name_written_differently_is_one(other):
    assert name_key(other) == name_key("ann@example.com")


@pytest.mark.parametrize(
    "password", ["", "elevenchars", "x" * 257, "ababababababab", "Ann Of Example"]
)
def test_a_password_that_is_easy_to_guess_is_refused_and_never_shown(password):
    with pytest.raises(UserError) as refused:
        check_password(password, "ann of example")
    assert not password or password not in str(refused.value)


@pytest.mark.parametrize("password", ["correct horse", "пароль из слов", "            a b c d e"])
def test_a_long_password_of_any_characters_is_good(password):
    assert check_password(password, "ann")


@given(st.sampled_from([*FREE]), st.integers(0, 60), st.integers(0, 10**9))
def test_waits_grow_with_failures_and_end(kind, number, since):
    now = 10**12
    one, more = (Failures(kind, number + each, now - since) for each in (0, 1))
    assert wait_ms(one, now) <= wait_ms(more, now) <= 15 * 60_000
    if number < FREE[kind] or since >= 15 * 60_000:
        assert wait_ms(one, now) == 0
    elif since == 0:
        assert wait_ms(one, now) >= 30_000


def test_old_failures_do_not_count():
    old = Failures("both", 40, 0)
    assert wait_ms(old, FORGET_MS) == 0
    assert next_number(old, FORGET_MS) == 1
    assert next_number(old, FORGET_MS - 1) == 41
    assert next_number(None, 0) == 1


@given(st.integers(0, 2 * SESSION_MOST_MS), st.integers(0, 2 * SESSION_IDLE_MS))
def test_a_session_is_good_until_it_is_left_alone_or_too_old(age, idle):
    span = Span(0, max(age - idle, 0), SESSION_MOST_MS)
    good = age < SESSION_MOST_MS and age - span.seen_at < SESSION_IDLE_MS
    assert span.is_good(age) == good


def test_a_change_tells_what_differs_and_no_secret():
    before = {"1": {"name": "x", "config": '{"api_key": "sentinel-secret", "url": "a"}', "at": 1}}
    after = {"1": {"name": "x", "config": '{"api_key": "sentinel-other", "url": "b"}', "at": 1}}
    [found] = changes("connection", before, after)
    told = found.as_json()
    assert told["after"] == {"config": {"api_key": "•••", "url": "b"}}
    assert told["before"] == {"config": {"api_key": "•••", "url": "a"}}
    assert (told["noun"], told["id"], told["name"]) == ("connection", "1", "x")


def test_what_is_made_and_taken_away_is_told_whole():
    [made] = changes("sync", {}, {"1": {"name": "x"}})
    assert (made.before, made.after) == (None, {"name": "x"})
    [gone] = changes("sync", {"1": {"name": "x"}}, {})
    assert (gone.before, gone.after) == ({"name": "x"}, None)
    assert changes("sync", {"1": {"name": "x"}}, {"1": {"name": "x"}}) == []
