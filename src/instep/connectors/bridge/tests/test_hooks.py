from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.bridge import connector
from instep.connectors.bridge.tests.on_database import SECRETS
from instep.core.errors import UserError
from instep.sdk.standard_webhooks import signed
from instep.sdk.webhooks import Incoming, Refusal, SecretWebhooks, Told, WebhookRefused

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECRET = {"x-instep-secret": SECRETS["inbound_secret"]}


def read(body, headers=SECRET, *, keys=SECRETS, now=NOW):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return connector.webhooks.read(Incoming(headers, raw, NOW), keys, now)


def contact(**fields):
    return {"event": "contact.updated", "record": {"id": "p1", **fields}}


def reason(*args, **kwargs):
    with pytest.raises(WebhookRefused) as caught:
        read(*args, **kwargs)
    return caught.value.reason


def test_its_secrets_are_the_connections_own():
    assert isinstance(connector.webhooks, SecretWebhooks)
    assert set(connector.webhooks.secrets) == SECRETS.keys()


def test_a_record_is_told_by_canonical_names():
    hint = read(
        {
            "event": "contact.updated",
            "id": "zap-7",
            "record": {
                "id": 7,
                "email": "ann@example.com",
                "postal_code": 94105,
                "tags": "vip, client",
                "opted_out": "yes",
                "date_of_birth": "1980-02-29T00:00:00Z",
                "city": "",
                "business_id": 9,
                "custom.Policy number": "LH-1",
                "changed_at": "2026-01-01T12:00:00+01:00",
            },
        }
    )
    assert (hint.id, hint.event, hint.resource) == ("zap-7", "contact.updated", "contact")
    assert (hint.record_id, hint.deleted) == ("7", False)
    assert hint.told == (
        Told(
            "contact",
            "7",
            {
                "email": "ann@example.com",
                "postal_code": "94105",
                "tags": ("client", "vip"),
                "opted_out": True,
                "date_of_birth": "1980-02-29",
                "city": None,
                "business_id": "9",
                "custom.Policy number": "LH-1",
            },
            changed_at=NOW - timedelta(hours=1),
        ),
    )


def test_a_child_is_told_with_its_contact():
    due = "2026-03-04T16:00:00+01:00"
    hint = read(
        {
            "event": "task.created",
            "record": {"id": "t1", "contact_id": "p1", "title": "Call", "due_at": due},
        }
    )
    assert hint.told == (
        Told("task", "t1", {"title": "Call", "due_at": "2026-03-04T15:00:00Z"}, "p1"),
    )
    assert hint.parent_id == "p1"


def test_several_records_come_in_one_webhook():
    records = [{"id": number, "email": f"p{number}@x.example"} for number in range(100)]
    hint = read({"event": "contact.created", "records": records})
    assert [each.record_id for each in hint.told] == [str(number) for number in range(100)]
    assert hint.record_id is None


def test_a_deleted_record_needs_nothing_but_its_id():
    hint = read({"event": "task.deleted", "record": {"id": "t1", "title": "Call"}})
    assert hint.deleted
    assert hint.told == (Told("task", "t1", {}, gone=True),)


def test_equal_content_within_a_minute_is_one_sending_where_no_id_is_told():
    assert read(contact(city="Rome")).id == read(contact(city="Rome")).id
    assert read(contact(city="Rome")).id != read(contact(city="Oslo")).id


def test_who_does_not_know_the_secret_is_refused():
    assert reason(contact(), {}) is Refusal.UNSIGNED
    assert reason(contact(), {"x-instep-secret": "guessed"}) is Refusal.WRONGLY_SIGNED
    assert reason(contact(), {"x-instep-secret": "é"}) is Refusal.WRONGLY_SIGNED
    nothing = {"inbound_secret": "", "signing_secret": ""}
    assert reason(contact(), {"x-instep-secret": " "}, keys=nothing) is Refusal.WRONGLY_SIGNED


def test_a_signature_proves_as_well_and_brings_the_id():
    body = json.dumps(contact(city="Rome")).encode()
    headers = signed(SECRETS["signing_secret"], "msg_1", NOW, body)
    assert read(body, headers).id == "msg_1"
    assert reason(body + b" ", headers) is Refusal.WRONGLY_SIGNED
    assert reason(body, headers, now=NOW + timedelta(minutes=6)) is Refusal.TOO_OLD
    assert reason(body, headers, now=NOW - timedelta(minutes=6)) is Refusal.TOO_EARLY


def test_nothing_of_an_unproven_body_is_looked_at():
    assert reason(b"{", {"x-instep-secret": "guessed"}) is Refusal.WRONGLY_SIGNED
    assert reason(b"{") is Refusal.NO_OBJECT
    assert reason(b" " * 1_048_577) is Refusal.TOO_LARGE


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"record": {"id": 1}}, "event has to be one of contact"),
        ({"event": "contact.changed", "record": {"id": 1}}, "event has to be one of"),
        ({"event": "contact"}, "event has to be one of"),
        ({"event": "contact.updated"}, "either record, an object, or records"),
        ({"event": "contact.updated", "record": {}, "records": []}, "either record"),
        ({"event": "contact.updated", "records": []}, "a list of 1 to 100"),
        ({"event": "contact.updated", "records": [{"id": 1}] * 101}, "a list of 1 to 100"),
        ({"event": "contact.updated", "record": ["a"]}, "record has to be an object"),
        ({"event": "contact.updated", "record": {"email": "a@x.y"}}, "record.id is missing"),
        ({"event": "contact.updated", "id": [1], "record": {"id": 1}}, "id has to be a text"),
        (contact(id=True), "record.id has to be an id"),
        (contact(e_mail="a@x.y"), "record.e_mail is no field of a contact. There are: address"),
        (contact(email={"work": "a@x.y"}), "record.email has to be a text"),
        (contact(date_of_birth="29 Feb"), "record.date_of_birth has to be a date"),
        (contact(date_of_birth="1981-02-29"), "record.date_of_birth has to be a date"),
        (contact(opted_out="perhaps"), "record.opted_out has to be true or false"),
        (contact(tags=[1]), "record.tags has to be a list of words"),
        (contact(changed_at="2026-01-01T12:00:00"), "record.changed_at has to be a time"),
        ({"event": "task.created", "record": {"id": 1}}, "record.contact_id is missing"),
        (
            {"event": "task.updated", "records": [{"id": 1}, {"id": 2, "due_at": "soon"}]},
            r"records\[1\].due_at has to be a time such as 2026-01-05T15:00:00Z: it is no time",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(body, said):
    with pytest.raises(UserError, match=said):
        read(body)


def test_flows_read_the_whole_body_and_know_it_beforehand():
    body = contact(email="ann@example.com", changed_at="2026-01-01T12:00:00Z")

    hint = read(body)

    assert hint.body == body
    assert hint.told_at == 1767268800000
    shape = connector.events[hint.event].body
    assert set(body) <= set(shape.fields)
    assert set(body["record"]) <= set(shape.fields["record"].fields)
    assert "ann@example.com" not in repr(hint).replace(repr(hint.told), "")


def test_of_several_records_none_says_when():
    records = [{"id": str(each), "changed_at": "2026-01-01T12:00:00Z"} for each in range(2)]

    hint = read({"event": "contact.updated", "records": records})

    assert (hint.record_id, hint.told_at, len(hint.body["records"])) == (None, None, 2)
