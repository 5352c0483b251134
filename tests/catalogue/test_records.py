"""What the catalogue holds, told without the official specs."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files

import pytest

from instep.catalogue import all_operations, get, operations_of, products, resolve, shapes_of
from instep.core.errors import UserError

OPERATIONS = list(all_operations())
ADDRESSES = [
    (operation, view, address)
    for operation in OPERATIONS
    for view, address in operation.views.items()
]
BY_CATEGORY = {  # facts: ghl 1
    "Contacts": (10, 18),
    "Calendars & Appointments": (12, 22),
    "Opportunities": (3, 7),
    "Users": (4, 3),
    "Conversations & Messages": (8, 2),
    "Businesses": (2, 3),
    "Workflows & Campaigns": (3, 5),
    "Other Operations": (13, 9),
}


def nodes(node):
    yield node
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for each in inner:
        yield from nodes(each)


def test_it_holds_all_operations_of_both_views():
    # facts: ghl 2.1
    assert Counter(view for _, view, _ in ADDRESSES) == {"v2": 576, "v3": 627}
    assert len(products()) == 42


def test_it_holds_the_124_listed_ones_by_category_and_kind():
    found = Counter((each.listed.category, each.listed.kind) for each in OPERATIONS if each.listed)
    assert found == {
        (category, kind): count
        for category, counts in BY_CATEGORY.items()
        for kind, count in zip(("trigger", "action"), counts, strict=True)
    }
    assert (sum(found.values()), sum(counts[0] for counts in BY_CATEGORY.values())) == (124, 55)


def test_no_two_operations_share_an_id_or_an_address():
    ids = Counter(each.id for each in OPERATIONS)
    addresses = Counter((view, each.method, each.path) for _, view, each in ADDRESSES)
    assert {*ids.values()} == {1}
    assert {*addresses.values()} == {1}


def test_ids_are_names_that_python_takes():
    assert [
        each.id for each in OPERATIONS if not re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", each.id)
    ] == []


def test_each_parameter_of_a_path_is_declared_and_no_other():
    wrong = [
        (operation.id, view)
        for operation, view, address in ADDRESSES
        if set(re.findall(r"{(\w+)}", address.path))
        != {each.name for each in address.parameters if each.place == "path"}
    ]
    assert wrong == []


@pytest.mark.parametrize("product", products())
def test_each_reference_leads_to_a_shape_and_each_shape_is_used(product):
    text = files("instep.catalogue").joinpath("data", f"{product}.json").read_text()
    named = {
        each["$ref"].removeprefix("#/shapes/")
        for each in nodes(json.loads(text))
        if isinstance(each, dict) and isinstance(each.get("$ref"), str)
    }
    assert named == set(shapes_of(product))


@pytest.mark.parametrize("product", products())
def test_no_prose_of_the_vendor_is_in_the_data(product):
    file = json.loads(files("instep.catalogue").joinpath("data", f"{product}.json").read_text())
    # a property may be called description: what is looked for is a text under such a key
    prose = [
        (key, value)
        for each in nodes(file)
        if isinstance(each, dict)
        for key, value in each.items()
        if key in {"description", "summary", "example", "examples", "title", "externalDocs"}
        and not isinstance(value, dict)
    ]
    assert prose == []


def test_where_a_reply_holds_its_records_is_in_the_reply():
    wrong = []
    for operation, view, address in ADDRESSES:
        for name in (operation.items, operation.record):
            reply = resolve(operation.product, address.reply or {})
            properties = reply.get("properties")
            if name and properties is not None and name not in properties:
                wrong.append((operation.id, view, name))
    # the specs declare one record for a list, or the two views of a reply differ
    assert {identifier for identifier, _, _ in wrong} == {
        "associations.list",
        "associations.list_relations",
        "oauth.list_installed_locations",
        "phone_system.active_numbers",
    }


def test_a_reply_holds_either_one_record_or_a_list():
    assert [each.id for each in OPERATIONS if each.record and each.items is not None] == []


@pytest.mark.parametrize(
    ("identifier", "items", "key", "record"),
    [
        ("contacts.search", "contacts", "id", None),
        ("contacts.list", "contacts", "id", None),
        ("contacts.find_duplicate", None, None, "contact"),
        ("contacts.find", None, None, "contact"),
        ("contacts.get", None, None, "contact"),
        ("contacts.add_tags", None, None, None),
        ("contacts.list_appointments", "events", "id", None),
        ("businesses.create", None, None, "buiseness"),
        ("calendars.get_appointment", None, None, "event"),
        ("calendars.create_appointment", None, None, None),
        ("calendars.list_notifications", "", "_id", None),
        ("calendars.free_slots", None, None, None),
        ("conversations.list_messages", "messages", "id", None),
        ("conversations.update_message_status", None, None, None),
        ("locations.search_tasks", "tasks", "_id", None),
        ("opportunities.search", "opportunities", "id", None),
        ("opportunities.upsert", None, None, "opportunity"),
        ("users.get", None, None, None),
    ],
)
def test_records_are_found_where_the_facts_have_them(identifier, items, key, record):
    operation = get(identifier)
    assert (operation.items, operation.key, operation.record) == (items, key, record)


@pytest.mark.parametrize(
    ("identifier", "effect"),
    [
        ("contacts.search", "read"),
        ("calendars.validate_group_slug", "read"),
        ("oauth.get_token", "write"),
        ("contacts.update", "write"),
        ("contacts.delete", "destructive"),
        ("contacts.remove_tags", "destructive"),
        ("medias.bulk_delete_media_objects", "destructive"),
        ("invoices.void", "destructive"),
    ],
)
def test_effects_say_what_a_call_does(identifier, effect):
    assert get(identifier).effect == effect


def test_triggers_only_read_and_actions_write_but_for_the_finders():
    triggers = [each for each in OPERATIONS if each.listed and each.listed.kind == "trigger"]
    actions = [each for each in OPERATIONS if each.listed and each.listed.kind == "action"]
    assert {each.effect for each in triggers} == {"read"}
    # facts: ghl 1 ("Find Location by ID" is listed as an action but is a read)
    assert sorted(each.id for each in actions if each.effect == "read") == [
        "calendars.validate_group_slug",
        "contacts.find",
        "locations.get",
    ]


def test_what_answers_other_than_json_says_so():
    # facts: ghl 1, notes
    assert {each.id: each.media for each in OPERATIONS if each.media != "json"} == {
        "conversations.get_recording": "audio",
        "conversations.download_transcription": "text",
    }


def test_what_v3_lost_names_an_operation_that_v3_has():
    for each in OPERATIONS:
        if each.replaced_by is not None:
            assert [*each.views] == ["v2"]
            assert "v3" in get(each.replaced_by).views


def test_what_v3_lost_is_replaced_but_for_what_nothing_replaced():
    gone = {each.id for each in OPERATIONS if [*each.views] == ["v2"] and not each.replaced_by}
    # facts: ghl 2.3 (conversations/preferences are simply absent)
    assert gone == {
        "conversations.get_all_custom_subtypes",
        "conversations.create_custom_subtype",
        "conversations.update_custom_subtype",
        "conversations.get_contact_unsubscription_status",
        "conversations.user_subscription_change",
    }


def test_a_composite_is_made_of_operations():
    composites = {each.id: each.parts for each in OPERATIONS if each.parts}
    assert composites == {
        "contacts.find": ("contacts.find_duplicate", "contacts.get", "contacts.search")
    }
    assert [get(part).views for part in composites["contacts.find"]]


def test_an_unknown_id_gets_the_nearest_ones():
    with pytest.raises(UserError, match="Did you mean contacts.create_task"):
        get("contacts.create_tusk")


def test_files_say_whose_they_are():
    for product in products():
        assert {each.product for each in operations_of(product).values()} == {product}
