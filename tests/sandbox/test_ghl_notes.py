from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving


async def make(ghl, contact_id, version=V2, **values):
    path = f"/contacts/{contact_id}/notes"
    answer = await ghl.call("POST", path, version=version, json={"body": "Called", **values})
    assert answer.status == 201, answer
    return answer.body["note"]


async def listed(ghl, contact_id, version=V2):
    answer = await ghl.call("GET", f"/contacts/{contact_id}/notes", version=version)
    assert answer.status == 200, answer
    return answer.body["notes"]


@pytest.fixture
async def contact(ghl):
    return (await ghl.create(firstName="Ada"))["id"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_note_lives_from_creation_to_deletion(ghl, contact, version):
    given = {"userId": "u1", "title": "Call", "color": "#FFAA00", "pinned": True}
    note = await make(ghl, contact, version, **given)
    here = f"/contacts/{contact}/notes/{note['id']}"
    told = {"id": note["id"], "dateAdded": note["dateAdded"], "contactId": contact}
    assert note == {**told, **given, "body": "Called"}
    assert (await ghl.call("GET", here, version=version)).body["note"] == note
    changed = await ghl.call("PUT", here, version=version, json={"body": "Called twice"})
    assert (changed.status, changed.body["note"]) == (200, {**note, "body": "Called twice"})
    gone = await ghl.call("DELETE", here, version=version)
    flags = {"succeded"} if version == V2 else {"succeded", "succeeded"}
    assert (gone.status, set(gone.body) - {"traceId"}) == (200, flags)
    assert await listed(ghl, contact, version) == []
    assert (await ghl.call("DELETE", here, version=version)).status == 400


async def test_notes_are_listed_newest_first_whatever_is_changed_later(ghl, contact):
    ids = [(await make(ghl, contact, body=str(number)))["id"] for number in range(30)]
    await ghl.call("PUT", f"/contacts/{contact}/notes/{ids[0]}", json={"body": "changed"})
    assert [note["id"] for note in await listed(ghl, contact)] == ids[::-1]


async def test_a_note_needs_a_body_and_takes_nothing_unknown(ghl, contact):
    answer = await ghl.call("POST", f"/contacts/{contact}/notes", json={"text": "x"})
    assert answer.status == 422
    assert {"body should not be empty", "property text should not exist"} <= set(answer.message)


async def test_a_note_is_only_found_at_its_own_contact(ghl, contact):
    note = await make(ghl, contact)
    other = (await ghl.create(firstName="Grace"))["id"]
    for path in (f"/contacts/{other}/notes/{note['id']}", f"/contacts/{contact}/notes/unknown"):
        for method, body in (("GET", None), ("PUT", {"body": "x"}), ("DELETE", None)):
            answer = await ghl.call(method, path, json=body)
            assert (answer.status, answer.message[-9:]) == (400, "not found")


async def test_notes_need_the_scope_to_write(ghl, contact):
    token = ghl.told["private_integration_token"]
    ghl.app.services.credentials.set_scopes(token, ["contacts.readonly"])
    assert await listed(ghl, contact) == []
    answer = await ghl.call("POST", f"/contacts/{contact}/notes", json={"body": "x"})
    assert answer.status == 401


async def test_a_contacts_notes_are_kept_and_go_with_it(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        contact = (await ghl.create(firstName="Ada"))["id"]
        note = await make(ghl, contact)
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert await listed(ghl, contact) == [note]
        with listening(ghl) as told:
            await ghl.call("DELETE", f"/contacts/{contact}")
        assert [kind for kind, _ in told] == ["ContactDelete"]
        kept = ghl.app.state.execute("SELECT count(*) FROM contact_notes").fetchone()
        assert kept == (0,)


async def test_each_change_fires_an_event_without_title_and_author(ghl, contact):
    with listening(ghl) as told:
        note = await make(ghl, contact, title="Call", userId="u1")
        here = f"/contacts/{contact}/notes/{note['id']}"
        await ghl.call("PUT", here, json={"body": "Called twice"})
        await ghl.call("PUT", here, json={"body": "Called twice"})
        await ghl.call("DELETE", here)
    assert [kind for kind, _ in told] == ["NoteCreate", "NoteUpdate", "NoteDelete"]
    assert told[0][1] == {
        "id": note["id"],
        "locationId": ghl.location,
        "body": "Called",
        "contactId": contact,
        "dateAdded": note["dateAdded"],
    }
