"""Samples fit their shape, are always the same, and stay small."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.flow.samples import sample_for, sample_of
from instep.core.shapes import kind_of, shape_of
from instep.core.template import Kind, Shape
from instep.engine.flows.actions.offered_operations import OfferedOperations
from tests.core.flow.documents import action, flow_of, when

_PLAIN = st.sampled_from([kind for kind in Kind if kind not in {Kind.LIST, Kind.OBJECT}])
_SHAPES = st.recursive(
    st.builds(Shape, _PLAIN),
    lambda inner: st.one_of(
        st.builds(
            lambda fields: Shape(Kind.OBJECT, fields),
            st.dictionaries(st.text(max_size=8), inner, max_size=4),
        ),
        st.builds(lambda items: Shape(Kind.LIST, items=items), inner),
    ),
    max_leaves=12,
)
_TEXTS = {Kind.TEXT, Kind.ANY, Kind.TIME, Kind.MOMENT, Kind.DATE}


def fits(value, shape):
    match shape.kind:
        case Kind.OBJECT:
            return value.keys() == shape.fields.keys() and all(
                fits(value[name], each) for name, each in shape.fields.items()
            )
        case Kind.LIST:
            return len(value) == 1 and fits(value[0], shape.items)
        case _:
            kind = Kind.TEXT if shape.kind in _TEXTS else shape.kind
            return kind_of(value) is kind


@given(_SHAPES)
def test_a_sample_fits_its_shape_and_is_always_the_same(shape):
    if depth(shape) > 7:
        return
    assert fits(sample_of(shape), shape)
    assert sample_of(shape) == sample_of(shape)


def depth(shape):
    inner = [*shape.fields.values(), *([shape.items] if shape.items else [])]
    return 1 + max(map(depth, inner), default=0)


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("email", "ann@example.com"),
        ("contactEmail", "ann@example.com"),
        ("phone", "+12025550123"),
        ("dateAdded", "2026-01-15T09:00:00+00:00"),
        ("changed_at", "2026-01-15T09:00:00+00:00"),
        ("lastName", "Example"),
        ("id", "sample id"),
    ],
)
def test_a_text_is_what_its_name_says(name, sample):
    assert sample_of(Shape(Kind.TEXT), name) == sample
    if sample.startswith("2026"):
        assert shape_of(sample).kind is Kind.MOMENT


def test_what_every_operation_gives_can_be_made_up():
    offered = OfferedOperations(frozenset())
    sizes = [len(json.dumps(sample_of(each.output))) for each in offered.values()]
    assert len(sizes) > 500
    assert max(sizes) < 100_000


def test_an_item_is_made_of_what_the_steps_read():
    flow = flow_of(
        {"id": "leads", "kind": "filter", "where": when(type="lead")},
        {
            "id": "each",
            "kind": "for_each",
            "items": "{{trigger.lines}}",
            "steps": [action("x", inputs={"n": "{{item.sku}} {{trigger.who.first_name}}"})],
        },
        {"id": "pause", "kind": "delay", "until": "{{trigger.start_at}}"},
        {"id": "set", "kind": "set_values", "values": {"t": "{{trigger.tags[0]}}"}},
    )
    assert sample_for(flow) == {
        "type": "sample type",
        "lines": [{"sku": "sample sku"}],
        "who": {"first_name": "Ann"},
        "start_at": "2026-01-15T09:00:00+00:00",
        "tags": ["sample tags"],
    }
