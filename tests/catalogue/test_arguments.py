"""Arguments are checked against the catalogue and brought to their places, before anything is sent."""

from __future__ import annotations

import pytest

from instep.catalogue import all_operations, get
from instep.catalogue.arguments import (
    MissingArguments,
    UnknownArgument,
    argument_called,
    arguments_of,
    choose_part,
    sort_arguments,
    view_of,
)
from instep.catalogue.values import fields_of
from instep.core.errors import UserError

KNOWN = {"locationId": "L1", "altId": "L1", "altType": "location", "companyId": "C1"}


def sort(identifier, view="v2", defaults=KNOWN, **given):
    return sort_arguments(get(identifier), view, given, defaults)


def refusal(identifier, view="v2", defaults=KNOWN, **given):
    with pytest.raises(UserError) as refused:
        sort(identifier, view, defaults, **given)
    return str(refused.value)


def test_each_argument_goes_to_its_place():
    parts = sort("contacts.create_task", contactId="c1", title="Call", dueDate="d", completed=False)
    assert parts.path == "/contacts/c1/tasks"
    assert parts.body == {"title": "Call", "dueDate": "d", "completed": False}
    assert parts.headers == {"Version": "2021-07-28"}
    assert (parts.query, parts.lists) == ({}, {})


def test_the_version_is_that_of_the_view():
    assert sort("calendars.list").headers == {"Version": "2021-04-15"}
    assert sort("calendars.list", "v3").headers == {"Version": "v3"}


def test_a_path_that_only_v3_has_is_asked_under_v3():
    # facts: ghl 2.2; the specs name an older version for it, as for the rest of its product
    there = get("ad_manager.fb_upsert_ad").views["v3"]
    assert (there.path, there.version) == ("/ad-publishing/facebook/ads", "2021-07-28")
    parts = sort("ad_manager.fb_upsert_ad", "v3", campaignId="c", adsetId="a")
    assert parts.headers == {"Version": "v3"}
    assert sort("ad_manager.fb_get_pages", "v3").headers == {"Version": "2021-07-28"}


def test_an_operation_that_names_no_version_gets_the_usual_one():
    assert get("store.list_shipping_zones").views["v2"].version is None
    assert sort("store.list_shipping_zones").headers == {"Version": "2021-07-28"}


def test_what_is_required_is_filled_from_what_is_known():
    assert sort("contacts.create", email="a@b.c").body == {"email": "a@b.c", "locationId": "L1"}
    assert sort("contacts.create", locationId="L2").body["locationId"] == "L2"


def test_what_is_not_required_is_not_filled():
    assert "locationId" in arguments_of(get("users.search"), "v2")
    assert sort("users.search").query == {"companyId": "C1"}


@pytest.mark.parametrize(
    ("view", "name"), [("v2", "location_id"), ("v3", "locationId")], ids=["v2", "v3"]
)
def test_the_other_views_spelling_is_understood(view, name):
    # facts: ghl 2.3
    query = sort("opportunities.search", view, pipelineId="p", contact_id="c").query
    plain = {key.replace("_", "").lower(): value for key, value in query.items()}
    assert plain == {"pipelineid": "p", "contactid": "c", "locationid": "L1"}
    assert name in query


def test_an_id_cannot_leave_its_place_in_the_address():
    assert sort("contacts.get", contactId="a/b?c").path == "/contacts/a%2Fb%3Fc"
    assert "cannot stand in an address" in refusal("contacts.get", contactId="..")


def test_whose_end_it_is_has_to_be_said():
    assert sort("locations.get").path == "/locations/L1"
    assert "needs locationId" in refusal("locations.delete", deleteTwilioAccount=True)


def test_a_body_that_is_no_object_is_one_argument():
    body = [{"receiverType": "contact", "channel": "email"}]
    assert sort("calendars.create_notification", calendarId="c", body=body).body == body


def test_a_field_called_body_is_a_field():
    assert sort("contacts.create_note", contactId="c", body="Hello").body == {"body": "Hello"}


def test_an_empty_body_is_sent_where_one_is_wanted():
    assert sort("contacts.add_to_campaign", contactId="c", campaignId="d").body == {}
    assert sort("contacts.get", contactId="c").body is None


def test_a_name_that_two_places_share_goes_to_both():
    shared = arguments_of(get("ad_manager.li_get_campaign_group_reporting"), "v2")[
        "campaignGroupId"
    ]
    assert shared.places == ("path", "query")


def test_a_name_in_the_query_and_the_body_is_one_value_in_both():
    shared = arguments_of(get("ad_manager.google_upsert_segment"), "v2")["type"]
    assert (shared.places, shared.required) == (("query", "body"), True)
    parts = sort("ad_manager.google_upsert_segment", type="LOOKALIKE", name="n")
    assert (parts.query["type"], parts.body["type"]) == ("LOOKALIKE", "LOOKALIKE")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs type"),
        ({"type": None}, "needs type"),
        ({"type": "NEITHER", "name": "n"}, "type is one of CUSTOM_SEGMENTS"),
        ({"type": 7, "name": "n"}, "type takes text, not 7"),
    ],
)
def test_what_goes_to_the_body_too_is_checked_as_a_body_is(given, said):
    assert said in refusal("ad_manager.google_upsert_segment", **given)


@pytest.mark.parametrize("value", ["1990-01-01", {"year": 1990}])
def test_a_field_that_the_specs_call_just_an_object_takes_anything(value):
    # facts: ghl 6.6 (a date of birth is text)
    assert sort("contacts.create", dateOfBirth=value).body["dateOfBirth"] == value


def test_a_slip_among_the_allowed_values_refuses_nothing():
    origin = {"country": "US"}
    schema = get("store.create_store_setting").views["v2"].body.schema
    inner = fields_of("store", fields_of("store", schema)[0]["shippingOrigin"])[0]
    assert any(isinstance(each, list) for each in inner["country"]["enum"])
    body = sort("store.create_store_setting", shippingOrigin=origin).body
    assert body["shippingOrigin"] == origin


def test_a_form_is_text_and_knows_no_null():
    parts = sort("locations.upload_to_custom_fields", id="i", maxFiles=None)
    assert "maxFiles" not in parts.body
    assert sort("locations.upload_to_custom_fields", id="i", maxFiles=7).body["maxFiles"] == 7


def test_what_is_wrong_can_be_told_in_other_words():
    with pytest.raises(UnknownArgument) as unknown:
        sort("contacts.create_task", titel="x")
    assert (unknown.value.name, unknown.value.nearest) == ("titel", ("title",))
    with pytest.raises(MissingArguments) as missing:
        sort("contacts.create_task", contactId="c")
    assert missing.value.names == ("title", "dueDate", "completed")


def test_lists_in_a_query_are_given_once_for_each():
    parts = sort(
        "associations.list_relations", recordId="r", skip=0, limit=1, associationIds=["a", "b"]
    )
    assert parts.lists == {"associationIds": ("a", "b")}
    assert sort(
        "calendars.free_slots", calendarId="c", startDate=1, endDate=2, userIds="u"
    ).lists == {"userIds": ("u",)}


def test_truth_and_numbers_stand_in_a_query_as_text():
    query = sort("calendars.list", showDrafted=True).query
    assert query == {"locationId": "L1", "showDrafted": "true"}


def test_null_empties_a_field_and_counts_as_nothing_elsewhere():
    assert sort("contacts.update", contactId="c", email=None).body == {"email": None}
    assert "needs contactId" in refusal("contacts.update", contactId=None)
    assert sort("calendars.list", groupId=None).query == {"locationId": "L1"}


@pytest.mark.parametrize(
    ("identifier", "given", "said"),
    [
        (
            "contacts.create_task",
            {"contactId": "c", "titel": "x"},
            "no argument titel. Did you mean title?",
        ),
        ("contacts.create_task", {"contactId": "c"}, "needs title and dueDate and completed"),
        ("contacts.get", {"contactId": "c", "zzz": 1}, "It takes contactId."),
        ("contacts.list_tasks", {"contactId": "c", "contact_id": "d"}, "given contactId twice"),
        ("contacts.create", {"tags": "vip"}, "tags takes a list, not 'vip'"),
        ("contacts.create", {"tags": ["vip", 3]}, "tags[1] takes text, not 3"),
        ("contacts.create", {"dnd": "yes"}, "dnd takes true or false, not 'yes'"),
        ("contacts.create", {"email": 5}, "email takes text, not 5"),
        ("contacts.create", {"dndSettings": []}, "dndSettings takes an object, not a list"),
        ("contacts.search", {"pageLimit": 2.5}, "pageLimit takes a whole number, not 2.5"),
        ("contacts.search", {"pageLimit": True}, "pageLimit takes a whole number, not True"),
        ("opportunities.search", {"limit": "many"}, "limit takes a number, not 'many'"),
        ("opportunities.search", {"status": "lots"}, "one of open, won, lost, abandoned, all"),
        (
            "contacts.bulk_tags",
            {"type": "swap", "contacts": [], "tags": []},
            "type is one of add, remove",
        ),
        (
            "contacts.create",
            {"dndSettings": {"SMS": {"status": "on"}}},
            "dndSettings.SMS.status is one of active, inactive, permanent",
        ),
    ],
)
def test_what_does_not_fit_is_named(identifier, given, said):
    assert said in refusal(identifier, **given)


def test_an_operation_without_arguments_says_so():
    nothing = next(each for each in all_operations() if each.views and not arguments_of(each, "v2"))
    with pytest.raises(UserError, match="takes no arguments, and was given x"):
        sort_arguments(nothing, "v2", {"x": 1}, {})


def test_a_composite_is_called_by_the_part_that_fits():
    find = get("contacts.find")
    assert choose_part(find, "v2", {"email": "a@b.c"}).id == "contacts.find_duplicate"
    assert choose_part(find, "v2", {"contactId": "c"}).id == "contacts.get"
    assert choose_part(find, "v2", {"query": "ann", "pageLimit": 5}).id == "contacts.search"
    assert choose_part(get("contacts.get"), "v2", {}).id == "contacts.get"
    with pytest.raises(UserError, match="none of them takes just what was given"):
        choose_part(find, "v2", {"shoe": 44})
    with pytest.raises(UserError, match="one of them is called"):
        sort_arguments(find, "v2", {"email": "a@b.c"}, {})


def test_a_view_that_an_operation_lacks_gives_way_to_the_other():
    assert view_of(get("contacts.list"), "v3") == "v2"
    assert view_of(get("contacts.get"), "v3") == "v3"


def test_an_argument_is_known_by_either_spelling():
    assert argument_called(get("opportunities.search"), "v2", "pipelineId").name == "pipeline_id"
    assert argument_called(get("contacts.get"), "v2", "shoe") is None


@pytest.mark.parametrize("view", ["v2", "v3"])
def test_what_every_operation_takes_can_be_told(view):
    assert all(arguments_of(each, view) is not None for each in all_operations())
