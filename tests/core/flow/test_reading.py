"""A flow's document is read strictly, and everything that is wrong with it is told at once."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.flow import form, model
from instep.core.flow.problems import MOST_PROBLEMS
from tests.core.flow.documents import action, document, everything, flow_of, read, sentences


def test_every_kind_of_step_is_read():
    flow = read(everything()).flow
    kinds = {type(each) for each in flow.all_steps()}
    assert kinds == set(model.Step.__args__)
    assert [each.id for each in flow.all_steps()][3:6] == ["size", "big", "small"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"kind": "manual"}, model.Manual()),
        (
            {"kind": "poll", "connection": "ghl", "operation": "contacts.list"},
            model.Poll("ghl", "contacts.list", {}, 5, changed=True, everything=False),
        ),
        (
            {"kind": "schedule", "cron": "0 9 * * 1", "zone": "Europe/Berlin"},
            model.Schedule("0 9 * * 1", "Europe/Berlin"),
        ),
        ({"kind": "bridge", "order_by": "contact.id"}, model.Bridge("contact.id")),
    ],
)
def test_every_kind_of_trigger_is_read(raw, expected):
    assert flow_of(trigger=raw).trigger == expected


def test_what_is_left_out_has_its_default():
    [step] = flow_of(action("find")).steps
    assert step.on_error == model.OnError(8, 300, model.Then.DEAD_LETTER)
    assert step.on_unknown is model.Doubt.ASK
    assert step.inputs == {}


def test_all_problems_are_told_at_once_each_with_its_place_and_what_to_do():
    raw = everything()
    raw["titel"] = "x"
    raw["trigger"]["event"] = ""
    raw["steps"][1]["operatoin"] = raw["steps"][1].pop("operation")
    raw["steps"][3]["ways"][0]["steps"][0]["on_error"] = {"then": "go on", "attempts": 0}
    raw["steps"][4]["steps"][0]["inputs"]["deep"]["all"][0] = "{{item"
    assert sentences(raw) == [
        "The flow has titel, which is unknown. Did you mean title?",
        (
            "trigger.event is empty. It has to be a text. What the app tells by itself, such as "
            "ContactCreate."
        ),
        "steps[2] (step find) has operatoin, which is unknown. Did you mean operation?",
        "steps[2] (step find) has no operation. What is called, such as contacts.create.",
        (
            "steps[4].ways[1].steps[1].on_error.attempts (step big) is 0. It has to be a whole number "
            "from 1 to 50."
        ),
        "steps[4].ways[1].steps[1].on_error.then (step big) is go on. Did you mean go_on?",
        (
            "steps[5].steps[1].inputs.deep.all[1] (step tag) cannot be read. The template is "
            "wrong at character 1: this {{ is not closed; }} is missing."
        ),
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("find", "steps is find. It has to be a list of steps."),
        (["find"], "steps[1] is find. It has to be an object with a kind."),
        ([{"id": "x"}], "steps[1] (step x) has no kind. There are: action"),
        ([{"id": "x", "kind": "fliter"}], "has the kind fliter. Did you mean filter?"),
        ([{"id": "X y", "kind": "filter", "where": {}}], "steps[1].id is X y, which is no name."),
        ([action("a"), action("a")], "steps[2].id (step a) is a once more. Give one of the two"),
        ([{"id": "x", "kind": "delay"}], "does not say how long. Give either seconds or until."),
        (
            [{"id": "x", "kind": "delay", "seconds": 1, "until": "{{now}}"}],
            "does not say how long. Give either seconds or until.",
        ),
        (
            [{"id": "x", "kind": "delay", "seconds": 10**9}],
            (
                "steps[1].seconds (step x) is 1000000000. It has to be a whole number from 1 to "
                "31,622,400."
            ),
        ),
        ([{"id": "x", "kind": "delay", "seconds": True}], "seconds (step x) is true."),
        ([{"id": "x", "kind": "branch", "ways": []}], "has 0 ways."),
        ([{"id": "x", "kind": "set_values", "values": {}}], "is empty. Name at least one value."),
        ([{"id": "x", "kind": "set_values", "values": {"A b": 1}}], "is A b, which is no name."),
        ([action("x", inputs={"a": "\0"})], "inputs.a (step x) holds what is no character."),
        ([action("x", inputs={"a": "\ud800"})], "inputs.a (step x) holds what is no character."),
        ([action("x", inputs={"a": "y" * 10_001})], "has 10,001 characters. Use 10,000 at most."),
        ([action("x", inputs={"a": float("nan")})], "It has to be a value of JSON."),
        ([action("x", inputs=["a"])], "inputs (step x) is a list. It has to be an object"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(steps, expected):
    assert expected in " ".join(sentences({**document(), "steps": steps}))


def test_a_poll_s_inputs_hold_no_expressions():
    trigger = {"kind": "poll", "connection": "g", "operation": "o", "inputs": {"q": "{{trigger}}"}}
    assert sentences(document(trigger=trigger)) == [
        (
            "trigger.inputs.q holds an expression. Write the value itself: before a run there is "
            "nothing to be read."
        )
    ]


def test_too_many_steps_are_told_once():
    told = sentences(document(*(action(f"s{n}") for n in range(form.MOST_STEPS + 5))))
    assert told == ["steps has too many steps. Use 100 at most, or part it into several flows."]


def test_steps_do_not_stand_deeper_than_allowed():
    step = action("inner")
    for depth in range(form.DEEPEST_STEPS):
        step = {"id": f"e{depth}", "kind": "for_each", "items": "{{item}}", "steps": [step]}
    [told] = sentences(document(step))
    assert "stands too deep in other steps" in told


def test_values_do_not_stand_deeper_than_allowed():
    value = 1
    for _ in range(5_000):
        value = [value]
    [told] = sentences(document(action("x", inputs={"a": value})))
    assert "is too deep or too much" in told


def test_a_huge_number_is_a_value_and_a_huge_bound_is_none():
    assert flow_of(action("x", inputs={"a": 10**5000})).steps[0].inputs["a"].raw == 10**5000
    assert (
        "is a huge number"
        in sentences(document({"id": "x", "kind": "delay", "seconds": 10**5000}))[0]
    )


def test_many_values_are_refused_in_one_sentence():
    assert len(sentences(document(action("x", inputs={"a": list(range(10_000))})))) == 1


def test_a_document_with_too_much_text_is_refused_in_one_sentence():
    steps = [action(f"s{n}", inputs={"a": ["y" * 9_000]}) for n in range(60)]
    [told] = sentences(document(*steps))
    assert "texts become too long. Use 500,000 at most" in told


def test_a_heap_of_mistakes_is_told_in_part():
    assert len(sentences({f"x{n}": 1 for n in range(100_000)})) == MOST_PROBLEMS


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(json_values)
def test_whatever_is_read_is_answered_with_problems(raw):
    reading = read(raw)
    assert reading.flow is None
    assert reading.problems


def places(value, at=()):
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inside if isinstance(value, (dict, list)) else ():
        yield from places(each, (*at, key)) if isinstance(each, (dict, list)) else [(*at, key)]


@given(st.sampled_from(list(places(everything()))[1:]), json_values)
def test_a_flow_with_one_value_exchanged_is_read_or_refused_but_never_fails(place, value):
    raw = copy.deepcopy(everything())
    target = raw
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    reading = read(raw)
    assert (reading.flow is None) == bool(reading.problems)
    assert all(each.sentence.endswith((".", "?")) for each in reading.problems)
