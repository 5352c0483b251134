"""Using a recipe: what is made, what is refused, and that it is all or nothing; both databases."""

from __future__ import annotations

import pytest

from instep.bootstrap import assemble
from instep.connectors import gohighlevel, insightly, memory
from instep.core.errors import UserError
from instep.engine.recipe_services import Using
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted
from instep.sdk.auth import Credential
from instep.settings import Settings
from instep.store.connections import Connections, NewConnection
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE

KNOWN = {each.name: each for each in (gohighlevel.connector, insightly.connector, memory.connector)}
BOTH = {"gohighlevel": "ghl", "insightly": "crm"}
OWN = {"gohighlevel": "ghl", "yourapp": "own"}
NOTED = "completed-task-note"
NOWHERE = "http://127.0.0.1:9"
TASKS_AND_NOTES = "insightly-tasks-and-notes"


class Counter:
    """The services, and three connections that nobody calls."""

    def __init__(self, instep):
        self.instep = instep

    async def connect(self):
        stored = Connections(self.instep.db, open_vault(self.instep.settings), DEFAULT_WORKSPACE)
        granted = ("contacts.readonly",)
        for name, connector, kind, config in (
            ("ghl", "gohighlevel", "oauth2", {"base_url": NOWHERE}),
            ("crm", "insightly", "api_key", {"base_url": NOWHERE}),
            ("own", "memory", "name", {"name": "own"}),
        ):
            new = NewConnection(name, connector, kind, name, "US", config)
            scopes = granted if kind == "oauth2" else ()
            await stored.create(new, Credential(kind, {"x": "y"}, scopes=scopes))

    async def use(self, recipe_id, connections=BOTH, *, dry_run=False, **using):
        made = Using(connections, **using)
        return await self.instep.recipes.use(recipe_id, made, dry_run=dry_run)

    async def names(self):
        return [each.name for each in await self.instep.syncs.list()]


@pytest.fixture
async def counter(database_url, tmp_path):
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    async with assemble(settings, available=KNOWN) as instep:
        made = Counter(instep)
        await made.connect()
        yield made


async def test_its_syncs_are_made_paused_and_say_who_made_them(counter):
    used = await counter.use(TASKS_AND_NOTES)
    assert [each.new.name for each in used.syncs] == ["crm-contacts", "crm-tasks", "crm-notes"]
    assert used.next[:3] == (
        *("instep sync preview crm-contacts", "instep sync release crm-contacts"),
        "instep sync preview crm-tasks",
    )
    for sync in await counter.instep.syncs.list():
        assert (sync.state, sync.recipe) == ("paused", TASKS_AND_NOTES)
        assert "preview it, then release it" in sync.sentence
        with pytest.raises(UserError, match=f"instep sync release {sync.name}"):
            await counter.instep.syncs.request_run(sync.name)


async def test_optional_syncs_and_another_name_come_when_they_are_said(counter):
    await counter.use("insightly-contacts", prefix="broker", parts=["notes"])
    assert await counter.names() == ["broker-businesses", "broker-contacts", "broker-notes"]


async def test_a_dry_run_checks_everything_and_makes_nothing(counter):
    used = await counter.use(TASKS_AND_NOTES, dry_run=True)
    assert (len(used.syncs), used.dry_run) == (3, True)
    assert "keeps each task equal in ghl (side A) and crm (side B)" in used.syncs[1].words[0]
    assert await counter.names() == []
    await counter.instep.syncs.create(Wanted("crm-notes", "ghl", "own"))
    with pytest.raises(UserError, match="'crm-notes' already; choose another name"):
        await counter.use(TASKS_AND_NOTES, dry_run=True)


async def test_where_one_sync_cannot_be_none_is_made(counter):
    await counter.instep.syncs.create(Wanted("crm-notes", "ghl", "own"))
    with pytest.raises(UserError, match="'crm-notes' already"):
        await counter.use(TASKS_AND_NOTES)
    assert await counter.names() == ["crm-notes"]


async def test_where_a_name_is_taken_between_checking_and_storing_none_is_made(counter):
    wanted = [Wanted("people", "ghl", "crm"), Wanted("work", "ghl", "crm", "task")]
    syncs = counter.instep.syncs
    checked = await syncs.check_all(wanted)
    await syncs.create(Wanted("work", "ghl", "own"))
    with pytest.raises(UserError, match="'work' already"):
        await syncs.store_all(checked)
    assert await counter.names() == ["work"]


async def test_an_app_without_a_kind_of_record_is_told_and_none_is_made(counter):
    with pytest.raises(UserError, match="has no resource of the kind 'appointment'; it has"):
        await counter.use("contact-health-dashboard", OWN)
    assert await counter.names() == []


async def test_a_sync_that_others_stand_on_is_taken_as_it_is(counter):
    await counter.instep.syncs.create(Wanted("people", "crm", "ghl"))
    used = await counter.use(TASKS_AND_NOTES)
    assert used.taken == ("people",)
    assert await counter.names() == ["crm-notes", "crm-tasks", "people"]
    with pytest.raises(UserError, match="'crm-notes' already keeps the notes"):
        await counter.use(TASKS_AND_NOTES, prefix="again")


@pytest.mark.parametrize(
    ("ends", "said", "sentence"),
    [
        (("ghl", "crm"), Said(direction="to_b"), "the other way only .* --field tags=both"),
        (("crm", "ghl"), Said(direction="to_a"), "the other way only .* --field tags=both"),
        (("ghl", "crm"), Said(mapping=[{"a": "email"}]), "does not carry tags"),
    ],
)
async def test_one_that_does_not_carry_what_is_needed_is_named_with_what_to_do(
    counter, ends, said, sentence
):
    await counter.instep.syncs.create(Wanted("people", *ends, said=said))
    with pytest.raises(UserError, match=sentence):
        await counter.use("insightly-tags-and-businesses")
    assert await counter.names() == ["people"]


@pytest.mark.parametrize(
    ("recipe_id", "connections", "using", "sentence"),
    [
        ("insightly-contact", BOTH, {}, "Did you mean insightly-contacts"),
        (NOTED, {}, {}, "Which connection is the one of GoHighLevel"),
        (
            NOTED,
            {"gohighlevel": "ghl"},
            {"answers": {"x": "y"}},
            "does not ask 'x': it has nothing",
        ),
        (NOTED, {"gohighlevel": "ghl"}, {"parts": ["x"]}, "has no 'x' to add"),
        ("personal-message", {"gohighlevel": "ghl"}, {}, "asks for the message.*--set message="),
        (
            "app-event-tasks",
            OWN,
            {"answers": {"value": "x", "task": "y", "days": "soon"}},
            "days has to be a whole number, not 'soon'",
        ),
        (
            "app-event-tasks",
            OWN,
            {"answers": {"value": "x", "task": "y", "field": "tags[0]"}},
            "field has to be the name of a field",
        ),
        (TASKS_AND_NOTES, {}, {}, "Which connection is the one of GoHighLevel.* There are: ghl"),
        (TASKS_AND_NOTES, {"gohighlevel": "ghl"}, {}, "--connection insightly=NAME. .* crm"),
        (TASKS_AND_NOTES, {**BOTH, "insightly": "nobody"}, {}, "no connection called 'nobody'"),
        (TASKS_AND_NOTES, {**BOTH, "insightly": "own"}, {}, "one of memory, and cannot be"),
        (TASKS_AND_NOTES, {**BOTH, "insurgo": "own"}, {}, "has no part for 'insurgo'"),
        ("push-notes", {**OWN, "yourapp": "crm"}, {}, "one of insightly, and cannot be"),
        (TASKS_AND_NOTES, BOTH, {"parts": ["notes"]}, "has no 'notes' to add: it has nothing"),
        ("insightly-contacts", BOTH, {"parts": ["note"]}, "did you mean notes"),
        (TASKS_AND_NOTES, BOTH, {"answers": {"x": "y"}}, "does not ask 'x'"),
    ],
)
async def test_what_cannot_be_used_so_is_answered_with_one_sentence(
    counter, recipe_id, connections, using, sentence
):
    with pytest.raises(UserError, match=sentence):
        await counter.use(recipe_id, connections, **using)
    assert await counter.names() == []


async def test_a_missing_scope_is_named_with_the_recipe_that_needs_it(counter):
    told = await counter.instep.recipes.show("insightly-contacts")
    needed = told.scopes["gohighlevel"]
    assert needed["contacts.write"] == (
        *("the recipe insightly-contacts", "the recipe insightly-contacts with notes"),
        "the recipe insightly-contacts with tasks",
    )
    assert needed["locations/tasks.readonly"] == ("the recipe insightly-contacts with tasks",)
    [ghl, crm] = told.standings
    assert (ghl.connection, crm.connection) == ("ghl", "crm")
    assert set(ghl.needs.missing) == {*needed} - {"contacts.readonly"}
    assert crm.needs.missing == {}

    used = await counter.use("insightly-contacts")
    assert len(used.lacks) == 1
    assert "ghl: Its credential lacks businesses.readonly (for the recipe" in used.lacks[0]
    assert "tasks" not in used.lacks[0]
    [known] = [each for each in (await counter.instep.scopes.all()).values() if each.missing]
    assert known.missing["contacts.write"] == ("crm-contacts, of the recipe insightly-contacts",)


async def test_connecting_for_a_recipe_asks_for_what_it_needs_and_no_more(counter):
    instep = counter.instep
    planned = instep.recipes.planned("insightly-contacts", "gohighlevel")
    asked = await instep.scopes.to_ask("gohighlevel", "oauth2", "new", ["x.y"], planned)
    assert asked == (
        *("businesses.readonly", "businesses.write", "contacts.readonly", "contacts.write"),
        "x.y",
    )
    with pytest.raises(UserError, match="is not for brokerengine; it is for gohighlevel and"):
        instep.recipes.planned("insightly-contacts", "brokerengine")


async def test_a_one_way_recipe_asks_for_no_right_to_write(counter):
    told = await counter.instep.recipes.show("brokerengine-activity-mirror")
    assert set(told.scopes["gohighlevel"]) == {
        *("contacts.readonly", "locations/tasks.readonly", "calendars/events.readonly"),
    }
    assert "brokerengine" not in told.scopes


MESSAGE = {"tag": "offer", "message": "your offer is ready."}
ALONE = {"gohighlevel": "ghl"}


async def test_a_flow_is_made_as_a_draft_that_says_who_made_it(counter):
    used = await counter.use("personal-message", ALONE, answers=MESSAGE)
    assert used.next == ("instep flow publish personal_message",)
    standing = await counter.instep.flows.get("personal_message")
    assert (standing.flow.state, standing.flow.recipe) == ("draft", "personal-message")
    document = await counter.instep.flows.document("personal_message")
    assert document["trigger"]["connection"] == "ghl"
    assert document["steps"][1]["inputs"]["message"].endswith(", your offer is ready.")
    with pytest.raises(UserError, match="a flow called 'personal_message' already"):
        await counter.use("personal-message", ALONE, answers=MESSAGE)
    again = await counter.use("personal-message", ALONE, answers=MESSAGE, prefix="Second one")
    assert again.flow.name == "second_one"


async def test_a_flow_that_cannot_be_published_is_told_why_and_published_by_nobody(counter):
    used = await counter.use("personal-message", ALONE, answers=MESSAGE, dry_run=True)
    assert any("conversations/message.write" in each for each in used.flow.problems)
    assert any("conversations/message.write" in each for each in used.lacks)
    with pytest.raises(UserError, match="cannot be published"):
        await counter.use("personal-message", ALONE, answers=MESSAGE, publish=True)
    assert await counter.instep.flows.list() == []


async def test_an_answer_that_the_app_lists_is_not_believed_unseen(counter):
    answers = {**MESSAGE, "type": "Pigeon"}
    with pytest.raises(UserError, match="There is no 'Pigeon' to choose for type"):
        await counter.use("personal-message", ALONE, answers=answers)
    assert await counter.instep.flows.list() == []


async def test_where_the_flow_beside_syncs_cannot_be_nothing_is_made(counter):
    using = {"parts": ["welcome"], "answers": {"task": "Say hello"}}
    made = await counter.use("yourapp-create-contact", OWN, **using, dry_run=True)
    assert (made.flow.name, len(made.syncs)) == ("own_welcome", 1)
    await counter.instep.flows.save({"id": "own_welcome"})
    with pytest.raises(UserError, match="a flow called 'own_welcome' already"):
        await counter.use("yourapp-create-contact", OWN, **using)
    assert await counter.names() == []


async def test_the_scopes_of_a_flow_are_named_before_it_is_made(counter):
    told = await counter.instep.recipes.show("lead-qualification")
    assert {*told.scopes["gohighlevel"]} == {
        *("opportunities.readonly", "contacts.readonly", "contacts.write"),
    }
    [ghl] = told.standings
    assert {*ghl.needs.missing} == {"opportunities.readonly", "contacts.write"}
    planned = counter.instep.recipes.planned("completed-task-note", "gohighlevel")
    asked = await counter.instep.scopes.to_ask("gohighlevel", "oauth2", "new", [], planned)
    assert {*asked} == {"locations/tasks.readonly", "contacts.readonly", "contacts.write"}
