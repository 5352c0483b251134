"""Flows speak the house's templates and conditions."""

from __future__ import annotations

from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.flow.walk import Walk
from tests.core.flow.documents import action, flow_of
from tests.core.flow.random_flows import NOW

LANGUAGE = FlowLanguage({"zone": "Europe/Berlin", "country": "DE"})


def test_the_paths_of_a_template_are_those_of_its_arguments_too():
    read = LANGUAGE.template("{{trigger.a | default:values.b}} and {{steps.c[0].d}}")
    assert read.paths == (("trigger", "a"), ("values", "b"), ("steps", "c", 0, "d"))
    assert read.unguarded == (("steps", "c", 0, "d"),)


def test_the_paths_of_conditions_are_those_of_their_values_too():
    row = {"field": "trigger.a", "operator": "in", "value": ["x", "{{values.b}}"]}
    assert LANGUAGE.conditions({"any": [row]}).paths == (("trigger", "a"), ("values", "b"))


def test_the_account_s_country_completes_a_phone_number():
    assert (
        LANGUAGE.template("{{trigger | phone}}").render({"trigger": "030 901820"}) == "+4930901820"
    )


def test_conditions_can_ask_what_changed():
    where = {"all": [{"field": "trigger.status", "operator": "changed_to", "value": "won"}]}
    flow = flow_of({"id": "won", "kind": "filter", "where": where}, action("thank"))

    def does(before):
        move = Walk(flow, {"status": "won"}, {}, before).next(NOW).move
        return hasattr(move, "step")

    assert does({"status": "open"})
    assert not does({"status": "won"})
    assert not does(None)


def problems_of(where):
    raw = {"id": "f", "trigger": {"kind": "manual"}}
    raw["steps"] = [{"id": "x", "kind": "filter", "where": where}]
    return [(each.place, each.what, each.fix) for each in read_flow(raw, LANGUAGE).problems]


def test_what_is_wrong_with_a_condition_stands_at_its_row():
    row = {"field": "trigger.a", "operator": "eq", "value": "x"}
    rows = {"all": [row, {"any": [row, {**row, "operator": "equals"}]}]}
    [(place, what, fix)] = problems_of(rows)
    assert place == "steps[1].where.all[2].any[2]"
    assert what == "has an operator that there is not"
    assert fix.startswith("There are: ") or "Did you mean" in fix
    [(place, what, fix)] = problems_of({"all": [{**row, "value": ""}]})
    assert (place, what) == ("steps[1].where.all[1]", "has no value to compare with")
    assert fix == "Ask for an empty field by exists and false."
    [(place, *_)] = problems_of({"all": []})
    assert place == "steps[1].where.all"
    [(place, what, _)] = problems_of("no conditions")
    assert (place, what) == ("steps[1].where", "cannot be read")
