"""Words that an app can only take as one list are written as one; other apps get the difference."""

from __future__ import annotations

import pytest

from instep.core.mapping import default_mapping
from instep.core.merge import FieldChange, Merge, Reason
from instep.core.plan import Item, Kind, intents
from instep.core.records import Field, FieldType

DIFFERENCE = Field("tags", "tags", FieldType.WORDS)
WHOLE = Field("tags", "labels", FieldType.WORDS, whole=True)


@pytest.mark.parametrize(
    ("field", "set_", "added", "removed"),
    [
        (WHOLE, {"tags": ("new", "old")}, {}, {}),
        (DIFFERENCE, {}, {"tags": ("new",)}, {"tags": ("gone",)}),
    ],
)
def test_the_field_says_how_its_words_travel(field, set_, added, removed):
    mapping = default_mapping([DIFFERENCE], [field])
    before, after = ("gone", "old"), ("new", "old")
    change = FieldChange("tags", "b", before, after, before, Reason.WORDS)

    [intent] = intents(Item(Kind.UPDATE, "Ann", "1", "2", Merge((change,))), mapping)

    assert (intent.write.set, intent.write.add, intent.write.remove) == (set_, added, removed)
