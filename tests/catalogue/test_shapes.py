"""What a schema tells beforehand is what templates are checked by."""

from __future__ import annotations

from instep.catalogue import all_operations, get, shapes_of
from instep.catalogue.shapes import shape_of
from instep.core.template import Kind, Shape


def shape(schema, depth=6):
    return shape_of("contacts", schema, depth)


def reply(identifier):
    operation = get(identifier)
    return shape_of(operation.product, operation.address().reply)


def test_plain_types_have_their_kinds():
    kinds = {
        "string": Kind.TEXT,
        "number": Kind.NUMBER,
        "integer": Kind.NUMBER,
        "boolean": Kind.BOOLEAN,
    }
    assert {name: shape({"type": name}).kind for name in kinds} == kinds


def test_a_time_in_text_is_a_time():
    assert shape({"type": "string", "format": "date-time"}).kind is Kind.TIME


def test_what_the_specs_leave_open_is_anything():
    left_open = [
        None,
        {},
        {"type": "object"},
        {"oneOf": [{"type": "string"}, {"type": "number"}]},
        {"anyOf": [{"type": "string"}]},
        {"type": "forever"},
    ]
    assert {shape(each).kind for each in left_open} == {Kind.ANY}


def test_a_list_knows_its_items_and_an_object_its_fields():
    schema = {
        "type": "array",
        "items": {"type": "object", "properties": {"id": {"type": "string"}}},
    }
    assert shape(schema) == Shape(Kind.LIST, items=Shape(Kind.OBJECT, {"id": Shape(Kind.TEXT)}))


def test_parts_of_an_object_are_one_object():
    schema = {
        "allOf": [
            {"properties": {"a": {"type": "string"}}},
            {"properties": {"b": {"type": "boolean"}}},
        ]
    }
    assert shape(schema).fields == {"a": Shape(Kind.TEXT), "b": Shape(Kind.BOOLEAN)}


def test_an_object_open_to_other_names_says_so():
    schema = {"properties": {"a": {"type": "string"}}, "additionalProperties": True}
    assert shape(schema).more


def test_below_the_depth_only_kinds_are_told():
    schema = {"properties": {"a": {"properties": {"b": {"type": "string"}}}}}
    assert shape(schema, 1).fields["a"] == Shape(Kind.OBJECT, more=True)


def test_a_schema_that_holds_itself_ends_at_the_depth(monkeypatch):
    node = {"properties": {"next": {"$ref": "#/shapes/Node"}}}
    monkeypatch.setitem(shapes_of("contacts"), "Node", node)
    told, levels = shape({"$ref": "#/shapes/Node"}, 3), 0
    while told.fields:
        told, levels = told.fields["next"], levels + 1
    assert levels == 3


def test_a_real_reply_is_known_to_its_fields():
    contact = reply("contacts.get").fields["contact"]
    assert contact.fields["email"].kind is Kind.TEXT
    assert contact.fields["tags"].kind is Kind.LIST


def test_every_reply_of_the_catalogue_has_a_shape():
    for operation in all_operations():
        for address in operation.views.values():
            assert isinstance(shape_of(operation.product, address.reply), Shape)
