"""Errors are grouped by what the engine does next; the groups are what it catches."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.core import errors


@pytest.mark.parametrize(
    ("error", "group"),
    [
        (errors.NeedsPerson, errors.UserError),
        (errors.ScopeMissing, errors.ConnectionBroken),
        (errors.AccountDenied, errors.ConnectionBroken),
        (errors.DailyLimit, errors.RetryLater),
        (errors.OutcomeUnknown, errors.RetryLater),
        (errors.Duplicate, errors.RecordRejected),
        (errors.VersionStale, errors.RecordRejected),
    ],
)
def test_a_kind_belongs_to_its_group_and_to_no_other(error, group):
    groups = errors.InstepError.__subclasses__()
    assert [each for each in groups if issubclass(error, each)] == [group]


def test_a_gone_record_and_a_halted_sync_are_no_rejections():
    assert not issubclass(errors.Gone, errors.RecordRejected)
    assert not issubclass(errors.SyncHalted, errors.RetryLater)


def test_each_says_its_sentence_and_nothing_more():
    at = datetime(2026, 1, 2, tzinfo=UTC)
    cases = [
        errors.RetryLater("Wait.", at),
        errors.ScopeMissing("Wait.", "contacts.write"),
        errors.Duplicate("Wait.", "c1", "email"),
        errors.SyncHalted("Wait.", "mass_change"),
    ]
    assert {str(error) for error in cases} == {"Wait."}


def test_each_carries_what_the_engine_needs():
    at = datetime(2026, 1, 2, tzinfo=UTC)
    assert errors.DailyLimit("Used up.", at).at == at
    assert errors.OutcomeUnknown("No answer.").at is None
    assert errors.ScopeMissing("Lacks it.", "contacts.write").scope == "contacts.write"
    assert errors.Duplicate("There.", "c1", "email").existing_id == "c1"
    assert errors.SyncHalted("Stopped.", "emptied_side").reason == "emptied_side"
