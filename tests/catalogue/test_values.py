"""What a person types becomes the value that is asked for, and files may stand where text does."""

from __future__ import annotations

from pathlib import Path

import pytest

from instep.catalogue.values import check, from_text
from instep.core.errors import UserError

TEXTS = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "007", "007"),
        ({"type": "string"}, "null", "null"),
        ({"type": "number"}, "7", 7),
        ({"type": "number"}, "7.5", 7.5),
        ({"type": "number"}, "nan", "nan"),
        ({"type": "number"}, "null", None),
        ({"type": "boolean"}, "True", True),
        ({"type": "boolean"}, "maybe", "maybe"),
        (TEXTS, "vip, new", ["vip", "new"]),
        (TEXTS, '["vip, new"]', ["vip, new"]),
        ({"type": "array", "items": {"type": "number"}}, "1,2", [1, 2]),
        ({"type": "object"}, '{"a": 1}', {"a": 1}),
        ({}, "plain", "plain"),
        ({}, "[1]", [1]),
    ],
)
def test_a_typed_text_becomes_its_value(schema, text, value):
    assert from_text("contacts", schema, text, "x") == value


@pytest.mark.parametrize("schema", [{"type": "object"}, {"type": "array"}])
def test_broken_json_is_named(schema):
    with pytest.raises(UserError, match="x takes JSON"):
        from_text("contacts", schema, "[{", "x")


def test_a_file_may_stand_where_text_does():
    check("medias", {"type": "string", "format": "binary"}, Path("a.png"), "file", in_text=False)
    with pytest.raises(UserError, match="takes a number"):
        check("medias", {"type": "number"}, Path("a.png"), "size", in_text=False)


def test_one_of_several_shapes_is_left_to_the_app():
    check("contacts", {"oneOf": [{"type": "string"}, {"type": "number"}]}, {}, "x", in_text=False)


@pytest.mark.parametrize("value", ["true", True])
def test_truth_may_be_text_where_all_is_text(value):
    check("contacts", {"type": "boolean"}, value, "x", in_text=True)
