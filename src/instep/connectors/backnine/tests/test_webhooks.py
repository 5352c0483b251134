from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.backnine import connector
from instep.connectors.backnine.emulator import BackNineApp
from instep.connectors.backnine.emulator.office import SECRETS
from instep.core.errors import UserError
from instep.sdk.webhooks import Incoming, Refusal, SecretWebhooks, WebhookRefused

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
SECRET = "shared-with-boss"
KEYS = {"webhook_secret": SECRET, "case_webhook_secret": "another-for-cases"}
SAVED = {
    "id": 7,
    "updated_at": "2026-03-04T14:59:00Z",
    "edited_status": "Started",
    "follow_up_at": "2026-03-10T15:00:00Z",
    "insured": {"id": 42, "name": "Ann Lee", "email": "ann@example.com", **SECRETS},
    **SECRETS,
}


def incoming(body, secret=SECRET, at=NOW):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Incoming({"x-backnine-authentication": secret}, raw, at)


def read(body, **more):
    return connector.webhooks.read(incoming(body, **more), KEYS, NOW)


def test_a_saved_application_names_its_insured_and_tells_what_is_kept():
    hint = read({"electronic_application": SAVED})

    assert (hint.event, hint.resource, hint.record_id) == ("application.saved", "contact", "42")
    assert [(told.kind, told.record_id, told.parent_id) for told in hint.told] == [
        ("contact", "42", None),
        ("note", hint.told[1].record_id, "42"),
        ("task", "eapp-7", "42"),
    ]
    assert hint.told[0].values == {
        "first_name": "Ann",
        "last_name": "Lee",
        "email": "ann@example.com",
        "tags": ("backnine:eapp-started", "backnine:status-started"),
    }
    assert (
        hint.told[1].values["body"].endswith("its status is now “Started” (2026-03-04 14:59 UTC).")
    )
    assert hint.told[2].values["due_at"] == "2026-03-10T15:00:00.000Z"


def test_nothing_secret_is_in_what_a_webhook_comes_to():
    told = repr(read({"electronic_application": SAVED}))
    for secret in ("123-45-6789", "diabetes", "tobacco", "000123456789", "021000021"):
        assert secret not in told


def test_a_saved_case_tells_a_note_for_its_insured():
    case = {"id": 9, "status": "Approved", "face_amount": 1, "insured": {"id": 42}, **SECRETS}
    hint = read({"case": case}, secret="another-for-cases")

    [note] = hint.told
    assert (hint.event, hint.resource, hint.record_id) == ("case.saved", "note", note.record_id)
    assert (note.parent_id, note.values["body"]) == (
        "42",
        "BackNine case 9: its status is now “Approved”.",
    )


def test_of_a_name_alone_nobody_becomes_a_contact():
    hint = read({**SAVED, "insured": {"id": 42, "name": "Ann Lee"}})
    assert [(told.kind, told.parent_id) for told in hint.told] == [("note", "42"), ("task", "42")]


def test_a_follow_up_that_was_taken_away_is_gone():
    hint = read({**SAVED, "follow_up_at": None})
    assert [told.gone for told in hint.told if told.kind == "task"] == [True]


def test_a_save_that_says_nothing_of_a_follow_up_leaves_it_alone():
    said = {name: value for name, value in SAVED.items() if name != "follow_up_at"}
    assert "task" not in {told.kind for told in read(said).told}


@pytest.mark.parametrize(
    "body",
    [{"id": 7}, {"case": {"id": 9, "status": "Open"}}, {"id": 7, "step": 1}, {"other": {"id": 1}}],
)
def test_what_leads_to_nobody_is_kept_and_leads_to_nothing(body):
    hint = read(body)
    assert (hint.resource, hint.told) == (None, ())


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (incoming(SAVED, secret="guessed"), Refusal.WRONGLY_SIGNED),
        (incoming(SAVED, secret="é"), Refusal.WRONGLY_SIGNED),
        (incoming(SAVED, secret=""), Refusal.UNSIGNED),
        (Incoming({"authorization": SECRET}, b"{}", NOW), Refusal.UNSIGNED),
        (incoming(b"[]"), Refusal.NO_OBJECT),
        (incoming(b"[" * 100_000), Refusal.NO_OBJECT),
        (incoming(b"x" * 1_048_577), Refusal.TOO_LARGE),
    ],
)
def test_what_nobody_proved_is_refused(sent, why):
    with pytest.raises(WebhookRefused) as caught:
        connector.webhooks.read(sent, KEYS, NOW)
    assert caught.value.reason is why


def test_without_a_secret_nothing_is_taken():
    assert isinstance(connector.webhooks, SecretWebhooks)
    for keys in ({}, {"webhook_secret": ""}):
        with pytest.raises(UserError, match="no webhook_secret"):
            connector.webhooks.read(incoming(SAVED, secret=""), keys, NOW)


def test_a_repeated_sending_is_the_same_however_it_is_set_and_whenever_it_comes():
    turned = json.dumps({"electronic_application": dict(reversed(SAVED.items()))}, indent=2)

    ids = {
        read({"electronic_application": SAVED}).id,
        read(turned.encode(), at=NOW + timedelta(hours=5)).id,
    }
    assert len(ids) == 1


def test_a_further_save_is_another_sending():
    later = {**SAVED, "updated_at": "2026-03-04T15:10:00Z"}
    with_phone = {**SAVED, "insured": {**SAVED["insured"], "phone_mobile": "4155550123"}}
    case = {"case": {**SAVED, "status": "Started"}}

    assert len({read(body).id for body in (SAVED, later, with_phone, case)}) == 4


def test_without_a_time_the_same_words_are_a_repetition_for_a_minute_only():
    case = {"case": {"id": 9, "status": "Approved", "insured": {"id": 42}}}

    assert read(case).id == read(case, at=NOW + timedelta(seconds=30)).id
    assert read(case).id != read(case, at=NOW + timedelta(minutes=2)).id


@pytest.mark.parametrize("wraps", [True, False])
def test_what_the_emulator_sends_is_taken(wraps):
    app = BackNineApp()
    app.switch({"wraps": wraps})
    keys = {"webhook_secret": app.webhook_secret}
    for kind, save in (("electronic_application", "application"), ("case", "case")):
        saved = getattr(app, f"save_{save}")({"insured": {"id": 42, "name": "Ann Lee"}})
        body, headers = app.message(kind, saved)
        lowered = {name.lower(): value for name, value in headers.items()}
        hint = connector.webhooks.read(Incoming(lowered, json.dumps(body).encode(), NOW), keys, NOW)
        assert hint.event == f"{save}.saved"
        assert hint.told
    app.close()


def test_flows_read_what_was_picked_and_nothing_else():
    hint = read({"electronic_application": SAVED})

    assert hint.body == {
        "id": "7",
        "insured": {"id": "42", "name": "Ann Lee", "email": "ann@example.com", "phone": None},
        "status": "Started",
        "completed": False,
        "category": None,
        "follow_up_at": "2026-03-10T15:00:00.000Z",
        "changed_at": "2026-03-04T14:59:00.000Z",
    }
    assert hint.told_at == 1772636340000
    assert hint.body.keys() == connector.events[hint.event].body.fields.keys()
    case = {"id": 9, "status": "Approved", "face_amount": 1, "insured": {"id": 42}, **SECRETS}
    of_case = read({"case": case}, secret="another-for-cases")
    assert of_case.body.keys() == connector.events["case.saved"].body.fields.keys()
    for secret in ("123-45-6789", "diabetes", "tobacco", "000123456789", "021000021"):
        assert secret not in json.dumps([hint.body, of_case.body])


def test_saves_without_an_insured_go_by_their_application():
    hint = read({"electronic_application": {"id": 7, "is_completed": False}})

    assert (hint.resource, hint.record_id, hint.body["insured"]) == (None, "7", None)
