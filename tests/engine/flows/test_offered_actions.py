"""What connections offer to steps, and that a flow is checked by it before it is published."""

from __future__ import annotations

import pytest

from instep import catalogue
from instep.core.flow.checking import check_flow
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.template import Kind
from instep.engine.flows.actions.offered_actions import OfferedActions
from instep.engine.flows.actions.offered_operations import OfferedOperations
from tests.core.flow.documents import action, document
from tests.core.flow.small_offer import SmallOffer
from tests.engine.flows.acting import ghl_reached


@pytest.fixture
async def offered(ghl, actor):
    reached = ghl_reached(ghl.told, actor.clock)
    yield OfferedActions().actions(reached)
    await reached.client.close()


def test_the_whole_catalogue_is_offered_but_sign_in_and_uploads(offered):
    missing = {each.id for each in catalogue.all_operations()} - set(offered)
    assert {each for each in missing if not each.startswith("oauth.")} == {
        "conversations.upload_attachments",
        "forms.upload_to_custom_fields",
        "locations.upload_to_custom_fields",
        "medias.upload_media_content",
        "social_media_posting.upload_csv",
    }
    assert len(offered) > 570
    assert "contacts.create" in offered
    assert "contacts.crate" not in offered
    assert 7 not in offered
    with pytest.raises(KeyError):
        offered["contacts.crate"]


def test_every_operation_that_is_offered_can_be_worked_out(offered):
    for name in offered:
        action = offered[name]
        assert action.effect in {"read", "write", "destructive"}
        assert all(each.shape.kind in Kind for each in action.inputs.values())


def test_what_the_connection_knows_is_not_required(offered):
    create = offered["contacts.create"]
    assert not create.inputs["locationId"].required
    assert offered["contacts.create_task"].inputs["title"].required
    assert create.scopes == ("contacts.write",)
    # whose end it would be is never filled in by itself
    assert offered["locations.delete"].inputs["locationId"].required


def test_what_nobody_knows_is_required():
    assert OfferedOperations(frozenset())["contacts.create"].inputs["locationId"].required


def test_inputs_and_answers_have_the_shapes_of_the_specs(offered):
    task = offered["contacts.create_task"]
    assert task.inputs["completed"].shape.kind is Kind.BOOLEAN
    assert task.output.fields["task"].fields["title"].kind is Kind.TEXT
    assert task.output.more
    assert offered["contacts.search"].inputs["pageLimit"].shape.kind is Kind.NUMBER
    assert offered["contacts.add_tags"].inputs["tags"].shape.items.kind is Kind.TEXT
    status = offered["opportunities.update_status"].inputs["status"]
    assert {"open", "won", "lost", "abandoned"} <= set(status.allowed)


def test_it_is_worked_out_once(offered):
    assert offered["contacts.create"] is offered["contacts.create"]


class Real(SmallOffer):
    """The actions of a real connection, as `ghl`."""

    def __init__(self, actions, scopes=None):
        super().__init__(scopes=scopes)
        self._actions = actions

    def actions(self, connection):
        return self._actions


def problems_of(offer, *steps):
    reading = read_flow(document(*steps), FlowLanguage())
    assert reading.problems == ()
    return [each.sentence for each in check_flow(reading.flow, offer)]


def test_a_flow_is_checked_by_what_the_catalogue_says(offered):
    task = {"contactId": "{{trigger.id}}", "title": "Call", "dueDate": "{{now}}"}
    wrong = problems_of(
        Real(offered, scopes=("contacts.readonly",)),
        action("make", "contacts.create", inputs={"emial": "x", "dnd": "perhaps"}),
        action("task", "contacts.create_task", inputs={**task, "completed": False}),
        action("won", "opportunities.update_status", inputs={"id": "o", "status": "wonn"}),
        action("note", "contacts.create_not", inputs={}),
        action(
            "read",
            "contacts.get",
            inputs={"contactId": "{{steps.task.task.titel}}"},
        ),
    )
    said = " ".join(wrong)
    assert "steps[1].inputs.emial (step make) is unknown to the operation. Did you mean em" in said
    assert "steps[1].inputs.dnd" in said
    assert "needs the scope contacts.write" in said
    assert "status (step won) is wonn, which is not allowed. Did you mean won?" in said
    assert "is contacts.create_not, which ghl does not offer. Did you mean contacts." in said


def test_a_flow_that_is_right_has_no_problem(offered):
    wrong = problems_of(
        Real(offered, scopes=("contacts.readonly", "contacts.write")),
        action(
            "task",
            "contacts.create_task",
            inputs={
                "contactId": "{{trigger.id}}",
                "title": 'Call {{trigger.firstName | default:"the lead"}}',
                "dueDate": "{{now}}",
                "completed": False,
            },
        ),
        action("read", "contacts.get", inputs={"contactId": "{{steps.task.task.contactId}}"}),
    )
    assert wrong == []
