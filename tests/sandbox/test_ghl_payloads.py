from __future__ import annotations

import json
import re

import pytest

from instep.sandbox.gohighlevel.webhooks.kinds import APPOINTMENT, FIELDS
from instep.sandbox.gohighlevel.webhooks.payloads import payload, record_key
from instep.sandbox.gohighlevel.webhooks.retries import wait_before_retry
from tests.sandbox.ghl_specs import SPECS

NAMED_OTHERWISE = {
    "AppInstall": "INSTALL",
    "AppUninstall": "UNINSTALL",
    "PlanChange": "PLAN_CHANGE",
    "ConversationUnreadWebhook": "ConversationUnreadUpdate",
}
ENVELOPE = {"type", "appId", "timestamp"}
# in examples only; and the name one page has for what `type` stands for on its sisters
BESIDES = {"from", "subject", "priceType"}


if SPECS:
    PAGES = SPECS / "docs" / "webhook events"

    def documented():
        """Event → the fields of its page's schemas, for pages whose schemas are JSON."""
        for path in sorted(PAGES.glob("*.md")):
            blocks = re.findall(r"```json json_schema\n(.*?)```", path.read_text(), re.DOTALL)
            # some end in a comma
            schemas = [json.loads(re.sub(r",(\s*})", r"\1", block)) for block in blocks]
            if schemas:
                fields = {name: one for each in schemas for name, one in each["properties"].items()}
                yield NAMED_OTHERWISE.get(path.stem, path.stem), fields

    def test_every_page_is_an_event_and_every_event_has_a_page():
        pages = {NAMED_OTHERWISE.get(path.stem, path.stem) for path in PAGES.glob("*.md")}
        assert pages == set(FIELDS)

    def test_every_event_tells_the_fields_of_its_page():
        pages = dict(documented())
        assert len(pages) > 25
        missing = {
            event: set(each) - ENVELOPE - set(FIELDS[event]) for event, each in pages.items()
        }
        invented = {
            event: set(FIELDS[event]) - set(each) - BESIDES for event, each in pages.items()
        }
        assert not any(missing.values())
        assert not any(invented.values())
        assert set(pages["AppointmentCreate"]["appointment"]["properties"]) == set(APPOINTMENT)


def told(event, record, *, thin=True):
    return payload(event, "app1", "location1", record, thin=thin)


@pytest.mark.parametrize(
    ("event", "record", "more"),
    [
        ("NoteCreate", {"id": "n", "body": "x", "userId": "u", "title": "t"}, {"body": "x"}),
        ("TaskCreate", {"id": "n", "body": "x", "contactId": "c"}, {}),
        ("TaskDelete", {"id": "n", "body": "x", "contactId": "c"}, {"body": "x", "contactId": "c"}),
        ("ContactCreate", {"id": "n", "attachments": ["file"]}, {"attachments": []}),
        ("OutboundMessage", {"attachments": ["file"]}, {"attachments": ["file"]}),
        (
            "ContactDndUpdate",
            {"id": "n", "dnd": False, "inboundDndSettings": {}, "dndSettings": {"RCS": {}}},
            {"dnd": False, "dndSettings": {"RCS": {}}},
        ),
        ("ContactUpdate", {"id": "n", "dndSettings": {"RCS": {}}, "email": None}, {}),
    ],
)
def test_an_event_tells_its_fields_as_far_as_the_real_one_fills_them(event, record, more):
    envelope = {"type": event, "versionId": "app1", "appId": "app1", "locationId": "location1"}
    named = {"id": record["id"]} if "id" in record else {}
    assert told(event, record) == {**envelope, **named, **more}


def test_an_event_of_a_location_itself_names_it_by_its_id_alone():
    assert told("LocationUpdate", {"id": "location1", "name": "Harbour"}) == {
        "type": "LocationUpdate",
        "versionId": "app1",
        "appId": "app1",
        "id": "location1",
        "name": "Harbour",
    }


@pytest.mark.parametrize(
    ("event", "record", "key"),
    [
        ("TaskCreate", {"id": "t"}, "t"),
        ("InvoiceCreate", {"_id": "i"}, "i"),
        ("AppointmentCreate", {"appointment": {"id": "a"}}, "a"),
        ("LCEmailStats", {}, "LCEmailStats"),
        ("UNINSTALL", {"id": "x"}, "the app"),
        ("INSTALL", {}, "the app"),
    ],
)
def test_webhooks_of_one_record_stay_together(event, record, key):
    assert record_key(event, record) == key


@pytest.mark.parametrize(
    ("policy", "status", "attempts", "chance", "seconds"),
    [
        ("only_429", 429, 1, 0.0, 600),
        ("only_429", 429, 6, 1.0, 800),
        ("only_429", 429, 7, 0.0, None),
        ("only_429", 503, 1, 0.0, None),
        ("only_429", None, 1, 0.0, None),
        ("any_failure", 503, 1, 0.5, 10),
        ("any_failure", None, 4, 0.5, 80),
        ("any_failure", 429, 13, 0.5, None),
        ("any_failure", 204, 1, 0.5, None),
        ("none", 429, 1, 0.0, None),
    ],
)
def test_the_wait_before_a_webhook_comes_again(policy, status, attempts, chance, seconds):
    assert wait_before_retry(policy, status, attempts, chance) == seconds
