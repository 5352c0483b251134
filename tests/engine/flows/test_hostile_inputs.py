"""Whatever a trigger brings into an input: a request, or an error in words; never a traceback."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import EXAMPLE
from instep.connectors.custom.loading import complete
from instep.connectors.insightly import connector as insightly
from instep.core.errors import InstepError
from instep.sdk.clock import ManualClock
from instep.sdk.resource import Account
from tests.engine.flows.acting import Actor, ghl_reached, reached_by

NOWHERE = "http://127.0.0.1:9"
CLOCK = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
TOLD = {
    "url": NOWHERE,
    "location_id": "loc1",
    "company_id": "com1",
    "private_integration_token": "pit-secret-of-nobody",
}
CONFIG = {"base_url": NOWHERE, "timezone": "America/Chicago"}
ACTOR = Actor(
    {
        "ghl": ghl_reached(TOLD, CLOCK),
        "desk": reached_by(
            insightly,
            Account("", "US", CONFIG),
            {"api_key": "pit-secret-of-nobody"},
            CLOCK,
            "api_key",
        ),
        "own": reached_by(
            connector_of(complete(EXAMPLE)),
            Account("main", "US", CONFIG),
            {"api_key": "pit-secret-of-nobody"},
            CLOCK,
            "bearer",
        ),
    },
    CLOCK,
)
CALLS = {
    ("ghl", "contacts.create"): ("email", "phone", "tags", "customFields", "dnd", "dndSettings"),
    ("ghl", "contacts.search"): ("pageLimit", "filters", "query"),
    ("ghl", "contacts.get"): ("contactId",),
    ("ghl", "contacts.find"): ("contactId", "email"),
    ("ghl", "calendars.list_events"): ("startTime", "endTime", "calendarId"),
    ("ghl", "opportunities.update"): ("id", "monetaryValue", "status"),
    ("desk", "contact.create"): ("first_name", "email", "phone", "tags", "date_of_birth"),
    ("desk", "contact.update"): ("id", "tags", "remove_tags", "country"),
    ("desk", "task.create"): ("contact_id", "due_at", "completed", "priority", "title"),
    ("desk", "contact.find"): ("field", "value"),
    ("own", "task.create"): ("contact_id", "title", "due_at"),
    ("own", "contact.get"): ("id",),
    ("own", "http.request"): ("method", "path", "query", "headers", "body"),
}

TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "null",
        "[",
        "{}",
        "[1",
        "\ud800",
        "\x00",
        "..",
        "/",
        "GET",
        "/p",
        "email",
        "1e999",
        "9" * 50,
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def outcome_of(call):
    """The requests that a call comes to, or what is said of its inputs."""
    try:
        return asyncio.run(ACTOR.caller.describe(call)), ""
    except InstepError as error:
        return [], str(error)


@given(
    which=st.sampled_from(sorted(CALLS)),
    values=st.lists(ANYTHING, min_size=6, max_size=6),
    given_ones=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_any_value_of_any_input_becomes_a_request_or_an_error_in_words(which, values, given_ones):
    connection, operation = which
    named = zip(CALLS[which], values, given_ones, strict=False)
    inputs = {name: value for name, value, is_given in named if is_given}
    call = ACTOR.made(operation, connection, **inputs)
    told, said = outcome_of(call)
    assert told or said
    for each in told:
        assert each["url"].startswith(f"{NOWHERE}/")
        assert "pit-secret-of-nobody" not in str(each)


@pytest.mark.parametrize("which", sorted(CALLS))
def test_what_is_nested_too_deeply_is_an_error_in_words(which):
    connection, operation = which
    deep = json.loads("[" * 900 + "]" * 900)
    for name in CALLS[which]:
        call = ACTOR.made(operation, connection, **{name: deep})
        told, said = outcome_of(call)
        assert told or said
