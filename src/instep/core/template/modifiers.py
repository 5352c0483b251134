"""Every modifier there is, by name."""

from __future__ import annotations

from collections.abc import Mapping

from instep.core.template.modifier import Modifier
from instep.core.template.number_modifiers import NUMBER_MODIFIERS
from instep.core.template.text_modifiers import TEXT_MODIFIERS
from instep.core.template.time_modifiers import TIME_MODIFIERS
from instep.core.template.value_modifiers import VALUE_MODIFIERS

GROUPS: Mapping[str, tuple[Modifier, ...]] = {
    "Any value": VALUE_MODIFIERS,
    "Text": TEXT_MODIFIERS,
    "Numbers": NUMBER_MODIFIERS,
    "Dates and moments": TIME_MODIFIERS,
}
"""Modifiers as people look for them, in the order of the reference page."""

MODIFIERS: Mapping[str, Modifier] = {each.name: each for group in GROUPS.values() for each in group}
