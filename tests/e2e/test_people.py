"""A person whom GoHighLevel and Insightly know, on real ports: told, asked about, edited."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from instep.engine.people.editing import NewChild
from tests.e2e.belongings import OfGoHighLevel, OfInsightly
from tests.two_way.stage import GHL, INSIGHTLY, email, person, staged

ANNA = email("Anna")


class Desk:
    """Both apps with Anna in step, and what Instep tells of her."""

    def __init__(self, stage):
        self.stage = stage
        self.location = stage.sandbox.describe()[GHL]["location_id"]
        self.ghl = OfGoHighLevel(stage.ghl, self.location)
        self.insightly = OfInsightly(stage.insightly)
        self.people = stage.instep.screens.people

    async def anna(self):
        [found] = (await self.people.search("anna")).people
        return found

    async def told(self):
        return (await self.people.get((await self.anna()).id)).as_json()

    def talk(self, text):
        """Anna writes."""
        said = {"type": "SMS", "contactId": self.stage.ghl.id_of(ANNA), "message": text}
        self.stage.ghl.call("POST", "/conversations/messages/inbound", said)

    def hope(self, name, value):
        """Somebody puts Anna in a pipeline."""
        call, who = self.stage.ghl.call, self.stage.ghl.id_of(ANNA)
        found = call("GET", f"/opportunities/pipelines?locationId={self.location}")["pipelines"]
        body = {
            "locationId": self.location,
            "contactId": who,
            "pipelineId": found[0]["id"],
            "pipelineStageId": found[0]["stages"][0]["id"],
            "name": name,
            "status": "open",
            "monetaryValue": value,
        }
        call("POST", "/opportunities/", body)


@pytest.fixture
async def desk(database_url, tmp_path):
    async with staged(database_url, tmp_path, [person("Anna", phone="+12125550101")]) as stage:
        await stage.connect(timezone="America/New_York")
        await stage.create("contacts")
        await stage.run("contacts")
        yield Desk(stage)


async def test_everything_that_both_apps_know_of_a_person_is_told_at_once(desk):
    here, there = desk.ghl.id_of(ANNA), desk.insightly.id_of(ANNA)
    desk.ghl.note(here, "Wants a quote.")
    desk.insightly.task(there, "Send papers", "2026-01-03 09:30:00")
    desk.ghl.task(here, "Call back", "2046-12-01T15:00:00Z")
    desk.ghl.book(
        here,
        desk.ghl.calendar(),
        "Talk",
        "2046-12-02T15:00:00-05:00",
        "2046-12-02T15:30:00-05:00",
    )
    desk.talk("When can we talk?")
    desk.hope("New home", 250_000)
    told = await desk.told()
    assert told["troubles"] == []
    assert told["email"] == ANNA
    assert {each["connection"] for each in told["records"]} == {GHL, INSIGHTLY}
    assert [each["text"] for each in told["notes"]] == ["Wants a quote."]
    assert {each["title"]: each["connections"] for each in told["tasks"]} == {
        "Call back": [GHL],
        "Send papers": [INSIGHTLY],
    }
    [talk] = told["appointments"]
    assert (talk["title"], talk["at"]) == ("Talk", "2046-12-02T20:00:00Z")
    [message] = told["messages"]
    assert (message["text"], message["direction"]) == ("When can we talk?", "inbound")
    [hope] = told["opportunities"]
    assert (hope["title"], hope["text"]) == ("New home", "Worth 250000")
    parts = {each["name"]: each for each in told["health"]["parts"]}
    assert parts["unanswered message"]["points"] == 0
    assert parts["tasks"]["sentence"].startswith("1 task is overdue")
    assert parts["next appointment"]["points"] == 15
    assert parts["in step"]["points"] == 15
    got = sum(each["points"] for each in parts.values())
    most = sum(each["most"] for each in parts.values())
    assert told["health"]["score"] == round(100 * got / most)


async def test_the_timeline_is_one_in_the_order_of_time_and_comes_in_pages(desk):
    here = desk.ghl.id_of(ANNA)
    desk.ghl.task(here, "Call back", "2046-12-01T15:00:00Z")
    desk.ghl.note(here, "Wants a quote.")
    desk.talk("When can we talk?")
    anna = (await desk.anna()).id
    whole = await desk.people.timeline(anna, None, 100)
    assert whole.next is None
    assert whole.happenings[0].title == "Call back"
    kinds = {each.kind for each in whole.happenings}
    assert kinds == {"task", "note", "message", "conversation"}
    times = [each.at for each in whole.happenings]
    assert times == sorted(times, reverse=True)
    paged, before = [], None
    while True:
        page = await desk.people.timeline(anna, before, 2)
        paged += page.happenings
        before = page.next
        if before is None:
            break
    assert [each.key for each in paged] == [each.key for each in whole.happenings]


async def test_an_app_that_fails_is_told_and_the_others_answer_all_the_same(desk):
    desk.insightly.task(desk.insightly.id_of(ANNA), "Send papers", "2026-01-03 09:30:00")
    desk.stage.ghl.fault("token_revoked")
    told = await desk.told()
    assert {each["connection"] for each in told["troubles"]} == {GHL}
    assert all(each["sentence"] for each in told["troubles"])
    assert [each["title"] for each in told["tasks"]] == ["Send papers"]


async def test_an_edit_is_written_to_both_apps_and_told_as_somebodys(desk):
    anna = await desk.anna()
    edited = await desk.people.edit(anna.id, {"last_name": "Berger"}, "Mia")
    assert edited.connections == [GHL, INSIGHTLY]
    await desk.stage.settle("contacts")
    assert desk.stage.ghl.raw(desk.ghl.id_of(ANNA))["lastName"] == "Berger"
    assert [row.person for row in desk.stage.history("updated")] == ["Mia", "Mia"]
    with pytest.raises(UserError, match="nothing is emptied"):
        await desk.people.edit(anna.id, {"last_name": ""}, "Mia")


async def test_a_task_added_here_is_made_at_one_app_and_carried_to_the_other(desk):
    await desk.stage.create("tasks", canonical="task")
    await desk.stage.run("tasks")
    anna = await desk.anna()
    values = {"title": "Send papers", "due_at": "2046-12-01T15:00:00Z"}
    added = await desk.people.add(anna.id, NewChild("task", values, "Mia"))
    assert (added.connection, added.sync) == (GHL, "tasks")
    await desk.stage.settle("tasks")
    assert "Send papers" in desk.ghl.tasks(desk.ghl.id_of(ANNA))
    assert "Send papers" in desk.insightly.tasks(desk.insightly.id_of(ANNA))
    [task] = (await desk.told())["tasks"]
    assert task["connections"] == [GHL, INSIGHTLY]
