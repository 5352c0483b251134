"""Standard Webhooks: what is signed is proven, and nothing else is."""

from __future__ import annotations

import hmac
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.sdk.standard_webhooks import TOLERANCE, new_secret, signed, verify
from instep.sdk.webhooks import Incoming, Refusal, WebhookRefused

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET, OTHER = (f"whsec_{b64encode(byte * 32).decode()}" for byte in (b"a", b"b"))
BODY = b'{"type": "contact.updated"}'

# the vector that the libraries of the specification are tested with
VECTOR = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "sent_at": datetime.fromtimestamp(1614265330, UTC),
    "body": b'{"test": 2432232314}',
    "signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def came(headers, body=BODY):
    return Incoming(headers, body, NOW)


def sent(text=SECRET, message_id="msg_1", at=NOW, body=BODY):
    return dict(signed(text, message_id, at, body))


def refused(incoming, text=SECRET, now=NOW):
    with pytest.raises(WebhookRefused) as caught:
        verify(text, incoming, now)
    return caught.value.reason


def test_the_published_vector_is_signed_and_proven():
    headers = signed(VECTOR["secret"], VECTOR["id"], VECTOR["sent_at"], VECTOR["body"])
    assert headers["webhook-signature"] == VECTOR["signature"]
    assert headers["webhook-timestamp"] == "1614265330"
    assert (
        verify(VECTOR["secret"], came(headers, VECTOR["body"]), VECTOR["sent_at"]) == VECTOR["id"]
    )


@given(st.binary(), st.text("abcdef0123456789_", min_size=1), st.binary(min_size=24, max_size=64))
def test_whatever_is_signed_is_proven(body, message_id, key):
    secret = f"whsec_{b64encode(key).decode()}"
    assert verify(secret, came(sent(secret, message_id, body=body), body), NOW) == message_id


@given(st.binary(), st.binary())
def test_another_body_is_not_proven(body, other):
    if body != other:
        assert refused(came(sent(body=body), other)) is Refusal.WRONGLY_SIGNED


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_another_id_or_time_is_not_proven(name):
    headers = {**sent(), name: "1795262401"}
    assert refused(came(headers)) is Refusal.WRONGLY_SIGNED


@pytest.mark.parametrize("name", ["webhook-id", "webhook-signature"])
def test_without_id_or_signature_it_is_not_signed(name):
    headers = sent()
    del headers[name]
    assert refused(came(headers)) is Refusal.UNSIGNED


@pytest.mark.parametrize("signature", ["v1a,abc", "v1,", ",", "v1", "v2,abc", "v1,é"])
def test_what_is_no_signature_proves_nothing(signature):
    assert refused(came({**sent(), "webhook-signature": signature})) is Refusal.WRONGLY_SIGNED


def test_a_signature_of_another_version_beside_ours_does_no_harm():
    headers = sent()
    headers["webhook-signature"] = f"v1a,xyz {headers['webhook-signature']}"
    assert verify(SECRET, came(headers), NOW) == "msg_1"


def test_while_a_secret_is_changed_both_prove():
    changing = sent(f"{OTHER} {SECRET}")
    assert len(changing["webhook-signature"].split()) == 2
    assert verify(SECRET, came(changing), NOW) == verify(OTHER, came(changing), NOW) == "msg_1"
    assert verify(f"{OTHER} {SECRET}", came(sent(SECRET)), NOW) == "msg_1"
    assert refused(came(sent(OTHER))) is Refusal.WRONGLY_SIGNED


def test_the_clocks_may_differ_by_five_minutes():
    for off in (-TOLERANCE, timedelta(), TOLERANCE):
        assert verify(SECRET, came(sent(at=NOW + off)), NOW) == "msg_1"
    second = timedelta(seconds=1)
    assert refused(came(sent(at=NOW - TOLERANCE - second))) is Refusal.TOO_OLD
    assert refused(came(sent(at=NOW + TOLERANCE + second))) is Refusal.TOO_EARLY


@pytest.mark.parametrize("seconds", ["", "soon", "-5", "1e9", "999999999999"])
def test_a_time_that_is_none_is_refused_though_it_is_signed(seconds):
    headers = _signed_as(seconds)
    assert refused(came(headers)) is Refusal.NO_TIME


def _signed_as(seconds):
    key = b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.digest(key, f"msg_1.{seconds}.".encode() + BODY, "sha256")
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


@pytest.mark.parametrize(
    "secret",
    ["", "  ", "whsec_", "whsec_c2hvcnQ=", SECRET.removeprefix("whsec_"), "whsec_no base64 !", "é"],
)
def test_what_is_no_secret_is_refused_and_not_repeated(secret):
    with pytest.raises(UserError) as caught:
        signed(secret, "msg_1", NOW, BODY)
    assert "whsec_" in str(caught.value)
    assert "c2hvcnQ" not in str(caught.value)


def test_the_example_for_receivers_proves_what_we_sign():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "webhooks-out.md").read_text()
    [code] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    given = {}
    exec(code, given)
    is_from_instep, now = given["is_from_instep"], datetime.now(UTC)
    both = sent(f"{OTHER} {SECRET}", at=now)
    assert is_from_instep(both, BODY, SECRET)
    assert is_from_instep(both, BODY, OTHER)
    assert not is_from_instep(both, BODY + b" ", SECRET)
    assert not is_from_instep(both, BODY, new_secret())
    assert not is_from_instep(sent(at=now - timedelta(minutes=6)), BODY, SECRET)


def test_a_new_secret_is_a_new_one():
    fresh = new_secret()
    assert fresh != new_secret()
    assert verify(fresh, came(sent(fresh)), NOW) == "msg_1"
