from __future__ import annotations

import pytest

from instep import RemovedInV3, UserError, WrongArguments
from instep.connectors.gohighlevel.client.arguments import bind, signature_of
from instep.connectors.gohighlevel.client.building import request_for

KNOWN = {
    "locationId": "L1",
    "location_id": "L1",
    "altId": "L1",
    "altType": "location",
    "companyId": "C1",
}


def build(operation, view="v2", known=KNOWN, **given):
    return request_for(signature_of(operation, view), given, known)


def test_path_query_and_body_are_one_flat_set():
    request = build(
        "contacts.create_task", contactId="c1", title="Call", dueDate="x", completed=True
    )
    assert (request.method, request.path) == ("POST", "/contacts/c1/tasks")
    assert request.json == {"title": "Call", "dueDate": "x", "completed": True}


def test_each_operation_speaks_its_own_version():
    assert build("contacts.get", contactId="c1").headers["Version"] == "2021-07-28"
    assert build("calendars.list").headers["Version"] == "2021-04-15"
    assert build("calendars.list", "v3").headers["Version"] == "v3"


def test_an_operation_that_only_v3_has_is_sent_as_v3():
    assert build("emails.list_email_templates").headers["Version"] == "v3"


@pytest.mark.parametrize(
    ("operation", "given", "place"),
    [
        ("contacts.create", {"email": "a@x.org"}, lambda r: r.json["locationId"]),
        ("calendars.list", {}, lambda r: r.query["locationId"]),
        ("opportunities.search", {}, lambda r: r.query["location_id"]),
        ("payments.list_orders", {}, lambda r: r.query["altId"]),
        ("locations.list_custom_fields", {}, lambda r: r.path.split("/")[2]),
    ],
)
def test_the_location_is_filled_in(operation, given, place):
    assert place(build(operation, **given)) == "L1"


def test_the_location_can_be_said_otherwise():
    assert build("contacts.create", locationId="L2").json["locationId"] == "L2"


def test_an_update_takes_no_location_and_gets_none():
    assert build("contacts.update", contactId="c1", city="Rome").json == {"city": "Rome"}


def test_what_would_end_a_location_is_never_filled_in():
    with pytest.raises(WrongArguments, match="locations.delete\\(\\) needs .*locationId"):
        build("locations.delete", deleteTwilioAccount=False)


@pytest.mark.parametrize(
    ("operation", "given", "sentence"),
    [
        ("contacts.create", {"fristName": "x"}, "no argument 'fristName'; did you mean firstName"),
        ("contacts.get", {"shoe": 44}, "no argument 'shoe'; it takes contactId."),
        ("snapshots.get_snapshot_push", {"snapshotId": "s"}, "needs the arguments from_, to,"),
        ("contacts.create", {"tags": "vip"}, "tags takes a list, not 'vip'."),
        ("contacts.get", {}, "contacts.get() needs the argument contactId."),
        (
            "contacts.create_task",
            {"contactId": "c"},
            "needs the arguments title, dueDate, completed",
        ),
        ("contacts.get", {"contactId": ""}, "contactId is '', which cannot stand in an address."),
        (
            "contacts.get",
            {"contactId": ".."},
            "contactId is '..', which cannot stand in an address.",
        ),
        ("contacts.get", {"contactId": None}, "contacts.get() needs the argument contactId."),
    ],
)
def test_wrong_arguments_are_named(operation, given, sentence):
    with pytest.raises(WrongArguments) as error:
        build(operation, **given)
    assert sentence in str(error.value)
    assert isinstance(error.value, TypeError)


def test_without_a_location_the_argument_is_asked_for():
    with pytest.raises(WrongArguments, match="needs the argument locationId"):
        build("contacts.create", known={})


def test_an_id_cannot_leave_its_place_in_the_path():
    assert build("contacts.get", contactId="a/b?c").path == "/contacts/a%2Fb%3Fc"


def test_a_name_that_python_reserves_gets_an_underscore():
    request = build(
        "snapshots.get_snapshot_push", snapshotId="s", from_="a", to="b", lastDoc="d", limit="9"
    )
    assert request.query["from"] == "a"


def test_an_unknown_operation_names_the_nearest():
    with pytest.raises(UserError, match="contacts.create_task"):
        signature_of("contacts.create_tsk", "v2")


@pytest.mark.parametrize("view", ["v2", "v3"])
def test_either_views_names_are_understood(view):
    old = build("opportunities.search", view, pipeline_id="p")
    new = build("opportunities.search", view, pipelineId="p")
    assert old == new
    assert ("pipelineId" in old.query) == (view == "v3")


def test_one_thing_said_in_both_spellings_is_refused():
    with pytest.raises(WrongArguments, match="twice"):
        build("opportunities.search", pipeline_id="p", pipelineId="q")


def test_what_v3_lacks_is_told_with_what_replaces_it():
    with pytest.raises(RemovedInV3, match="call contacts.search") as error:
        signature_of("contacts.list", "v3")
    assert error.value.replacement == "contacts.search"


def test_a_body_that_is_a_list_is_one_argument():
    body = [{"type": "email"}]
    assert build("calendars.create_notification", calendarId="k", body=body).json == body


def test_a_name_in_two_places_goes_to_both():
    request = build("ad_manager.google_upsert_segment", type="LOOKALIKE", name="n")
    assert (request.query["type"], request.json["type"]) == ("LOOKALIKE", "LOOKALIKE")


def test_reading_by_post_may_be_repeated_and_writing_not():
    assert build("contacts.search", pageLimit=1).safe_to_repeat
    assert not build("contacts.create").safe_to_repeat


def test_bind_keeps_what_was_said_of_a_null():
    parts = bind(signature_of("contacts.update", "v2"), {"contactId": "c", "phone": None}, {})
    assert parts.body == {"phone": None}
