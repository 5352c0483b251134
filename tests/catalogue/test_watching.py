"""What a repeated read brings, and what it is known by."""

from __future__ import annotations

import pytest

from instep.catalogue import all_operations, get
from instep.catalogue.item_shapes import item_shape
from instep.catalogue.watching import can_be_watched, items_in, watch_of
from instep.core.template import Kind


def items(identifier, reply):
    return items_in(get(identifier), reply)


def watch(identifier, *found):
    return watch_of(get(identifier), found)


def test_a_list_gives_its_records_without_what_belongs_to_the_page():
    reply = {"contacts": [{"id": "c1", "searchAfter": [1, "c1"]}], "total": 1, "traceId": "t"}

    assert items("contacts.search", reply) == [{"id": "c1"}]


def test_a_reply_without_its_list_has_no_items():
    assert items("contacts.search", {"traceId": "t"}) == []
    assert items("contacts.search", None) == []


def test_one_record_is_taken_out_of_its_wrapper():
    assert items("contacts.get", {"contact": {"id": "c1"}, "traceId": "t"}) == [{"id": "c1"}]


@pytest.mark.parametrize("wrapper", ["event", "appointment"])
def test_an_appointment_is_found_under_either_name(wrapper):
    # facts: ghl 6.8
    assert items("calendars.get_appointment", {wrapper: {"id": "a1"}}) == [{"id": "a1"}]


def test_a_plain_object_is_its_content_without_what_differs_in_every_reply():
    assert items("blogs.check_slug", {"exists": True, "traceId": "t"}) == [{"exists": True}]


@pytest.mark.parametrize("nothing", [None, "", {}, {"contact": None, "traceId": "t"}])
def test_nothing_found_is_no_item(nothing):
    assert items("contacts.find_duplicate", nothing) == []


def test_what_is_no_object_is_put_into_one():
    sound = items("conversations.get_recording", b"RIFF")
    assert [each["size"] for each in sound] == [4]
    assert items("conversations.download_transcription", "Hello") == [{"text": "Hello"}]
    assert items("conversations.get_transcription", [{"transcript": "Hi"}]) == [
        {"list": [{"transcript": "Hi"}]}
    ]


def test_each_day_of_free_slots_is_an_item():
    reply = {"2026-01-05": {"slots": ["2026-01-05T09:00:00-06:00"]}, "traceId": "t"}

    assert items("calendars.free_slots", reply) == [
        {"date": "2026-01-05", "slots": ["2026-01-05T09:00:00-06:00"]}
    ]
    assert watch("calendars.free_slots").key == ("date",)


def test_a_record_goes_by_its_id_and_its_time_of_change():
    found = watch("opportunities.search", {"id": "o1", "updatedAt": "2026-01-05T10:00:00.000Z"})

    assert (found.key, found.version, found.alone) == (("id",), ("updatedAt",), None)


def test_without_a_time_of_change_the_content_counts():
    assert watch("contacts.list_notes", {"id": "n1", "body": "Hi"}).version is None


def test_an_id_that_the_specs_forget_is_seen():
    assert get("calendars.list_resources").key is None
    assert watch("calendars.list_resources", {"id": "r1"}).key == ("id",)


def test_what_is_read_alone_stays_itself_without_an_id():
    assert watch("blogs.check_slug", {"exists": True}).alone
    assert watch("contacts.list_notes", {"id": "n1"}).alone is None


def test_every_read_can_be_watched_and_has_items_of_a_known_shape():
    reads = [each for each in all_operations() if can_be_watched(each)]

    assert len(reads) > 200
    assert all(each.effect == "read" for each in reads)
    for each in reads:
        shape = item_shape(each)
        assert shape.kind in {Kind.OBJECT, Kind.ANY}, each.id
        # the specs alone are not enough to call a name wrong
        assert each.listed is not None or shape.kind is Kind.ANY or shape.more, each.id


def test_a_listed_contact_has_the_fields_of_one_contact():
    fields = item_shape(get("contacts.search")).fields

    assert {"firstName", "phone", "dateUpdated", "tags", "address"} <= fields.keys()
