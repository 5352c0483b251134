"""The schema for editors says what the reader goes by, and the page names all of it."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given

from instep.core.flow import form
from instep.core.flow.schema import flow_schema
from tests.core.flow.documents import everything
from tests.core.flow.random_flows import flows
from tools.flow_schema import PAGE, described

PAGES = Path(__file__).parents[3] / "docs" / "reference"


def accepts(schema, value):
    """Whether a value meets a schema, of the words this schema uses."""
    match schema:
        case {"$ref": name}:
            held = accepts(flow_schema()["$defs"][name.rpartition("/")[2]], value)
        case {"oneOf": several}:
            held = sum(accepts(each, value) for each in several) == 1
        case {"const": wanted}:
            held = value == wanted
        case {"enum": allowed}:
            held = value in allowed
        case {"type": "object"}:
            held = isinstance(value, dict) and accepts_object(schema, value)
        case {"type": "array", "items": items, "maxItems": most}:
            sized = schema.get("minItems", 0) <= len(value) <= most
            held = sized and all(accepts(items, each) for each in value)
        case {"type": "integer", "minimum": lowest, "maximum": highest}:
            held = lowest <= value <= highest
        case {"type": "string"}:
            most = schema.get("maxLength", len(value))
            held = bool(re.search(schema.get("pattern", ""), value)) and len(value) <= most
    return held


def accepts_object(schema, value):
    properties = schema.get("properties", {})
    if not set(schema.get("required", ())) <= value.keys():
        return False
    if schema.get("additionalProperties") is False and not value.keys() <= properties.keys():
        return False
    return all(
        accepts(properties[name], each) for name, each in value.items() if name in properties
    )


def test_the_file_is_the_one_that_is_generated():
    assert PAGE.read_text() == described()


def test_a_flow_with_a_step_of_every_kind_meets_the_schema():
    assert accepts(flow_schema(), everything())


def test_the_schema_refuses_what_the_reader_refuses():
    raw = everything()
    raw["steps"][1]["operatoin"] = "x"
    assert not accepts(flow_schema(), raw)
    raw = everything()
    raw["steps"][5]["seconds"] = 0
    assert not accepts(flow_schema(), raw)


@given(flows)
def test_every_flow_that_is_read_meets_the_schema(flow):
    assert accepts(flow_schema(), dict(flow.document))


def test_the_page_names_every_entry_of_every_form():
    page = (PAGES / "flow.md").read_text()
    forms = [form.FLOW, form.OWN, form.ON_ERROR, form.WAY]
    forms += [*form.TRIGGERS.values(), *form.STEPS.values()]
    names = {each.name for entries in forms for each in entries}
    names |= {choice for entries in forms for each in entries for choice in each.choices}
    assert {name for name in names if f"`{name}`" not in page} == set()
    assert set(re.findall(r"^### `(\w+)`", page, re.MULTILINE)) == {*form.TRIGGERS, *form.STEPS}
