"""Fields that an account made itself: mapped by a person only, their choices written whole."""

from __future__ import annotations

from instep.core.mapping import build, default_mapping
from instep.core.plan import Kind, Known, intents, plan_new, plan_pair
from instep.core.records import Field, FieldType, Write

A = (
    Field("email", "email", FieldType.EMAIL),
    Field("tags", "tags", FieldType.WORDS),
    Field("custom.Interests", "f1", FieldType.WORDS, custom=True),
)
B = (
    Field("email", "EMAIL", FieldType.EMAIL),
    Field("tags", "TAGS", FieldType.WORDS),
    Field("custom.Interests", "INTERESTS__c", FieldType.WORDS, custom=True),
)
ROWS = [{"a": "tags"}, {"a": "custom.Interests"}]
MAPPING = build(ROWS, A, B, ("A", "B"))
OLD = {"tags": ("x",), "custom.Interests": ("cars", "sailing")}


def test_no_custom_field_is_mapped_by_default():
    assert [pair.key for pair in default_mapping(A, B).pairs] == ["email", "tags"]


def test_choices_are_written_whole_and_tags_by_difference():
    now = {"tags": ("x", "y"), "custom.Interests": ("cars", "travel")}
    item = plan_pair(MAPPING, "Ann", Known("1", now, OLD), Known("2", OLD, OLD))
    (intent,) = intents(item, MAPPING)

    assert intent.write == Write({"custom.Interests": ("cars", "travel")}, add={"tags": ("y",)})
    assert intent.basis["custom.Interests"] == ("cars", "sailing")


def test_the_last_choice_taken_away_leaves_none():
    mapping = build([{**ROWS[1], "clears": True}], A, B, ("A", "B"))
    before = {"custom.Interests": ("cars",)}
    now = {"custom.Interests": None}
    item = plan_pair(mapping, "Ann", Known("1", now, before), Known("2", before, before))
    (intent,) = intents(item, mapping)

    assert not intent.write.set["custom.Interests"]
    assert not {**intent.write.add, **intent.write.remove}


def test_a_new_record_gets_its_choices_with_everything_else():
    item = plan_new(MAPPING, "Ann", "a", Known("1", OLD))
    (intent,) = intents(item, MAPPING)

    assert item.kind is Kind.CREATE
    assert intent.write.set == OLD
