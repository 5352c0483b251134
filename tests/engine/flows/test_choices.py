"""Pick-lists and custom fields: offered by name, stored by id."""

from __future__ import annotations

import pytest

from instep import catalogue
from instep.catalogue.arguments import arguments_of
from instep.catalogue.descriptions import usual_view
from instep.core.errors import UserError
from instep.engine.flows.names.choices import Choice, Choices
from instep.engine.flows.names.named_ids import NamedIds
from instep.engine.flows.names.pick_lists import PICK_LISTS
from tests.engine.flows.acting import Opened, ghl_reached


class Picks:
    """The choices of one account, and what they cost."""

    def __init__(self, reached, clock):
        self.reached, self.clock = reached, clock
        opens = Opened({"ghl": reached})
        self.choices = Choices(opens, clock)
        self.named = NamedIds(opens, self.choices)

    async def of(self, operation, name, **more):
        return await self.choices.choices("ghl", operation, name, **more)

    async def id_of(self, operation, name, called, **more):
        return next(
            each.id for each in await self.of(operation, name, **more) if each.name == called
        )

    async def stored(self, operation, inputs):
        step = {"id": "s", "kind": "action", "connection": "ghl", "operation": operation}
        document = {"id": "f", "steps": [{**step, "inputs": inputs}]}
        stored = await self.named.store_by_id(document)
        return stored.document["steps"][0]["inputs"], [each.sentence for each in stored.problems]


@pytest.fixture
async def picks(ghl, actor):
    reached = ghl_reached(ghl.told, actor.clock)
    yield Picks(reached, actor.clock)
    await reached.client.close()


async def test_pipelines_and_their_stages_are_offered_by_name(picks):
    pipelines = await picks.of("opportunities.create", "pipelineId")
    assert pipelines
    assert all(isinstance(each, Choice) for each in pipelines)
    first = pipelines[0]
    stages = await picks.of(
        "opportunities.create", "pipelineStageId", inputs={"pipelineId": first.id}
    )
    every = await picks.of("opportunities.create", "pipelineStageId")
    assert {each.id for each in stages} <= {each.id for each in every}
    assert every[0].name.startswith(f"{first.name}: ")


async def test_users_calendars_and_tags_are_offered_by_name(picks, actor, ghl):
    made = await actor.call("contacts.create", email="ann@example.com", tags=["vip"])
    assert made["contact"]["tags"] == ["vip"]
    calendar = await actor.call("calendars.create", name="Visits")
    assert Choice("vip", "vip") in await picks.of("contacts.add_tags", "tags")
    ids = [each.id for each in await picks.of("calendars.create_appointment", "calendarId")]
    assert calendar["calendar"]["id"] in ids
    users = await picks.of("contacts.create_task", "assignedTo")
    assert users
    assert all(each.name != each.id for each in users)


async def test_they_are_searched_by_some_of_the_name(picks, actor):
    for name in ("Visits", "Calls", "Video calls"):
        await actor.call("calendars.create", name=name)
    found = await picks.of("calendars.create_appointment", "calendarId", text="CALL")
    assert sorted(each.name for each in found) == ["Calls", "Video calls"]


async def test_they_are_asked_once_a_minute(picks):
    for _ in range(3):
        await picks.of("opportunities.create", "pipelineId")
    assert picks.reached.client.calls.total == 1
    picks.clock.move(61)
    await picks.of("opportunities.create", "pipelineId")
    assert picks.reached.client.calls.total == 2


async def test_what_may_be_one_of_few_words_is_offered_without_a_call(picks):
    found = await picks.of("opportunities.update_status", "status")
    assert {"open", "won", "lost", "abandoned"} <= {each.id for each in found}
    assert await picks.of("contacts.create", "firstName") == []
    assert picks.reached.client.calls.total == 0


async def test_an_unknown_operation_is_said(picks):
    with pytest.raises(UserError, match="no operation 'contacts.crate'"):
        await picks.of("contacts.crate", "tags")


async def test_names_are_stored_as_ids(picks, actor):
    pipeline = (await picks.of("opportunities.create", "pipelineId"))[0]
    stage = (
        await picks.of(
            "opportunities.create", "pipelineStageId", inputs={"pipelineId": pipeline.id}
        )
    )[0]
    user = (await picks.of("contacts.create_task", "assignedTo"))[0]
    stored, problems = await picks.stored(
        "opportunities.upsert",
        {
            "pipelineStageId": {"name": stage.name.upper()},
            "pipelineId": {"name": pipeline.name},
            "followers": [{"name": user.name}, "u2"],
            "name": "{{trigger.name}}",
        },
    )
    assert problems == []
    assert stored == {
        "pipelineStageId": stage.id,
        "pipelineId": pipeline.id,
        "followers": [user.id, "u2"],
        "name": "{{trigger.name}}",
    }


async def test_custom_fields_by_name_become_the_list_the_app_takes_and_are_kept(picks, actor):
    fields = await picks.of("contacts.create", "customFields")
    assert fields
    field = fields[0]
    stored, problems = await picks.stored(
        "contacts.create",
        {"email": "ann@example.com", "customFields": {field.name: "{{trigger.policy}}"}},
    )
    assert problems == []
    assert stored["customFields"] == [{"id": field.id, "field_value": "{{trigger.policy}}"}]
    stored["customFields"][0]["field_value"] = "P-1"
    made = await actor.call("contacts.create", **stored)
    held = await actor.call("contacts.get", contactId=made["contact"]["id"])
    assert {"id": field.id, "value": "P-1"} in held["contact"]["customFields"]


async def test_a_name_that_is_not_there_names_the_nearest_and_stays(picks, actor):
    await actor.call("calendars.create", name="Visits")
    stored, problems = await picks.stored(
        "calendars.create_appointment", {"calendarId": {"name": "Vissits"}}
    )
    assert stored == {"calendarId": {"name": "Vissits"}}
    (problem,) = problems
    assert problem.startswith(
        "steps[1].inputs.calendarId (step s) is Vissits, and there is no such"
    )
    assert problem.endswith("Did you mean Visits?")


async def test_a_name_of_two_asks_for_the_id(picks, actor):
    for _ in range(2):
        await actor.call("calendars.create", name="Visits")
    _, problems = await picks.stored(
        "calendars.create_appointment", {"calendarId": {"name": "Visits"}}
    )
    assert "as are 2 calendars. Give the id: " in problems[0]


@pytest.mark.parametrize("name", ["{{trigger.name}}", 7, None, ["a"]])
async def test_a_name_that_is_not_known_yet_is_refused(picks, name):
    _, problems = await picks.stored("calendars.create_appointment", {"calendarId": {"name": name}})
    assert "Give a name, or an id as text." in problems[0]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"steps": "x"},
        {"steps": [7, {"inputs": {"calendarId": {"name": "x"}}}]},
        {"steps": [{"connection": "ghl", "operation": 7, "inputs": {"tags": {"name": "x"}}}]},
        {"steps": [{"connection": "ghl", "operation": "a.b", "inputs": {"tags": {"name": "x"}}}]},
    ],
)
async def test_a_draft_that_is_unfinished_stays_as_it_is(picks, document):
    stored = await picks.named.store_by_id(document)
    assert (stored.document, stored.problems) == (document, ())
    assert picks.reached.client.calls.total == 0


async def test_steps_inside_steps_are_reached(picks, actor):
    made = await actor.call("calendars.create", name="Visits")
    inner = {
        "id": "i",
        "connection": "ghl",
        "operation": "calendars.create_appointment",
        "inputs": {"calendarId": {"name": "Visits"}},
    }
    document = {
        "trigger": {"connection": "ghl", "operation": "calendars.get", "inputs": inner["inputs"]},
        "steps": [
            {"kind": "branch", "ways": [{"steps": [inner]}], "otherwise": [inner]},
            {"kind": "for_each", "steps": [inner]},
        ],
    }
    stored = (await picks.named.store_by_id(document)).document
    wanted = {"calendarId": made["calendar"]["id"]}
    branch, loop = stored["steps"]
    reached = [branch["ways"][0]["steps"][0], branch["otherwise"][0], loop["steps"][0]]
    assert [each["inputs"] for each in (*reached, stored["trigger"])] == [wanted] * 4
    assert document["trigger"]["inputs"] == {"calendarId": {"name": "Visits"}}


def test_every_pick_list_is_an_operation_that_needs_no_more_than_it_says():
    known = {"locationId", "companyId", "altId", "altType"}
    for each in PICK_LISTS.values():
        operation = catalogue.get(each.lists)
        takes = arguments_of(operation, usual_view(operation))
        needed = {name for name, argument in takes.items() if argument.required}
        assert needed <= known | each.arguments.keys(), each.lists
        assert operation.items is not None
