from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from instep.connectors.gohighlevel import connector as gohighlevel
from instep.connectors.gohighlevel.signatures import PUBLISHED
from instep.core.errors import UserError
from instep.sdk.webhooks import Incoming, Recent, Refusal, WebhookRefused

webhooks = gohighlevel.webhooks
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
CURRENT, LEGACY = Ed25519PrivateKey.generate(), generate_private_key(65537, 2048)
FORMAT = PublicFormat.SubjectPublicKeyInfo
KEYS = {
    "ed25519": b64encode(CURRENT.public_key().public_bytes(Encoding.DER, FORMAT)).decode(),
    "rsa": LEGACY.public_key().public_bytes(Encoding.PEM, FORMAT).decode(),
}
BODY = {
    "type": "TaskCreate",
    "locationId": "l1",
    "id": "t1",
    "title": "Call back",
    "timestamp": "2026-03-04T14:59:58.000Z",
    "webhookId": "w1",
}


def raw(**changes):
    body = {name: value for name, value in {**BODY, **changes}.items() if value is not ...}
    return json.dumps(body).encode()


def signed(body):
    return {"x-ghl-signature": b64encode(CURRENT.sign(body)).decode()}


def signed_of_old(body):
    signature = LEGACY.sign(body, PKCS1v15(), SHA256())
    return {"x-wh-signature": b64encode(signature).decode()}


def read(body, headers=None, *, rules=webhooks, keys=KEYS):
    headers = signed(body) if headers is None else headers
    return rules.read(Incoming(headers, body, NOW), keys, NOW)


def refused(body, headers=None, **how):
    with pytest.raises(WebhookRefused) as caught:
        read(body, headers, **how)
    assert str(caught.value) == caught.value.reason.value
    return caught.value.reason


@pytest.mark.parametrize("sign", [signed, signed_of_old])
def test_what_the_app_signed_is_read(sign):
    body = raw()

    hint = read(body, sign(body))

    assert (hint.id, hint.event, hint.resource, hint.record_id) == (
        "w1",
        "TaskCreate",
        "task",
        "t1",
    )
    # as GoHighLevel really sends it (facts: ghl 5.2)
    assert hint.parent_id is None
    assert (hint.account_id, hint.deleted) == ("l1", False)


@pytest.mark.parametrize("sign", [signed, signed_of_old])
@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_flipped_byte_is_refused_before_the_body_is_looked_at(sign, place):
    body = raw()
    flipped = bytearray(body)
    flipped[place] ^= 1

    assert refused(bytes(flipped), sign(body)) is Refusal.WRONGLY_SIGNED


def test_the_bytes_count_not_what_they_mean():
    body = raw()

    assert refused(json.dumps(json.loads(body), indent=1).encode(), signed(body)) is (
        Refusal.WRONGLY_SIGNED
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ghl-signature": "N/A"},
        {"x-ghl-signature": " n/a "},
        {"x-ghl-signature": ""},
        {"x-ghl-signature": "N/A", "x-wh-signature": "N/A"},
    ],
)
def test_without_a_signature_it_is_refused(headers):
    assert refused(raw(), headers) is Refusal.UNSIGNED


@pytest.mark.parametrize("nonsense", ["not base64!", "AAAA", "é", "=" * 88])
@pytest.mark.parametrize("header", ["x-ghl-signature", "x-wh-signature"])
def test_nonsense_is_no_signature(header, nonsense):
    assert refused(raw(), {header: nonsense}) is Refusal.WRONGLY_SIGNED


def test_a_wrong_current_signature_is_not_saved_by_a_right_old_one():
    body = raw()

    headers = {**signed_of_old(body), **signed(b"another body")}

    assert refused(body, headers) is Refusal.WRONGLY_SIGNED


def test_an_old_signature_counts_beside_the_words_that_stand_for_none():
    body = raw()

    assert read(body, {"x-ghl-signature": "N/A", **signed_of_old(body)}).id == "w1"


def test_old_signatures_are_taken_only_while_that_is_allowed():
    body = raw()
    strict = replace(webhooks, legacy=False)

    assert refused(body, signed_of_old(body), rules=strict) is Refusal.UNSIGNED
    assert read(body, rules=strict).id == "w1"


def test_somebody_elses_key_proves_nothing():
    assert refused(raw(), keys=PUBLISHED) is Refusal.WRONGLY_SIGNED


@pytest.mark.parametrize("key", ["", "nonsense", KEYS["rsa"]])
def test_a_key_of_the_wrong_kind_is_a_mistake_of_the_settings(key):
    with pytest.raises(UserError, match="no Ed25519 public key") as caught:
        read(raw(), keys={"ed25519": key})
    assert not isinstance(caught.value, WebhookRefused)


def test_the_published_keys_are_of_their_kind():
    assert webhooks.keys == PUBLISHED
    kinds = {name: type(load_der_public_key(b64decode(key))) for name, key in PUBLISHED.items()}
    assert kinds["ed25519"].__name__ == "Ed25519PublicKey"
    assert load_der_public_key(b64decode(PUBLISHED["rsa"])).key_size == 4096


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("2026-03-04T14:54:59Z", Refusal.TOO_OLD),
        ("2026-03-04T15:01:01Z", Refusal.TOO_EARLY),
        ("2026-03-04T15:00:00", Refusal.NO_TIME),
        ("just now", Refusal.NO_TIME),
        (1772636400000, Refusal.NO_TIME),
        (None, Refusal.NO_TIME),
        (..., Refusal.NO_TIME),
    ],
)
def test_an_old_or_undated_webhook_is_refused(sent, reason):
    assert refused(raw(timestamp=sent)) is reason


@pytest.mark.parametrize(
    "sent", ["2026-03-04T14:55:00Z", "2026-03-04T15:01:00Z", "2026-03-04T09:00:00-06:00"]
)
def test_a_webhook_within_the_window_is_read(sent):
    assert read(raw(timestamp=sent)).id == "w1"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"text"', b"null", b"{", b"\xff\xfe", b"[" * 100_000]
)
def test_a_body_that_is_no_object_is_refused(body):
    assert refused(body) is Refusal.NO_OBJECT


def test_a_body_larger_than_any_is_refused_unread():
    body = raw(title="x" * webhooks.largest)

    assert refused(body, {}) is Refusal.TOO_LARGE


def test_a_body_without_an_id_is_known_by_its_content():
    once, again, other = raw(webhookId=...), raw(webhookId=...), raw(webhookId=..., title="x")

    assert read(once).id == read(again).id
    assert read(once).id != read(other).id


def test_a_repeated_id_is_refused_as_long_as_its_time_would_pass():
    recent = Recent(webhooks.memory)
    recent.take("w1", NOW)

    with pytest.raises(WebhookRefused) as caught:
        recent.take("w1", NOW + webhooks.memory)

    assert caught.value.reason is Refusal.REPEATED
    recent.take("w2", NOW + webhooks.memory)
    # the same body comes too late by then, whoever remembers it
    much_later = NOW + webhooks.memory + timedelta(seconds=1)
    recent.take("w1", much_later)
    latest = (NOW + webhooks.ahead).isoformat()
    with pytest.raises(WebhookRefused) as caught:
        webhooks.read(
            Incoming(signed(raw(timestamp=latest)), raw(timestamp=latest), much_later),
            KEYS,
            much_later,
        )
    assert caught.value.reason is Refusal.TOO_OLD


def test_what_is_remembered_has_a_bound():
    recent = Recent(timedelta(days=1), most=3)
    for number in range(10):
        recent.take(f"w{number}", NOW)

    with pytest.raises(WebhookRefused):
        recent.take("w9", NOW)
    recent.take("w0", NOW)
