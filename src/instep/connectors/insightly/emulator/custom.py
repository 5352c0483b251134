"""Custom fields of the emulator's instance: what is defined, and which values fit (assumed)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from instep.connectors.insightly.emulator.kinds import CONTACT, EVENT, ORGANISATION, TASK, Kind
from instep.sandbox.state import Document

_DAY = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_LONGEST = {"TEXT": 255, "URL": 255, "EMAIL": 255, "PHONE": 255, "MULTILINETEXT": 4_000}

_DEFINED: Mapping[Kind, Sequence[tuple[str, str, tuple[str, ...]]]] = {
    CONTACT: (
        ("Policy number", "TEXT", ()),
        ("Policy type", "DROPDOWN", ("Home", "Life", "Motor", "Travel")),
        ("Cover notes", "MULTILINETEXT", ()),
        ("Annual premium", "CURRENCY", ()),
        ("Household size", "NUMERIC", ()),
        ("Renewal date", "DATE", ()),
        ("Contact by", "DROPDOWN", ("Email", "Phone", "Post")),
        ("Interests", "MULTISELECT", ("Cars", "Property", "Sailing", "Travel")),
        ("Other insurers", "MULTISELECT", ("Acorn", "Beacon", "Compass")),
        ("Second phone", "PHONE", ()),
        ("Adviser", "TEXT", ()),
        ("Smoker", "BIT", ()),
        ("Customer number", "AUTONUMBER", ()),
    ),
    ORGANISATION: (
        ("Licence number", "TEXT", ()),
        ("Industry", "DROPDOWN", ("Broking", "Lending", "Other")),
    ),
    TASK: (("Reference", "TEXT", ()), ("Billable", "BIT", ())),
    EVENT: (("Room", "TEXT", ()),),
}


def definitions(kind: Kind) -> list[Document]:
    """Return the custom fields of one kind of record, in their order (facts: apps insightly.json)."""
    return [_definition(kind, order, *each) for order, each in enumerate(_DEFINED.get(kind, ()), 1)]


def misfit(kind: Kind, rows: Sequence[Any]) -> str | None:
    """Return the sentence that refuses these values, None if they fit."""
    known = {each["FIELD_NAME"]: each for each in definitions(kind)}
    for row in rows:
        name = row.get("FIELD_NAME") if isinstance(row, dict) else None
        if name not in known:
            return f"{name} is not a custom field of the record {kind.name}."
        value = row.get("FIELD_VALUE")
        if not known[name]["EDITABLE"]:
            return f"{name} is read-only."
        if value is not None and not _fits(known[name], value):
            return f"{name} cannot hold {str(value)[:100]!r}."
    return None


def merged(before: Sequence[Document], rows: Sequence[Document]) -> list[Document]:
    """Return a record's values with those that were sent; null and nothing take one away."""
    values = {each["FIELD_NAME"]: each["FIELD_VALUE"] for each in before}
    values |= {each["FIELD_NAME"]: each.get("FIELD_VALUE") for each in rows}
    return [
        {"FIELD_NAME": name, "FIELD_VALUE": value}
        for name, value in values.items()
        if value not in (None, "")
    ]


def _definition(
    kind: Kind, order: int, label: str, field_type: str, options: tuple[str, ...]
) -> Document:
    name = re.sub(r"\W+", "_", label).upper()
    return {
        "FIELD_NAME": f"{name}__c",
        "FIELD_ORDER": order,
        "FIELD_FOR": kind.name.upper(),
        "FIELD_LABEL": label,
        "FIELD_TYPE": field_type,
        "FIELD_HELP_TEXT": None,
        "DEFAULT_VALUE": None,
        "EDITABLE": field_type != "AUTONUMBER",
        "VISIBLE": True,
        "CUSTOM_FIELD_OPTIONS": [
            {"OPTION_ID": number, "OPTION_VALUE": word, "OPTION_DEFAULT": False}
            for number, word in enumerate(options, 1)
        ],
        "DEPENDENCY": None,
        "JOIN_OBJECT": None,
    }


def _fits(definition: Document, value: Any) -> bool:
    options = {each["OPTION_VALUE"] for each in definition["CUSTOM_FIELD_OPTIONS"]}
    match definition["FIELD_TYPE"]:
        case "DROPDOWN":
            return value in options
        case "MULTISELECT":
            return isinstance(value, str) and set(value.split(";")) <= options
        case "NUMERIC" | "CURRENCY":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "BIT":
            return isinstance(value, bool)
        case "DATE":
            return isinstance(value, str) and _DAY.fullmatch(value) is not None
        case kind:
            return isinstance(value, str) and len(value) <= _LONGEST[kind]
