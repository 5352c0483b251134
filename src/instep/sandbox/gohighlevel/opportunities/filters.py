"""What `POST /opportunities/search` can be filtered and sorted by.

Not in the facts: the fields are those of the help page the spec links to; the refusals are worded
as those of the contacts' search.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instep.sandbox.gohighlevel.grammar import (
    CHOICE,
    EXISTENCE,
    SPAN,
    TEXT,
    Condition,
    Grammar,
    Searchable,
    as_folded,
    as_moment,
    as_number,
    as_text,
    operators,
)
from instep.sandbox.gohighlevel.locations.custom_fields import CustomField
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.state import Column

_MOST = 500  # not in the facts: how many values may be named
_DEEPEST = 3  # the help page shows groups in a group


def _of_contact(expression: str) -> str:
    return f"(SELECT {expression} FROM contacts WHERE contacts.id = opportunities.contact)"  # noqa: S608 - declared expressions


def _custom_value(field_id: str) -> str:
    return (
        "(SELECT json_extract(value, '$.value') FROM json_each(opportunities.body, "  # noqa: S608 - our own id
        f"'$.customFields') WHERE json_extract(value, '$.id') = '{field_id}')"
    )


_CONTACT_NAME = (
    "nullif(lower(trim(coalesce(json_extract(contacts.body, '$.firstName'), '') || ' ' || "
    "coalesce(json_extract(contacts.body, '$.lastName'), ''))), '')"
)
_COMPANY = "lower(json_extract(contacts.body, '$.companyName'))"

FIELDS: dict[str, Searchable] = {
    "id": Searchable("id", frozenset({"eq", "not_eq"}), as_text),
    "name": Searchable("name", TEXT, as_folded),
    "monetary_value": Searchable("value", CHOICE | SPAN, as_number),
    **{
        name: Searchable(column, CHOICE, as_text)
        for name, column in (
            ("pipeline_id", "pipeline"),
            ("pipeline_stage_id", "stage"),
            ("status", "status"),
            ("lost_reason_id", "reason"),
            ("source", "source"),
            ("assigned_to", "assigned"),
            ("contact_id", "contact"),
        )
    },
    "followers": Searchable(
        "nullif(json_extract(opportunities.body, '$.followers'), '[]')", TEXT, as_text, many=True
    ),
    "contact_name": Searchable(_of_contact(_CONTACT_NAME), TEXT, as_folded),
    "company_name": Searchable(_of_contact(_COMPANY), TEXT, as_folded),
    "email": Searchable(_of_contact("nullif(contacts.email, '')"), TEXT, as_folded),
    "phone": Searchable(_of_contact("nullif(contacts.phone, '')"), TEXT, as_folded),
    "date_added": Searchable("added", SPAN, as_moment),
    "date_updated": Searchable("updated", SPAN, as_moment),
    "last_status_change_date": Searchable("status_changed", SPAN, as_moment),
    "last_stage_change_date": Searchable("stage_changed", SPAN, as_moment),
}

SORTS = {
    "date_added": "added",
    "date_updated": "updated",
    "name": "name",
    "monetary_value": "value",
    "last_status_change_date": "status_changed",
    "last_stage_change_date": "stage_changed",
}

_NUMBER = (CHOICE | SPAN, as_number, False)
_LIST = (CHOICE, as_text, True)
_CUSTOM: dict[str, tuple[frozenset[str], Callable[[Any], Column], bool]] = {
    "NUMERICAL": _NUMBER,
    "MONETORY": _NUMBER,
    "FLOAT": _NUMBER,
    "CHECKBOX": _LIST,
    "MULTIPLE_OPTIONS": _LIST,
    "DATE": (SPAN, as_text, False),
    "FILE_UPLOAD": (EXISTENCE, as_text, False),
}


def filters_of(custom: Callable[[str], CustomField | None]) -> Grammar:
    """Return the filters of one location. `custom` finds its custom fields by id or key."""

    def find(name: Any) -> Searchable:
        if isinstance(name, str) and name in FIELDS:
            return FIELDS[name]
        key = name.removeprefix("custom_fields.") if isinstance(name, str) else ""
        definition = custom(key) if key and key != name else None
        if definition is None:
            raise bad_request(f"Invalid field {name}")
        taken, read, many = _CUSTOM.get(definition["dataType"], (TEXT, as_folded, False))
        value = _custom_value(definition["id"])
        return Searchable(f"lower({value})" if read is as_folded else value, taken, read, many)

    return Grammar(find, _DEEPEST, _OPERATORS)


def _equal(field: Searchable, value: Any) -> Condition:
    # seen: a list of one for a choice
    wanted = [field.read(each) for each in (value if isinstance(value, list) else [value])]
    if not 0 < len(wanted) <= _MOST:
        raise ValueError
    marks = ", ".join("?" * len(wanted))
    if field.many:
        among = f"SELECT 1 FROM json_each({field.expression}) WHERE value IN ({marks})"  # noqa: S608 - declared expression
        return Condition(f"EXISTS ({among})", tuple(wanted))
    return Condition(f"{field.expression} IN ({marks})", tuple(wanted))


def _contains(field: Searchable, value: Any) -> Condition:
    if field.many:
        return _equal(field, value)
    return Condition(f"instr({field.expression}, ?) > 0", (field.read(value),))


_OPERATORS = operators(_equal, _contains)
