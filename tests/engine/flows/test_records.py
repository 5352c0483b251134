"""The records of other apps, by a step: on the emulator of Insightly and on one of a manifest."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from instep import connectors
from instep.connectors.custom import emulator
from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import ManifestApp
from instep.connectors.custom.loading import complete
from instep.connectors.insightly import connector as insightly
from instep.connectors.insightly.emulator import InsightlyApp
from instep.core.errors import Gone, OutcomeUnknown, RecordRejected, UserError
from instep.core.template import Kind
from instep.engine.custom_fields import CustomFields
from instep.engine.flows.actions.acting import caller
from instep.engine.flows.actions.calling import Arrived
from instep.engine.flows.actions.offered_actions import OfferedActions, with_custom_fields
from instep.engine.flows.actions.record_actions import actions_of, offered
from instep.engine.flows.names.choices import Choices
from instep.sandbox.server import Sandbox
from instep.sdk.clock import ManualClock
from instep.sdk.resource import Account
from tests.engine.flows.acting import Actor, Opened, reached_by

EXAMPLE = Path(emulator.__file__).parent / "example.yaml"


class Stage:
    """An app on a port, and a step's caller that reaches it as `app`."""

    def __init__(self, app, reached, clock):
        self.app, self.reached = app, reached
        self.actor = Actor({"app": reached}, clock)

    async def call(self, operation, **inputs):
        return await self.actor.call(operation, "app", **inputs)

    def made(self, operation, **inputs):
        return self.actor.made(operation, "app", **inputs)

    async def find_out(self, call):
        return await self.actor.caller.find_out(call)

    def lose_answers(self):
        self.app.faults.switch_on("timeout_after_success")

    def calm(self):
        self.app.faults.switch_off()


@contextlib.asynccontextmanager
async def on_insightly():
    app, clock = InsightlyApp(pace=1_000), ManualClock(datetime.now(UTC))
    async with Sandbox([app]) as sandbox:
        url = f"{sandbox.url('insightly')}/v3.1"
        account = Account("", "US", {"base_url": url, "timezone": "America/Chicago"})
        reached = reached_by(insightly, account, {"api_key": app.api_key}, clock, "api_key")
        yield Stage(app, reached, clock)
        await reached.client.close()


@contextlib.asynccontextmanager
async def on_manifest(path=EXAMPLE):
    manifest = complete(path)
    app, clock = ManifestApp(manifest, pace=1_000), ManualClock(datetime.now(UTC))
    async with Sandbox([app]) as sandbox:
        typed = app.typed(sandbox.url(app.name))
        config = {name: value for name, value in typed.items() if name not in app.secrets}
        made = connector_of(manifest)
        kind = next(iter(made.auth))
        reached = reached_by(made, Account("main", "US", config), dict(app.secrets), clock, kind)
        yield Stage(app, reached, clock)
        await reached.client.close()


STAGES = {"insightly": on_insightly, "manifest": on_manifest}


@pytest.fixture(params=STAGES)
async def stage(request):
    async with STAGES[request.param]() as opened:
        yield opened


@pytest.fixture
async def desk():
    async with on_insightly() as opened:
        yield opened


ANN = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com"}


async def test_a_record_is_made_read_changed_found_and_deleted(stage):
    made = await stage.call("contact.create", **ANN)
    read = await stage.call("contact.get", id=made["id"])
    assert {name: read[name] for name in ANN} == ANN
    changed = await stage.call("contact.update", id=made["id"], first_name="Anna")
    assert (changed["id"], changed["first_name"]) == (made["id"], "Anna")
    found = await stage.call("contact.find", field="email", value="ann@example.com")
    assert found["count"] == 1
    assert [each["first_name"] for each in found["records"]] == ["Anna"]
    await stage.call("contact.delete", id=made["id"])
    with pytest.raises(Gone):
        await stage.call("contact.get", id=made["id"])


async def test_words_are_added_and_taken_away_and_the_others_stay(desk):
    made = await desk.call("contact.create", **ANN, tags=["Lead"])
    await desk.call("contact.update", id=made["id"], tags="vip, new", remove_tags=["lead"])
    read = await desk.call("contact.get", id=made["id"])
    assert {each.lower() for each in read["tags"]} == {"vip", "new"}


async def test_a_null_that_was_written_empties_a_field(desk):
    made = await desk.call("contact.create", **ANN, city="Rome")
    await desk.call("contact.update", id=made["id"], city=None)
    assert (await desk.call("contact.get", id=made["id"]))["city"] is None


async def test_a_child_is_made_below_its_parent_and_linked_to_it(desk):
    whose = (await desk.call("contact.create", **ANN))["id"]
    task = await desk.call(
        "task.create", title="Call", contact_id=whose, due_at="2027-01-05T09:00:00Z"
    )
    read = await desk.call("task.get", id=task["id"])
    assert (read["title"], read["contact_id"]) == ("Call", whose)


async def test_what_an_app_insists_on_is_filled_in(desk):
    whose = (await desk.call("contact.create", **ANN))["id"]
    task = await desk.call("task.create", contact_id=whose)
    assert task["title"] == "(no title)"


@pytest.mark.parametrize(
    ("operation", "inputs", "said"),
    [
        ("contact.create", {"emial": "x"}, "emial is unknown to the operation. Did you mean email"),
        ("contact.create", {"first_name": ["a"]}, "first_name takes text, not a list"),
        ("task.create", {"contact_id": "1", "due_at": "soon"}, "due_at takes a time"),
        ("task.create", {"contact_id": "1", "completed": "perhaps"}, "completed takes true or"),
        ("contact.update", {"first_name": "x"}, "id is missing"),
        ("contact.update", {"id": "1"}, "nothing to change"),
        ("contact.find", {"field": "emial", "value": "x"}, "emial is no field of a contact"),
    ],
)
async def test_wrong_inputs_are_named_and_nothing_is_sent(desk, operation, inputs, said):
    with pytest.raises(RecordRejected, match=said):
        await desk.call(operation, **inputs)
    assert desk.reached.client.calls.total == 0


async def test_a_child_that_needs_its_parent_is_not_made_without():
    async with on_manifest() as stage:
        assert OfferedActions().actions(stage.reached)["task.create"].inputs["contact_id"].required
        with pytest.raises(RecordRejected, match="contact_id is missing"):
            await stage.call("task.create", title="x")
        assert stage.reached.client.calls.total == 0


async def test_an_unknown_operation_names_the_nearest(desk):
    with pytest.raises(UserError, match=r"no operation 'contact.crate'.* contact.create"):
        await desk.call("contact.crate")


async def test_a_create_whose_answer_was_lost_is_found_by_its_key(stage):
    call = stage.made("contact.create", **ANN)
    assert await stage.find_out(call) is None
    stage.lose_answers()
    with pytest.raises(OutcomeUnknown):
        await stage.actor.caller.call(call)
    stage.calm()
    found = await stage.find_out(call)
    assert isinstance(found, Arrived)
    assert found.output["email"] == "ann@example.com"
    assert (await stage.call("contact.find", field="email", value=ANN["email"]))["count"] == 1


async def test_somebody_else_with_the_key_is_not_taken_for_it(stage):
    await stage.call("contact.create", **{**ANN, "first_name": "Other"})
    with pytest.raises(OutcomeUnknown, match="not as it was written"):
        await stage.find_out(stage.made("contact.create", **ANN))


async def test_a_child_whose_answer_was_lost_is_found_among_what_is_new(desk):
    whose = (await desk.call("contact.create", **ANN))["id"]
    call = desk.made("note.create", title="Called", body="She is well.", contact_id=whose)
    assert await desk.find_out(call) is None
    desk.lose_answers()
    with pytest.raises(OutcomeUnknown):
        await desk.actor.caller.call(call)
    desk.calm()
    found = await desk.find_out(call)
    assert isinstance(found, Arrived)
    assert found.output["title"] == "Called"


async def test_two_equal_creates_are_not_taken_for_one(desk):
    whose = (await desk.call("contact.create", **ANN))["id"]
    inputs = {"title": "Called", "body": "She is well.", "contact_id": whose}
    first, second = desk.made("note.create", **inputs), desk.made("note.create", **inputs)
    await desk.actor.caller.call(first)
    assert await desk.find_out(second) is None


async def test_a_delete_whose_answer_was_lost_counts_as_done(stage):
    made = await stage.call("contact.create", **ANN)
    call = stage.made("contact.delete", id=made["id"])
    await stage.actor.caller.call(call)
    assert await stage.find_out(call) == Arrived({"id": made["id"]})


async def test_an_update_and_a_read_may_be_repeated(stage):
    made = await stage.call("contact.create", **ANN)
    assert await stage.find_out(stage.made("contact.update", id=made["id"], last_name="x")) is None
    assert await stage.find_out(stage.made("contact.get", id=made["id"])) is None


async def test_a_dry_run_tells_the_requests_and_sends_none(stage):
    told = await stage.actor.caller.describe(stage.made("contact.create", **ANN))
    assert [each["method"] for each in told] == ["POST"]
    assert "ann@example.com" in str(told[0]["body"])
    secrets = getattr(stage.app, "secrets", None) or {"api_key": stage.app.api_key}
    assert not [each for each in secrets.values() if each in str(told)]
    assert stage.reached.client.calls.total == 0


async def test_only_what_an_app_can_do_is_offered(desk):
    offered = OfferedActions().actions(desk.reached)
    assert {"contact.create", "contact.find", "task.update", "note.delete"} <= set(offered)
    assert "user.create" not in offered
    assert "task.find" not in offered
    assert "http.request" not in offered
    create = offered["task.create"]
    assert not create.inputs["contact_id"].required  # it is linked once it is there
    assert create.output.fields["title"].kind == "text"
    assert offered["contact.find"].inputs["field"].allowed == ("email", "phone")


async def test_a_link_whose_answer_was_lost_is_not_added_twice(desk):
    whose = (await desk.call("contact.create", **ANN))["id"]
    task = await desk.call("task.create", title="Call")
    call = desk.made("task.update", id=task["id"], contact_id=whose)
    assert await desk.find_out(call) is None
    await desk.actor.caller.call(call)
    found = await desk.find_out(call)
    assert isinstance(found, Arrived)
    assert found.output["contact_id"] == whose


async def test_a_dry_run_says_what_only_the_app_can_tell(desk):
    call = desk.made("task.create", title="Call", contact_id="7")
    first, second = await desk.actor.caller.describe(call)
    assert "note" not in first
    assert second["url"].endswith("/Tasks/0/Links")
    assert second["note"] == "0 stands for the id that the app gives to the record."


async def test_a_record_that_was_made_in_part_says_so(desk):
    with pytest.raises(RecordRejected, match=r"It was made as \d+, but its contact_id could not"):
        await desk.call("task.create", title="Call", contact_id="999999999")


@pytest.mark.parametrize("connector", connectors.discover().values(), ids=lambda each: each.name)
def test_the_actions_of_every_connector_can_be_worked_out(connector):
    config = {each.name: each.default or "x" for each in connector.settings if not each.secret}
    account = Account("main", "US", config)
    for action in actions_of(connector, account):
        told = offered(action.kind(account), action.verb)
        assert told.output.kind is Kind.OBJECT


async def test_the_fields_that_an_account_made_itself_go_by_their_names(desk):
    opens = Opened({"app": desk.reached}, CustomFields(desk.actor.clock))
    account = await with_custom_fields(opens, desk.reached)
    offers = OfferedActions().actions(desk.reached, account)
    name = next(each for each in offers["contact.create"].inputs if each.startswith("custom."))
    desk.actor.caller = caller(opens, desk.actor.clock)
    made = await desk.call("contact.create", **ANN, **{name: "7"})
    assert (await desk.call("contact.get", id=made["id"]))[name] == "7"


async def test_a_field_with_few_words_offers_them(desk):
    choices = Choices(Opened({"app": desk.reached}), desk.actor.clock)
    kinds = OfferedActions().actions(desk.reached)
    with_words = [
        (operation, name, each.allowed)
        for operation in kinds
        for name, each in kinds[operation].inputs.items()
        if each.allowed and operation.endswith(".create")
    ]
    assert with_words
    for operation, name, allowed in with_words:
        found = await choices.choices("app", operation, name)
        assert tuple(each.name for each in found) == allowed


async def test_what_a_later_attempt_made_is_found_and_what_is_older_is_not(desk):
    whose = (await desk.call("contact.create", **ANN))["id"]
    inputs = {"title": "Called", "body": "She is well.", "contact_id": whose}
    made = await desk.call("note.create", **inputs)
    call = desk.made("note.create", **inputs)
    other = Actor({"app": desk.reached}, desk.actor.clock).caller  # it remembers nothing
    found = await other.find_out(replace(call, begun_at=call.begun_at - 7_200_000))
    assert isinstance(found, Arrived)
    assert found.output["id"] == made["id"]
    other = Actor({"app": desk.reached}, desk.actor.clock).caller
    assert await other.find_out(replace(call, begun_at=call.begun_at + 7_200_000)) is None
