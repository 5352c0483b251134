"""The two apps' words are the same: what one calls a field, the other calls so too."""

from __future__ import annotations

import pytest

from instep.connectors import discover
from instep.core.mapping import default_mapping

EXPECTED = {
    "task": {"title", "body", "due_at", "completed", "contact_id"},
    "note": {"title", "body", "contact_id"},
    "appointment": {"title", "starts_at", "ends_at", "address", "description", "contact_id"},
    "business": {
        *("name", "phone", "website", "address", "city", "state", "postal_code", "country"),
        "description",
    },
}
LINKS = {
    "task": {"contact_id": "contact", "assigned_to": "user"},
    "note": {"contact_id": "contact", "author_id": "user"},
    "appointment": {"contact_id": "contact", "assigned_to": "user"},
    "contact": {"business_id": "business"},
}


@pytest.fixture
def sides():
    found = discover()
    return found["gohighlevel"], found["insightly"]


@pytest.mark.parametrize("kind", EXPECTED)
def test_both_sides_map_by_default(sides, kind):
    ours, theirs = (side.resource(kind).fields for side in sides)

    assert set(default_mapping(ours, theirs).by_key) == EXPECTED[kind]


@pytest.mark.parametrize("kind", LINKS)
def test_both_sides_name_the_same_links(sides, kind):
    for side in sides:
        links = {field.name: field.link for field in side.resource(kind).fields if field.link}
        assert LINKS[kind].items() <= links.items()
