from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import EXAMPLE, ManifestApp
from instep.connectors.custom.hooks import DescribedWebhooks, Inbound
from instep.connectors.custom.loading import complete
from instep.core.errors import UserError
from instep.sdk.webhooks import Incoming, Refusal, SecretWebhooks, WebhookRefused

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
SECRET = "s3cret-of-the-connection"
BODY = json.dumps({"event": "person.deleted", "delivery": "d1", "data": {"id": "7"}}).encode()


@pytest.fixture
def webhooks():
    return connector_of(complete(EXAMPLE)).webhooks


def signed(body, secret=SECRET):
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Incoming({"x-signature": f"sha256={digest}"}, body, NOW)


def read(webhooks, incoming, keys=None):
    return webhooks.read(incoming, {"hook_secret": SECRET} if keys is None else keys, NOW)


def test_a_proven_webhook_names_its_record(webhooks):
    told = read(webhooks, signed(BODY))

    assert (told.id, told.event, told.resource, told.record_id) == (
        "d1",
        "person.deleted",
        "contact",
        "7",
    )
    assert told.deleted


def test_its_secret_is_the_connections(webhooks):
    assert isinstance(webhooks, SecretWebhooks)
    assert list(webhooks.secrets) == ["hook_secret"]
    with pytest.raises(UserError, match="no hook_secret"):
        read(webhooks, signed(BODY), {})


@pytest.mark.parametrize(
    ("incoming", "why"),
    [
        (signed(BODY, "another"), Refusal.WRONGLY_SIGNED),
        (Incoming(signed(BODY).headers, BODY + b" ", NOW), Refusal.WRONGLY_SIGNED),
        (Incoming({}, BODY, NOW), Refusal.UNSIGNED),
        (signed(b"[]"), Refusal.NO_OBJECT),
        (signed(b"x" * 1_048_577), Refusal.TOO_LARGE),
    ],
)
def test_what_nobody_proved_is_refused(webhooks, incoming, why):
    with pytest.raises(WebhookRefused) as caught:
        read(webhooks, incoming)
    assert caught.value.reason is why


def described(auth, **more):
    part = Inbound.model_validate({"auth": auth, "record_id": "id", "resource": "people", **more})
    return DescribedWebhooks(part, {"people": "contact"})


@pytest.mark.parametrize(
    ("auth", "header", "good"),
    [
        ({"type": "secret", "header": "X-Hook", "secret": "k"}, "x-hook", SECRET),
        (
            {"type": "basic", "secret": "k"},
            "authorization",
            "Basic " + b64encode(f"anybody:{SECRET}".encode()).decode(),
        ),
        (
            {"type": "hmac", "header": "X-Sum", "secret": "k", "encoding": "base64"},
            "x-sum",
            b64encode(hmac.digest(SECRET.encode(), b'{"id": 5}', "sha256")).decode(),
        ),
    ],
)
def test_each_proof_takes_the_right_secret_and_no_other(auth, header, good):
    webhooks, body = described(auth), b'{"id": 5}'

    told = webhooks.read(Incoming({header: good}, body, NOW), {"k": SECRET}, NOW)

    assert (told.resource, told.record_id) == ("contact", "5")
    for wrong in (f"{good}x", "Basic !", "é"):
        with pytest.raises(WebhookRefused):
            webhooks.read(Incoming({header: wrong}, body, NOW), {"k": SECRET}, NOW)


def test_without_an_id_the_same_words_are_a_repetition_for_a_minute_only():
    webhooks = described({"type": "secret", "header": "X-Hook", "secret": "k"})

    def told(at, body=b'{"id": 5}'):
        return webhooks.read(Incoming({"x-hook": SECRET}, body, at), {"k": SECRET}, NOW).id

    assert told(NOW) == told(NOW + timedelta(seconds=30))
    assert told(NOW) != told(NOW + timedelta(minutes=2))
    assert told(NOW) != told(NOW, b'{"id": 6}')


def test_an_event_that_nobody_named_is_kept_as_nothing_to_read(webhooks):
    body = json.dumps({"event": "invoice.paid", "delivery": "d2", "data": {"id": "7"}}).encode()

    assert read(webhooks, signed(body)).resource is None


def test_what_the_emulator_sends_is_taken(webhooks):
    app = ManifestApp(complete(EXAMPLE))
    record = {"id": "per_1", "parent": None}

    body, headers = app._sender.message("person.updated", record, 1)
    lowered = {name.lower(): value for name, value in headers.items()}
    incoming = Incoming(lowered, json.dumps(body).encode(), NOW)
    told = read(webhooks, incoming, {"hook_secret": app.secrets["hook_secret"]})

    assert (told.resource, told.record_id, told.deleted) == ("contact", "per_1", False)
    app.close()


def test_flows_read_the_whole_body_under_the_events_of_the_manifest(webhooks):
    told = read(webhooks, signed(BODY))

    assert told.body == json.loads(BODY)
    assert told.event in connector_of(complete(EXAMPLE)).events


def test_webhooks_without_a_word_are_called_by_what_they_are_about():
    auth = {"type": "secret", "header": "x-secret", "secret": "s"}
    part = Inbound.model_validate({"auth": auth, "record_id": "id", "resource": "people"})
    plain = DescribedWebhooks(part, {"people": "contact"})
    body = b'{"id": "7", "name": "Ada"}'

    told = plain.read(Incoming({"x-secret": "s3"}, body, NOW), {"s": "s3"}, NOW)

    assert (told.event, told.resource, told.body["name"]) == ("people", "contact", "Ada")
    assert list(plain.events()) == ["people"]
