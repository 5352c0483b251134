"""People over HTTP, on both databases: found, shown, edited, given notes and tasks."""

from __future__ import annotations

import contextlib

from instep.connectors import memory
from instep.core.records import Write
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sdk.kept import Refused
from instep.sdk.kept.wire import problem
from tests.api.served import served
from tests.api.signed_in import signed_in

ANNA = {
    "first_name": "Anna",
    "last_name": "Müller",
    "email": "anna@example.com",
    "phone": "+61412345678",
    "city": "Perth",
}
BEN = {"first_name": "Ben", "last_name": "Adams", "email": "ben@example.com", "city": "Hobart"}
ZOE = {"first_name": "Zoe", "last_name": "Adams", "email": "zoe@example.org"}


async def ask(client, path, **params):
    async with client.get(path, params=params) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


@contextlib.contextmanager
def refusing(app):
    """The app takes no edit for the time being."""

    def refuse(*_):
        raise Refused(problem(422, "It may not be changed now."))

    app.edit = refuse
    yield
    del app.edit


async def the_one(client, text):
    [found] = (await ask(client, "/api/people", search=text))["people"]
    return found


def address(found):
    return f"/api/people/{found['id']}"


async def spoken(client, found, field):
    """What each app says of a field, side A first."""
    told = await ask(client, address(found), ask="false")
    [values] = [each["values"] for each in told["fields"] if each["field"] == field]
    return values


async def test_people_are_found_by_parts_of_their_name_email_or_phone(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA, BEN], [ZOE])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        assert (await ask(client, "/api/people"))["by"] == "name"
        for text, by, names in (
            ("", "name", ["Anna", "Ben", "Zoe"]),
            ("ANNA", "name", ["Anna"]),
            ("  nn ", "name", ["Anna"]),
            ("@example.com", "email", ["Anna", "Ben"]),
            ("Zoe@Example.org", "email", ["Zoe"]),
            ("nobody", "name", []),
        ):
            told = await ask(client, "/api/people", search=text)
            assert told["by"] == by
            assert [each["name"] for each in told["people"]] == names, text
        one = await the_one(client, "anna")
        assert one["stands"] == "in_step"
        assert one["connections"] == [app.name for app in api.apps]


async def test_a_whole_address_finds_who_has_it_and_a_part_of_one_everybody(database_url, tmp_path):
    joanna = {"first_name": "Joanna", "email": "joanna@example.com"}
    async with (
        served(database_url, tmp_path, ([ANNA, joanna], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        for text, names in (
            ("anna@example.com", ["Anna"]),
            ("anna@example.co", ["Anna", "Joanna"]),
            ("oanna@example.com", ["Joanna"]),
        ):
            told = await ask(client, "/api/people", search=text)
            assert [each["name"] for each in told["people"]] == names, text


async def test_pages_of_people_follow_each_other_without_gaps(database_url, tmp_path):
    many = [
        {"first_name": f"Nick {number % 3}", "email": f"n{number}@x.org"} for number in range(9)
    ]
    async with (
        served(database_url, tmp_path, (many, [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        seen, after = [], {}
        while after is not None:
            page = await ask(client, "/api/people", search="nick", limit=2, **after)
            assert len(page["people"]) <= 2
            seen += page["people"]
            after = {"after": page["next"]} if page["next"] else None
        assert sorted(each["email"] for each in seen) == sorted(each["email"] for each in many)
        assert [each["name"] for each in seen] == sorted(each["name"] for each in seen)


async def test_a_person_is_shown_as_both_apps_know_them(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [{**ANNA, "city": "Cairns"}])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        told = await ask(client, f"/api/people/{found['id']}")
        assert (told["name"], told["email"]) == ("Anna", "anna@example.com")
        fields = {each["field"]: each for each in told["fields"]}
        assert [each["value"] for each in fields["city"]["values"]] == ["Perth", "Cairns"]
        assert (fields["city"]["same"], fields["email"]["same"]) == (False, True)
        assert (fields["city"]["authority"], fields["email"]["authority"]) == (
            "ask",
            api.apps[0].name,
        )
        [link] = told["links"]
        assert link["stands"] == "conflict"
        assert "Both sides changed city differently" in link["why"][0]
        parts = {each["name"]: each for each in told["health"]["parts"]}
        assert parts["in step"]["points"] == 0
        assert parts["unanswered message"]["points"] is None
        other = {each["connection"]: each["id"] for each in told["records"]}
        assert other.keys() == {app.name for app in api.apps}


async def test_an_edit_reaches_both_apps_and_the_history_says_whose_it_was(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        body = {"field": "first_name", "value": "Anne", "by": "Mia"}
        async with client.patch(f"/api/people/{found['id']}", json=body) as answer:
            assert answer.status == 202, await answer.text()
            told = await answer.json()
        assert told["connections"] == [app.name for app in api.apps]
        await api.run()
        for app in api.apps:
            [record] = app.records().values()
            assert record.values["first_name"] == "Anne"
        lines = (await ask(client, f"/api/people/{found['id']}/timeline"))["happenings"]
        edits = [each for each in lines if each["kind"] == "change" and each["person"] == "Mia"]
        assert len(edits) == 2
        assert all("Mia edited it" in each["title"] for each in edits)
        assert (await ask(client, "/api/overview"))["state"] == "in_step"
        # nothing goes back and forth afterwards
        before = await ask(client, "/api/syncs/people/history")
        await api.run()
        assert await ask(client, "/api/syncs/people/history") == before


async def test_an_edit_that_settles_a_conflict_takes_it_off_the_list(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [{**ANNA, "city": "Cairns"}])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        body = {"field": "city", "value": "Darwin", "by": "Mia"}
        async with client.patch(f"/api/people/{found['id']}", json=body) as answer:
            assert answer.status == 202, await answer.text()
        await api.run()
        assert {next(iter(app.records().values())).values["city"] for app in api.apps} == {"Darwin"}
        assert (await ask(client, "/api/conflicts"))["total"] == 0


async def test_an_edit_that_cannot_be_written_is_refused_with_a_reason(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        address = f"/api/people/{found['id']}"
        for body, words in (
            ({"field": "shoe_size", "value": "9"}, "keeps a field 'shoe_size'"),
            ({"field": "city", "value": "  "}, "A value is missing for city"),
            ({"field": "city", "value": "x", "sync": "other"}, "linked to nobody"),
        ):
            async with client.patch(address, json=body) as answer:
                assert answer.status == 400
                assert words in (await answer.json())["error"]
        async with client.patch(address, json={"field": "city", "value": "Perth"}) as answer:
            assert (await answer.json())["connections"] == []
        async with client.post("/api/syncs/people/pause") as answer:
            assert answer.status == 200
        async with client.patch(address, json={"field": "city", "value": "Rome"}) as answer:
            assert "is paused" in (await answer.json())["error"]
        for wrong in ("per_x", "nobody", "per_" + "A" * 3000):
            async with client.get(f"/api/people/{wrong}") as answer:
                assert answer.status == 400
        async with client.get("/api/people", params={"after": "x"}) as answer:
            assert answer.status == 400
        async with client.get(f"{address}/timeline", params={"before": "x"}) as answer:
            assert answer.status == 400


async def test_a_note_is_added_at_one_app_and_carried_on_by_its_sync(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        one, other = (app.name for app in api.apps)
        await api.instep.syncs.create(Wanted("notes", one, other, "note"))
        notes = await api.instep.syncs.get("notes")
        while await api.instep.engine.advance(notes.shard):
            pass
        found = await the_one(client, "anna")
        body = {"body": "Called, wants a quote.", "by": "Mia"}
        async with client.post(f"/api/people/{found['id']}/notes", json=body) as answer:
            assert answer.status == 201, await answer.text()
            made = await answer.json()
        assert (made["connection"], made["sync"]) == (one, "notes")
        [waiting] = (await ask(client, address(found), ask="false"))["notes"]
        assert waiting["connections"] == [one]
        assert waiting["waits"] == [{"connection": other, "state": "noticed", "sentence": None}]
        while await api.instep.engine.advance(notes.shard):
            pass
        for app in api.apps:
            [note] = app.records("note").values()
            assert note.values["body"] == "Called, wants a quote."
        told = await ask(client, f"/api/people/{found['id']}")
        [note] = told["notes"]
        assert (note["connections"], note["waits"]) == ([one, other], [])
        assert note["asked_at"] is None
        lines = (await ask(client, f"/api/people/{found['id']}/timeline"))["happenings"]
        [added] = [each for each in lines if each["status"] == "added"]
        assert added["person"] == "Mia"
        assert "a note: Called, wants a quote" in added["title"]


async def test_a_task_that_no_sync_keeps_is_seen_by_asking_the_app(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        body = {"title": "Send the quote", "due_at": "2026-01-05T09:00:00Z"}
        async with client.post(f"/api/people/{found['id']}/tasks", json=body) as answer:
            assert answer.status == 201, await answer.text()
            assert (await answer.json())["sync"] is None
        unasked = await ask(client, f"/api/people/{found['id']}", ask="false")
        assert (unasked["tasks"], unasked["asked_at"]) == ([], None)
        told = await ask(client, f"/api/people/{found['id']}")
        [task] = told["tasks"]
        assert (task["title"], task["done"]) == ("Send the quote", False)
        assert task["asked_at"] == told["asked_at"] is not None
        parts = {each["name"]: each["sentence"] for each in told["health"]["parts"]}
        assert parts["tasks"].startswith("1 task is overdue")
        # what was told is shown to whoever asks no app, also once there is more to tell
        shown = await ask(client, f"/api/people/{found['id']}", ask="false")
        assert (shown["tasks"], shown["asked_at"]) == (told["tasks"], told["asked_at"])
        async with client.post(f"/api/people/{found['id']}/notes", json={"body": "x"}) as answer:
            assert answer.status == 201, await answer.text()
        shown = await ask(client, f"/api/people/{found['id']}", ask="false")
        assert (shown["tasks"], shown["notes"]) == (told["tasks"], [])
        assert [each["title"] for each in (await ask(client, address(found)))["notes"]] == ["x"]


async def test_what_was_written_and_what_waits_is_told_field_by_field(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        body = {"field": "city", "value": "Darwin", "by": "Mia"}
        async with client.patch(address(found), json=body) as answer:
            assert answer.status == 202, await answer.text()
        waiting = await spoken(client, found, "city")
        assert [each["value"] for each in waiting] == ["Perth", "Perth"]
        assert [each["waits"]["value"] for each in waiting] == ["Darwin", "Darwin"]
        assert {each["waits"]["state"] for each in waiting} == {"ready"}
        assert {each["waits"]["person"] for each in waiting} == {"Mia"}
        assert (await the_one(client, "anna"))["stands"] == "waiting"
        await api.run()
        done = await spoken(client, found, "city")
        assert [each["value"] for each in done] == ["Darwin", "Darwin"]
        assert [each["waits"] for each in done] == [None, None]
        assert [each["wrote"]["before"] for each in done] == ["Perth", "Perth"]
        assert {each["wrote"]["why"] for each in done} == {"Mia edited it"}
        # what the sync wrote when it made the record there is nobody's word
        first, second = await spoken(client, found, "email")
        assert (first["wrote"], second["wrote"]["person"]) == (None, None)
        assert second["wrote"]["why"] == "new on the other side"
        assert (await the_one(client, "anna"))["changed_at"] is not None


async def test_a_timeline_is_narrowed_to_kinds_and_apps(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        one, other = (app.name for app in api.apps)
        found = await the_one(client, "anna")
        for where, text in ((one, "here"), (other, "there")):
            body = {"body": text, "connection": where}
            async with client.post(f"{address(found)}/notes", json=body) as answer:
                assert answer.status == 201, await answer.text()

        async def told(**narrowed):
            page = await ask(client, f"{address(found)}/timeline", **narrowed)
            return page["happenings"]

        assert {each["kind"] for each in await told()} == {"note", "change"}
        notes = await told(kind="note")
        assert {each["text"] for each in notes} == {"here", "there"}
        assert [each["text"] for each in await told(kind="note", connection=other)] == ["there"]
        changes = await told(kind="change", connection=other)
        assert {each["status"] for each in changes} == {"created", "added"}
        assert all(each["connections"] == [other] for each in changes)
        assert await told(kind="message") == []
        # pages go on within what is looked at
        first = await ask(client, f"{address(found)}/timeline", kind="note", limit=1)
        second = await ask(
            client, f"{address(found)}/timeline", kind="note", limit=1, before=first["next"]
        )
        assert [each["key"] for each in (*first["happenings"], *second["happenings"])] == [
            each["key"] for each in notes
        ]
        async with client.get(f"{address(found)}/timeline", params={"kind": "dream"}) as answer:
            assert answer.status == 422


async def test_somebody_whom_three_apps_know_is_one_person(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA, BEN], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        third = memory.install(memory.MemoryApp(f"{api.apps[0].name}-third"))
        third.add({**ANNA, "first_name": "Annie"})
        typed = Typed("memory", third.name, settings={"name": third.name})
        await api.instep.connections.connect(typed)
        mapping = [{"a": "first_name", "authority": "b"}, {"a": "email"}]
        sync = await api.instep.syncs.create(
            Wanted("others", third.name, api.apps[0].name, mapping=mapping)
        )
        await api.instep.syncs.request_run("others")
        while await api.instep.engine.advance(sync.shard):
            pass
        page = await ask(client, "/api/people")
        assert [each["name"] for each in page["people"]] == ["Anna", "Ben"]
        told = await ask(client, f"/api/people/{page['people'][0]['id']}")
        names = {third.name, *(app.name for app in api.apps)}
        assert {each["connection"] for each in told["records"]} == names
        assert {each["sync"] for each in told["fields"]} == {"people", "others"}
        assert len(told["links"]) == 2
        memory.uninstall(third.name)


async def test_tags_that_no_sync_reads_are_asked_of_the_apps(database_url, tmp_path):
    anna = {**ANNA, "tags": ("lead", "vip")}
    async with (
        served(database_url, tmp_path, ([anna], [{**ANNA, "tags": ("vip",)}])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        one, other = (app.name for app in api.apps)
        found = await the_one(client, "anna")
        assert (await ask(client, address(found), ask="false"))["tags"] == []
        told = await ask(client, address(found))
        assert told["tags"] == [
            {"tag": "lead", "connections": [one]},
            {"tag": "vip", "connections": [one, other]},
        ]
        assert told["troubles"] == []


async def test_what_an_app_refused_stands_at_its_field_until_it_goes_on(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        [anna] = api.apps[0].records()
        api.apps[0].edit(anna, Write(set={"city": "Darwin"}))
        with refusing(api.apps[1]):
            await api.run()
        first, second = await spoken(client, found, "city")
        assert (first["value"], first["waits"]) == ("Darwin", None)
        assert (second["value"], second["waits"]["state"]) == ("Perth", "failed")
        assert second["waits"]["value"] == "Darwin"
        assert "It may not be changed now." in second["waits"]["sentence"]
        # it is tried again once the record changes, and what was refused is past then
        api.apps[0].edit(anna, Write(set={"city": "Hobart"}))
        await api.run()
        first, second = await spoken(client, found, "city")
        assert [each["value"] for each in (first, second)] == ["Hobart", "Hobart"]
        assert second["waits"] is None


async def test_an_edit_that_one_app_refuses_is_said_at_its_field(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        found = await the_one(client, "anna")
        body = {"field": "city", "value": "Darwin", "by": "Mia"}
        async with client.patch(address(found), json=body) as answer:
            assert answer.status == 202, await answer.text()
        with refusing(api.apps[1]):
            await api.run()
        _, second = await spoken(client, found, "city")
        assert second["value"] == "Perth"
        assert second["refused"]["person"] == "Mia"
        assert "It may not be changed now." in second["refused"]["sentence"]
        assert [each["refused"] for each in await spoken(client, found, "email")] == [None, None]
