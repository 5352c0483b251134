"""What `/contacts/search` can be filtered and sorted by, over the search index. facts: ghl 6.3."""

from __future__ import annotations

import re
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
    as_flag,
    as_folded,
    as_moment,
    as_number,
    as_text,
    operators,
)
from instep.sandbox.gohighlevel.locations.definitions import CustomField
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.state import Column

_SHORTEST_CONTAINED = 3
_PLAIN = re.compile(r"[\w +.'-]+")  # what "no special characters" leaves; `+` begins a phone


def _term(name: str) -> str:
    return f"json_extract(terms, '$.\"{name}\"')"


def _texts(operators: frozenset[str], *names: str) -> dict[str, Searchable]:
    return {name: Searchable(_term(name), operators, as_folded) for name in names}


FIELDS: dict[str, Searchable] = {
    "id": Searchable("id", frozenset({"eq", "not_eq"}), as_text),
    **_texts(
        TEXT,
        *("contactName", "firstNameLowerCase", "lastNameLowerCase", "phone", "address", "city"),
        *("postalCode", "companyName", "businessName"),
    ),
    "email": Searchable("nullif(email, '')", CHOICE, as_folded),
    **_texts(CHOICE, "state", "country", "source"),
    "assignedTo": Searchable("assigned", CHOICE, as_text),
    "dnd": Searchable("dnd", CHOICE, as_flag),
    "isValidWhatsapp": Searchable(_term("isValidWhatsapp"), CHOICE, as_flag),
    "followers": Searchable(_term("followers"), CHOICE, as_text, many=True),
    "tags": Searchable(_term("tags"), CHOICE, as_folded, many=True),
    "dateAdded": Searchable("added", SPAN, as_moment),
    "dateUpdated": Searchable("updated", SPAN, as_moment),
    "lastEmailClickedDate": Searchable(_term("lastEmailClickedDate"), SPAN, as_moment),
    "lastEmailOpenedDate": Searchable(_term("lastEmailOpenedDate"), SPAN, as_moment),
}

_CUSTOM: dict[str, tuple[frozenset[str], Callable[[Any], Column], bool]] = {
    "NUMERICAL": (CHOICE | SPAN, as_number, False),
    "MONETORY": (CHOICE | SPAN, as_number, False),
    "DATE": (CHOICE | SPAN, as_folded, False),
    "SINGLE_OPTIONS": (CHOICE, as_folded, False),
    "RADIO": (CHOICE, as_folded, False),
    "CHECKBOX": (CHOICE, as_folded, True),
    "MULTIPLE_OPTIONS": (CHOICE, as_folded, True),
    "FILE_UPLOAD": (EXISTENCE, as_folded, False),
}

SORTS = {
    "email": "email",
    "dnd": "dnd",
    "source": f"coalesce({_term('source')}, '')",
    "firstNameLowerCase": f"coalesce({_term('firstNameLowerCase')}, '')",
    "lastNameLowerCase": f"coalesce({_term('lastNameLowerCase')}, '')",
    "dateAdded": "added",
    "dateUpdated": "updated",
}
"""Sort field → SQL expression that is never null."""


def filters_of(custom: Callable[[str], CustomField | None], *, nested: bool) -> Grammar:
    """Return the filters of one location. `custom` finds its custom fields by id or key."""

    def find(name: Any) -> Searchable:
        if isinstance(name, str) and name in FIELDS:
            return FIELDS[name]
        if not isinstance(name, str) or not name.startswith("customFields."):
            raise bad_request(f"Invalid field {name}")
        definition = custom(name.removeprefix("customFields."))
        if definition is None:
            raise bad_request(f"Invalid Filter field type - {name}! Check if custom field exists")
        taken, read, many = _CUSTOM.get(definition["dataType"], (TEXT, as_folded, False))
        return Searchable(_term(definition["id"]), taken, read, many)

    return Grammar(find, 99 if nested else 1, _OPERATORS)


def _equal(field: Searchable, value: Any) -> Condition:
    wanted = field.read(value)
    if field.many:
        among = f"(SELECT value FROM json_each({field.expression}))"  # noqa: S608 - declared expression
        return Condition(f"? IN {among}", (wanted,))
    return Condition(f"{field.expression} = ?", (wanted,))


def _contains(field: Searchable, value: Any) -> Condition:
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        raise TypeError
    if len(value) < _SHORTEST_CONTAINED:
        raise bad_request("Min. 3 characters required for applying contains filter")
    return Condition(f"instr({field.expression}, ?) > 0", (field.read(value),))


_OPERATORS = operators(_equal, _contains)
