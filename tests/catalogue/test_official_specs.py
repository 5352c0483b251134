"""The catalogue against the official specs and the facts it was built from."""

from __future__ import annotations

import json

import pytest

from instep.catalogue import all_operations, get
from tools.catalogue.__main__ import data_files, differing, find_specs
from tools.catalogue.build import build
from tools.catalogue.events import EVENTS
from tools.catalogue.scopes import differences

SPECS = find_specs()
ENTRIES = json.loads((SPECS.parent / "catalog.json").read_text())["entries"]
TOKENS = {
    frozenset(): "none",
    frozenset({"bearer"}): "any",
    frozenset({"Location-Access"}): "location",
    frozenset({"Agency-Access"}): "agency",
    frozenset({"Agency-Access", "Location-Access"}): "any",
    frozenset({"bearer", "Location-Access"}): "any",
}
WITHOUT_SECURITY = {"contacts.bulk_tags", "contacts.bulk_business", "conversations.get_email"}
every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])


@pytest.fixture(scope="module")
def built():
    return build(SPECS)


def operation_of(entry):
    (found,) = [
        each for each in all_operations() if each.listed and each.listed.name == entry["name"]
    ]
    return found


def test_what_is_checked_in_is_what_would_be_built(built):
    assert differing(data_files(built)) == []


def test_building_twice_gives_the_same(built):
    assert data_files(build(SPECS)) == data_files(built)


@every_entry
@pytest.mark.parametrize("view", ["v2", "v3"])
def test_a_listed_entry_is_called_as_the_facts_resolved_it(entry, view):
    operation = operation_of(entry)
    resolved = entry["official" if view == "v2" else "official_v3"]
    if operation.parts or ("absent_in_v3" in entry["flags"] and view == "v3"):
        assert view not in operation.views
        return
    facts = resolved[0]
    address = operation.views[view]
    assert (address.method, address.path) == (facts["method"], facts["path"])
    assert address.status in facts["success_status"]
    assert address.deprecated == facts["deprecated"]
    if operation.id not in WITHOUT_SECURITY:
        assert address.token == TOKENS[frozenset(facts["security"])]
        assert [*address.scopes] == sorted(facts["scopes_spec"] or facts["scopes_doc"])
    assert facts["version_header"] in ([address.version], None, [])


@every_entry
def test_the_facts_flags_are_in_the_record(entry):
    operation, flags = operation_of(entry), set(entry["flags"])
    assert ("legacy_product" in flags) == ("legacy_product" in operation.flags)
    assert ("agency_token_only" in flags) == ("agency_token_only" in operation.flags)
    assert ("absent_in_v3" in flags) == ([*operation.views] == ["v2"])
    assert ("composite" in flags) == bool(operation.parts)


def test_every_webhook_named_is_one_that_exists():
    known = {each["event_doc"] for each in json.loads((SPECS.parent / "webhooks.json").read_text())}
    assert {event for events in EVENTS.values() for event in events} - known == set()


@pytest.mark.parametrize("identifier", EVENTS)
def test_what_causes_webhooks_is_an_operation_that_writes(identifier):
    assert get(identifier).effect != "read"
    assert get(identifier).events == EVENTS[identifier]


def test_where_specs_and_scope_table_disagree_is_known(built):
    operations = [each for file in built.values() for each in file["operations"]]
    assert differences(SPECS, operations) == {
        # rows of the table that slipped under the wrong scope
        "funnels.update_redirect": (["funnels/redirect.write"], ["funnels/pagecount.readonly"]),
        "funnels.delete_redirect": (["funnels/redirect.write"], ["funnels/pagecount.readonly"]),
        "medias.delete_media_content": (["medias.write"], ["funnels/pagecount.readonly"]),
        # the spec names a scope that cannot be asked for
        "locations.delete": (["locations.internal-access-only"], ["locations.write"]),
    }
