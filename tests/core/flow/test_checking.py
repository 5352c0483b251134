"""What is wrong with a flow is found before it is published, all of it, each with its fix."""

from __future__ import annotations

import pytest
from hypothesis import given

from instep.core.flow.checking import check_flow
from tests.core.flow.documents import action, flow_of, when
from tests.core.flow.random_flows import flows
from tests.core.flow.small_offer import SmallOffer

EVENT = {"kind": "event", "connection": "ghl", "event": "ContactCreate"}
FIND = action("find", "contacts.search", inputs={"query": "{{trigger.email}}"})


def checked(*steps, trigger=EVENT, offer=None):
    return check_flow(flow_of(*steps, trigger=trigger), offer or SmallOffer())


def errors(*steps, **more):
    return [each.sentence for each in checked(*steps, **more) if not each.is_warning]


def warnings(*steps, **more):
    return [each.sentence for each in checked(*steps, **more) if each.is_warning]


def create(**inputs):
    return action("new", "contacts.create", inputs={"email": "{{trigger.email}}", **inputs})


def loop(items, *steps):
    return {"id": "each", "kind": "for_each", "items": items, "steps": list(steps)}


def test_a_sound_flow_has_no_problems():
    steps = [
        {"id": "only", "kind": "filter", "where": when(email="a@b.test")},
        FIND,
        loop(
            "{{steps.find.contacts}}",
            action("get", inputs={"contactId": "{{item.id}}{{index}}"}),
            {"id": "v", "kind": "set_values", "values": {"n": "{{steps.each.count}}"}},
            {"id": "w", "kind": "delay", "until": "{{item.dateAdded | add_time:'+1d'}}"},
        ),
        create(
            score="{{steps.find.contacts[0].score}}",
            dnd=True,
            tags=["{{trigger.tags[0]}}", "x"],
            address={"city": "{{trigger.address.city | default:'Ulm'}}"},
            type="lead",
        ),
        {"id": "go", "kind": "sync_now", "sync": "leads"},
    ]
    assert [each.sentence for each in checked(*steps)] == []


def test_all_of_it_is_told_at_once_in_order_and_with_its_step():
    problems = checked(
        action("a", "contacts.serch"),
        create(emial="x", tags="{{steps.a.x}}", score="many"),
        {"id": "go", "kind": "sync_now", "sync": "lead"},
        trigger={**EVENT, "event": "ContactCreated"},
    )
    assert [each.step for each in problems] == [None, "a", "new", "new", "go"]
    assert [each.sentence for each in problems] == [
        "trigger.event is ContactCreated, which ghl does not offer. Did you mean ContactCreate?",
        (
            "steps[1].operation (step a) is contacts.serch, which ghl does not offer. Did you mean "
            "contacts.search?"
        ),
        "steps[2].inputs.emial (step new) is unknown to the operation. Did you mean email?",
        "steps[2].inputs.score (step new) is many. It has to be a number.",
        "steps[3].sync (step go) is lead, which there is not. Did you mean leads?",
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([action("a", inputs={})], "inputs (step a) has no contactId. The operation needs it"),
        ([action("a", inputs={"contactId": ""})], "has no contactId."),
        ([{**FIND, "connection": "gihl"}], "connection (step find) is gihl, which there is not."),
        ([create(tags="vip")], "inputs.tags (step new) is vip. It has to be a list."),
        ([create(tags="{{trigger.email}}")], "inputs.tags (step new) is text. It has to be a list"),
        ([create(email="{{trigger.tags}}")], "is a list. It has to be text."),
        ([create(address={"city": ["{{trigger.id}}"]})], "address.city (step new) is a list."),
        ([create(dnd="maybe")], "inputs.dnd (step new) is maybe. It has to be true or false."),
        ([create(type="leed")], "is leed, which is not allowed. Did you mean lead?"),
        ([create(score="{{trigger.scor}}")], "'scor'. Did you mean score?"),
        ([create(score="{{item.score}}")], "has no 'item'"),
        ([create(score="{{steps.find.x}}"), FIND], "steps has no 'find'"),
        ([FIND, create(score="{{steps.find.contacts.score}}")], "is a list: take one item first"),
        ([loop("{{trigger.email}}")], "items (step each) is no list, but text. Name a list"),
        ([loop("a, b")], "items (step each) is no list, but text."),
        ([{"id": "w", "kind": "delay", "until": "2026-01-01"}], "is the same for every run."),
        ([{"id": "w", "kind": "delay", "until": "{{trigger.tags}}"}], "is no moment, but list."),
        ([{"id": "f", "kind": "filter", "where": when(emial=1)}], "Did you mean email?"),
        ([], "steps is empty. Give the flow something to do."),
    ],
)
def test_each_mistake_is_found(steps, expected):
    told = errors(*steps)
    assert len(told) == 1, told
    assert expected in told[0]


def test_what_a_loop_s_steps_give_is_not_there_after_it():
    inner = action("get", inputs={"contactId": "{{item}}"})
    [told] = errors(loop("{{trigger.tags}}", inner), create(score="{{steps.get.contact.score}}"))
    assert "steps has no 'get'" in told


def test_what_only_some_ways_give_is_warned_about_unless_it_has_a_default():
    way = {"where": when(dnd=True), "steps": [FIND]}
    branch = {"id": "b", "kind": "branch", "ways": [way]}
    path = "steps.find.contacts[0].score"
    [told] = warnings(branch, create(score=f"{{{{{path}}}}}"))
    assert "reads steps.find, which only some ways give. It is empty on the others" in told
    assert warnings(branch, create(score=f"{{{{{path} | default:1}}}}")) == []


def test_what_every_way_sets_is_there_for_sure():
    def setting(own):
        return {"id": own, "kind": "set_values", "values": {"n": 1}}

    way = {"where": when(dnd=True), "steps": [setting("one")]}
    both = {"id": "b", "kind": "branch", "ways": [way], "otherwise": [setting("two")]}
    assert warnings(both, create(score="{{values.n}}")) == []
    half = {"id": "b", "kind": "branch", "ways": [way]}
    assert "values.n, which only some ways give" in warnings(half, create(score="{{values.n}}"))[0]


def test_what_a_way_gives_only_sometimes_is_not_sure_after_it_either():
    def setting(own):
        return {"id": own, "kind": "set_values", "values": {"n": 1}}

    inner = {
        "id": "i",
        "kind": "branch",
        "ways": [{"where": when(id="x"), "steps": [setting("a")]}],
    }
    way = {"where": when(dnd=True), "steps": [inner]}
    branch = {"id": "b", "kind": "branch", "ways": [way], "otherwise": [setting("c")]}
    [told] = warnings(branch, create(score="{{values.n}}"))
    assert "values.n, which only some ways give" in told


def test_a_way_with_the_conditions_of_one_before_it_can_never_be_taken():
    ways = [{"where": when(dnd=True), "steps": []}] * 2
    [told] = errors({"id": "b", "kind": "branch", "ways": ways})
    assert told.startswith("steps[1].ways[2] (step b) can never be taken, as way 1 has the same")


def never():
    return {"all": [{"field": "1", "value": 2}]}


def test_what_follows_a_filter_that_never_holds_can_never_be_reached():
    told = errors({"id": "f", "kind": "filter", "where": never()}, FIND)
    assert told == [
        "steps[2] (step find) can never be reached. Remove it, or change the filter before it."
    ]


def test_a_filter_that_always_holds_is_warned_about():
    always = {"all": [{"field": "1", "value": 1}]}
    assert "always holds" in warnings({"id": "f", "kind": "filter", "where": always})[0]


def test_a_missing_scope_is_named_with_the_step_that_needs_it():
    offer = SmallOffer(scopes=("contacts.readonly",))
    assert errors(FIND, create(), offer=offer) == [
        (
            "steps[2] (step new) needs the scope contacts.write, which ghl does not carry. Grant "
            "contacts.write and connect ghl again."
        )
    ]
    assert errors(FIND, create(), offer=SmallOffer(scopes=None)) == []


def test_a_write_for_each_item_is_warned_about_and_a_read_is_not():
    get = action("get", inputs={"contactId": "{{item}}"})
    [told] = warnings(loop("{{trigger.tags}}", get, create()))
    assert "(step new) writes once for each item" in told


def test_a_number_s_field_may_be_given_a_text_that_is_told_apart_when_it_runs():
    assert errors(create(score="{{trigger.email}}", dnd="{{trigger.email}}")) == []
    assert "is text. It has to be true or false." in warnings(create(dnd="{{trigger.email}}"))[0]


POLL = {"kind": "poll", "connection": "ghl", "operation": "contacts.search", "minutes": 1}


def test_a_poll_beyond_the_budget_is_warned_about_with_what_would_fit():
    [told] = warnings(FIND, trigger=POLL, offer=SmallOffer(calls=1000))
    assert told == (
        "trigger.minutes is 1, which makes 4,320 calls a day of the 1,000 that ghl has for flows. "
        "Poll every 5 minutes, or use an event."
    )
    assert warnings(FIND, trigger={**POLL, "minutes": 5}, offer=SmallOffer(calls=1000)) == []
    assert warnings(FIND, trigger=POLL) == []


def test_a_poll_s_inputs_are_checked():
    [told] = errors(FIND, trigger={**POLL, "inputs": {"qurey": "x"}})
    assert told.startswith("trigger.inputs.qurey is unknown to the operation. Did you mean query?")


def test_a_schedule_that_cannot_be_is_told():
    trigger = {"kind": "schedule", "cron": "0 9 * * *", "zone": "Mars"}
    step = {"id": "v", "kind": "set_values", "values": {"a": "{{trigger.at}}"}}
    offer = SmallOffer(refused={"Mars": "there is no zone Mars."})
    assert errors(step, trigger=trigger, offer=offer) == [
        "trigger cannot be: there is no zone Mars. Change it."
    ]


@given(flows)
def test_every_flow_that_was_read_can_be_checked(flow):
    for each in check_flow(flow, SmallOffer()):
        assert each.sentence.endswith((".", "?"))
