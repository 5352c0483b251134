"""What is offered to the triggers of a flow: enough for a check to find every mistake."""

from __future__ import annotations

import pytest

from instep.connectors import discover
from instep.connectors.bridge import connector as bridge
from instep.connectors.gohighlevel import connector as gohighlevel
from instep.connectors.insightly import connector as insightly
from instep.core.flow.checking import check_flow
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.template import Kind
from instep.engine.clients import Reached
from instep.engine.flows.triggers.offered_triggers import events, polls
from instep.sdk.resource import Account


def reached(connector, **config):
    """A connection that is never called."""
    return Reached("c1", connector, Account("l1", "US", config), None, 1)


@pytest.fixture(scope="module")
def highlevel():
    return polls(reached(gohighlevel, company_id="k1"))


class Workspace:
    """An offer with one connection, ghl."""

    def __init__(self, granted=None):
        self._granted = granted

    def connections(self):
        return ["ghl"]

    def actions(self, connection):
        return {}

    def polls(self, connection):
        return polls(reached(gohighlevel))

    def events(self, connection):
        return events(gohighlevel)

    def syncs(self):
        return []

    def granted(self, connection):
        return self._granted

    def calls_per_day(self, connection):
        return None

    def timetable(self, cron, zone):
        return None


def problems(trigger, path, granted=None):
    """The sentences about a flow that reads one path of its trigger."""
    document = {
        "id": "f",
        "trigger": {"connection": "ghl", **trigger},
        "steps": [{"id": "s", "kind": "set_values", "values": {"x": f"{{{{{path}}}}}"}}],
    }
    read = read_flow(document, FlowLanguage())
    assert read.flow is not None, read
    return [each.sentence for each in check_flow(read.flow, Workspace(granted))]


def poll(operation, **inputs):
    return {"kind": "poll", "operation": operation, "inputs": inputs, "minutes": 5}


def test_every_read_can_be_polled_and_no_write(highlevel):
    assert {"contacts.search", "locations.list_custom_values", "contact.changed"} <= set(highlevel)
    assert {"contacts.create", "contacts.find"}.isdisjoint(highlevel)
    assert len(highlevel) > 200


def test_each_of_them_can_be_offered(highlevel):
    for name, offered in highlevel.items():
        assert offered.item.kind in {Kind.OBJECT, Kind.ANY}, name
        assert offered.calls == 1


def test_what_is_filled_in_by_itself_is_not_asked_for(highlevel):
    must = {
        name: {each for each, told in highlevel[name].inputs.items() if told.required}
        for name in ("contacts.search", "businesses.list", "calendars.free_slots", "users.search")
    }

    assert must == {
        "contacts.search": set(),
        "businesses.list": set(),
        "calendars.free_slots": {"calendarId"},
        "users.search": set(),
    }
    assert "skip" not in highlevel["businesses.list"].inputs


def test_a_choice_says_what_may_be_chosen(highlevel):
    assert "unread" in highlevel["conversations.search"].inputs["status"].allowed


@pytest.mark.parametrize(
    ("trigger", "path"),
    [
        (poll("contacts.search"), "trigger.firstName"),
        (poll("contacts.get", contactId="c1"), "trigger.customFields[0].id"),
        (poll("contact.changed"), "trigger.custom.Policy"),
        (poll("note.changed", contact_id="c1"), "trigger.body"),
        (poll("locations.list_custom_values"), "trigger.whatever | default:1"),
        ({"kind": "event", "event": "AppointmentCreate"}, "trigger.appointment.startTime"),
        ({"kind": "event", "event": "ContactTagUpdate"}, "trigger.tags | join"),
    ],
)
def test_what_is_there_passes(trigger, path):
    assert problems(trigger, path) == []


@pytest.mark.parametrize(
    ("trigger", "path", "said"),
    [
        (poll("contacts.search"), "trigger.firstNam", "firstName"),
        (poll("contacts.serch"), "now", "Did you mean contacts.search"),
        (poll("contacts.get"), "now", "has no contactId"),
        (poll("contacts.search", skip=3), "now", "trigger.inputs.skip"),
        (poll("note.changed"), "now", "has no contact_id"),
        ({"kind": "event", "event": "ContactCreated"}, "now", "Did you mean ContactCreate"),
        ({"kind": "event", "event": "NoteCreate"}, "trigger.title", "has no 'title'"),
    ],
)
def test_what_is_not_there_is_found(trigger, path, said):
    [found] = problems(trigger, path)

    assert said in found


def test_a_missing_scope_is_found():
    [found] = problems(poll("opportunities.search"), "now", granted=["contacts.readonly"])

    assert "opportunities.readonly" in found
    event = {"kind": "event", "event": "InboundMessage"}
    [found] = problems(event, "now", granted=["contacts.readonly"])
    assert "conversations/message.readonly" in found


def test_every_connector_offers_its_readable_resources():
    for connector in discover().values():
        offered = polls(reached(connector))
        readable = {
            each.canonical for each in connector.resources if each.kept or not each.write_only
        }
        assert {f"{each}.changed" for each in readable} <= set(offered), connector.name
        for name in offered:
            if name.endswith(".changed"):
                assert offered[name].item.fields["id"].kind is Kind.TEXT


def test_only_what_an_app_tells_is_offered_as_an_event():
    assert events(insightly) == {}
    assert "contact.updated" in events(bridge)
    assert events(bridge)["contact.updated"].item.fields["record"].fields["email"]
