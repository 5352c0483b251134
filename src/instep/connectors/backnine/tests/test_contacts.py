from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.backnine import connector, listing, telling
from instep.core.errors import RetryLater, UserError
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

KEPT = {
    "id": "42",
    "version": "1",
    "changed_at": "2026-03-04T15:00:00.000Z",
    "values": {"first_name": "Ann", "email": "ann@example.com", "tags": ["backnine:eapp-started"]},
}


def contacts(**config):
    return connector.resource("contact")(Account("", "US", config))


def page(count, number=1, total=5, first=1):
    rows = [
        {"id": first + each, "insured": {"id": first + each, "name": "A"}} for each in range(count)
    ]
    return Reply(200, {}, {listing._ROWS: rows, "meta": {"total": total, "page": number}})


def test_all_applications_are_read_and_then_the_kept_contacts():
    resource = contacts()

    first = resource.list()
    second = resource.next(first, page(3))
    last = resource.next(second, page(2, 2))

    assert (first.path, first.query) == (listing.PATH, {})
    assert (second.path, second.query) == (listing.PATH, {"page": "2"})
    assert last.path == "kept:/contacts"
    assert resource.records(page(3)) == []


def test_changes_are_asked_of_the_kept_contacts_once_the_list_was_read():
    resource = contacts()

    request = resource.next(resource.changes("2026-03-04T15:00:00Z"), page(5))

    assert (request.path, request.query["after"]) == ("kept:/contacts", "2026-03-04T15:00:00Z")


def test_the_list_can_be_left_to_the_complete_readings():
    resource = contacts(poll_list="no")

    assert resource.changes("2026-03-04T15:00:00Z").path == "kept:/contacts"
    assert resource.list().path == listing.PATH


def test_a_list_that_does_not_turn_its_page_stops_the_reading():
    resource = contacts()
    second = resource.next(resource.list(), page(3))

    with pytest.raises(UserError, match=r"5 applications.*first 3.*`pages`"):
        resource.next(second, page(3, 1))


def test_the_first_page_alone_is_read_where_that_was_chosen():
    resource = contacts(pages="first")
    assert resource.next(resource.list(), page(3)).path == "kept:/contacts"


def test_a_list_that_ends_early_is_read_again_later():
    resource = contacts()
    second = resource.next(resource.list(), page(3))

    with pytest.raises(RetryLater, match="3 of 5"):
        resource.next(second, page(0, 2))


def test_numbers_may_be_written_as_text():
    resource = contacts()
    second = resource.next(resource.list(), page(3, "1", "5"))

    assert second.query == {"page": "2"}
    assert resource.next(second, page(2, "2", "5")).path == "kept:/contacts"


def test_pages_that_begin_at_zero_are_turned_as_well():
    resource = contacts()
    second = resource.next(resource.list(), page(3, 0))

    assert second.query == {"page": "1"}
    assert resource.next(second, page(2, 1)).path == "kept:/contacts"


@pytest.mark.parametrize(
    "body", [{"applications": []}, "", None, {"electronic_applications": None}]
)
def test_an_answer_without_the_list_is_no_empty_list(body):
    with pytest.raises(UserError, match="without its list"):
        contacts().next(listing.first(), Reply(200, {}, body))


def test_a_plain_list_is_the_whole_list():
    assert contacts().next(listing.first(), Reply(200, {}, [{"id": 1}])).path == "kept:/contacts"


def test_a_page_tells_each_person_once_and_the_last_save_counts():
    def saved(number, at, status, **person):
        told = {"id": 42, "name": "Ann Lee", **person}
        return {"id": number, "updated_at": at, "status": status, "insured": told}

    rows = [
        saved(2, "2026-03-05T00:00:00Z", "Submitted", phone_mobile="4155550123"),
        saved(1, "2026-03-01T00:00:00Z", "Started", email="ann@example.com"),
        {"id": 3, "status": "Started"},
    ]
    told = telling.told_in(listing.first(), Reply(200, {}, {listing._ROWS: rows}))

    [person] = [each for each in told if each.kind == "contact"]
    assert person.changed_at == datetime(2026, 3, 5, tzinfo=UTC)
    assert person.values["email"] == "ann@example.com"
    assert "backnine:status-submitted" in person.values["tags"]
    assert len([each for each in told if each.kind == "note"]) == 2


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        (Request("GET", "kept:/contacts"), page(1)),
        (listing.first(), Reply(429, {}, {"error": "Too many."})),
    ],
)
def test_other_replies_tell_nothing(request_, reply):
    assert telling.told_in(request_, reply) == ()


def test_a_contact_has_its_apply_link_where_page_and_number_are_known():
    reply = Reply(200, {}, KEPT)

    plain = contacts().record(reply)
    linked = contacts(apply_page="https://q.example.com", npn="12").record(reply)

    assert plain.values["apply_link"] is None
    assert linked.values["apply_link"] == (
        "https://q.example.com/apply?prefill&first_name=Ann&email=ann%40example.com&npn=12"
    )
    assert linked.values["tags"] == ("backnine:eapp-started",)


def test_nothing_can_be_written():
    for kind in ("contact", "note", "task"):
        resource = connector.resource(kind)(Account("", "US", {}), "42")
        with pytest.raises(UserError, match="only be read"):
            resource.create({"email": "ann@example.com"})
        assert resource.delete("42") is None
        assert all(field.readonly for field in resource.fields)
