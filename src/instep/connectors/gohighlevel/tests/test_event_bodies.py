"""Every documented event comes out of the connector with its name, its record and its whole body."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from instep.connectors.gohighlevel import connector
from instep.sandbox.gohighlevel.webhooks.kinds import APPOINTMENT, FIELDS
from instep.sandbox.gohighlevel.webhooks.payloads import payload
from instep.sdk.webhooks import Incoming

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
KEYS = {
    "ed25519": b64encode(
        KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()
}
# it goes to the address of a provider of messages, unsigned (facts: ghl 5.3)
TO_A_PROVIDER = "ProviderOutboundMessage"
# it is about an e-mail that is no record of an account
WITHOUT_A_RECORD = "LCEmailStats"
SENT = [event for event in FIELDS if event != TO_A_PROVIDER]


def sample(event):
    """A body as the sandbox sends it, with every documented field filled."""
    record = {name: f"{name} of {event}" for name in FIELDS[event]}
    record["appointment"] = {name: f"{name} of {event}" for name in APPOINTMENT}
    told = payload(event, "app1", "location1", record, thin=False)
    return {**told, "timestamp": "2026-03-04T14:59:58.250Z", "webhookId": f"w-{event}"}


def read(body):
    raw = json.dumps(body).encode()
    headers = {"x-ghl-signature": b64encode(KEY.sign(raw)).decode()}
    return connector.webhooks.read(Incoming(headers, raw, NOW), KEYS, NOW)


def test_every_documented_event_can_start_a_flow():
    assert set(connector.events) == set(SENT)
    assert len(FIELDS) == 58


@pytest.mark.parametrize("event", SENT)
def test_an_event_tells_its_name_its_record_and_all_it_says(event):
    body = sample(event)

    hint = read(body)

    assert (hint.id, hint.event, hint.body) == (f"w-{event}", event, body)
    assert hint.told_at == 1772636398250
    assert (hint.record_id is None) == (event == WITHOUT_A_RECORD)
    assert hint.record_id is None or json.dumps(hint.record_id) in json.dumps(body)


@pytest.mark.parametrize("event", SENT)
def test_what_an_event_says_is_known_beforehand(event):
    body, shape = sample(event), connector.events[event].body

    assert set(body) <= set(shape.fields)
    assert set(body.get("appointment", {})) <= set(
        shape.fields["appointment"].fields if "appointment" in shape.fields else ()
    )


def test_a_hint_does_not_show_its_body():
    hint = read({**sample("ContactCreate"), "email": "ada@example.com"})

    assert hint.body["email"] == "ada@example.com"
    assert "ada@example.com" not in repr(hint)
