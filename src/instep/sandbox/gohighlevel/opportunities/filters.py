"""The filter and sort grammar of `POST /opportunities/search`, turned into SQL.

Not in the facts: the grammar is that of the help page the spec links to; the refusals are worded
as those of the contacts' search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.sandbox.gohighlevel.contacts.filters import Condition, Order
from instep.sandbox.gohighlevel.locations.custom_fields import CustomField
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.times import moment
from instep.sandbox.state import Column

_EXISTENCE = frozenset({"exists", "not_exists"})
_CHOICE = _EXISTENCE | {"eq", "not_eq"}
_TEXT = _CHOICE | {"contains", "not_contains"}
_SPAN = _EXISTENCE | {"range"}
_COMPARISONS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
_LONGEST = 75
_MOST = 500  # not in the facts: how many values may be named
_DEEPEST = 3  # the help page shows groups in a group


@dataclass(frozen=True, slots=True)
class Searchable:
    """A field one can filter by: SQL, the operators it takes, how values read, whether a list."""

    expression: str
    operators: frozenset[str]
    read: Callable[[Any], Column]
    many: bool = False


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    if not 0 < len(str(value)) <= _LONGEST:
        raise ValueError
    return str(value)


def _folded(value: Any) -> str:
    return _text(value).lower()


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _moment(value: Any) -> int:
    read = moment(value)
    if read is None:
        raise ValueError
    return read


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
    "id": Searchable("id", frozenset({"eq", "not_eq"}), _text),
    "name": Searchable("name", _TEXT, _folded),
    "monetary_value": Searchable("value", _CHOICE | _SPAN, _number),
    **{
        name: Searchable(column, _CHOICE, _text)
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
        "nullif(json_extract(opportunities.body, '$.followers'), '[]')", _TEXT, _text, many=True
    ),
    "contact_name": Searchable(_of_contact(_CONTACT_NAME), _TEXT, _folded),
    "company_name": Searchable(_of_contact(_COMPANY), _TEXT, _folded),
    "email": Searchable(_of_contact("nullif(contacts.email, '')"), _TEXT, _folded),
    "phone": Searchable(_of_contact("nullif(contacts.phone, '')"), _TEXT, _folded),
    "date_added": Searchable("added", _SPAN, _moment),
    "date_updated": Searchable("updated", _SPAN, _moment),
    "last_status_change_date": Searchable("status_changed", _SPAN, _moment),
    "last_stage_change_date": Searchable("stage_changed", _SPAN, _moment),
}

SORTS = {
    "date_added": "added",
    "date_updated": "updated",
    "name": "name",
    "monetary_value": "value",
    "last_status_change_date": "status_changed",
    "last_stage_change_date": "stage_changed",
}

_NUMBER = (_CHOICE | _SPAN, _number, False)
_LIST = (_CHOICE, _text, True)
_CUSTOM: dict[str, tuple[frozenset[str], Callable[[Any], Column], bool]] = {
    "NUMERICAL": _NUMBER,
    "MONETORY": _NUMBER,
    "FLOAT": _NUMBER,
    "CHECKBOX": _LIST,
    "MULTIPLE_OPTIONS": _LIST,
    "DATE": (_SPAN, _text, False),
    "FILE_UPLOAD": (_EXISTENCE, _text, False),
}


class Filters:
    """Reads filters for one location. `custom` finds its custom fields by id or key."""

    def __init__(self, custom: Callable[[str], CustomField | None]) -> None:
        self._custom = custom

    def condition(self, filters: Sequence[Any]) -> Condition:
        """Return what all of these filters demand together. Raises Refusal."""
        return self._all("AND", filters, _DEEPEST)

    def _all(self, word: str, filters: Sequence[Any], depth: int) -> Condition:
        conditions = [self._one(each, depth) for each in filters]
        if not conditions:
            return Condition("1")
        sql = f" {word} ".join(f"({each.sql})" for each in conditions)
        return Condition(sql, tuple(value for each in conditions for value in each.values))

    def _one(self, filter_: Any, depth: int) -> Condition:
        if not isinstance(filter_, Mapping):
            raise bad_request("Invalid filters passed")
        if "group" not in filter_:
            return self._leaf(filter_)
        word, inner = filter_["group"], filter_.get("filters")
        if word not in {"AND", "OR"} or not isinstance(inner, list) or depth == 0:
            raise bad_request("Invalid filter group passed")
        return self._all(word, inner, depth - 1)

    def _leaf(self, filter_: Mapping[str, Any]) -> Condition:
        name, operator = filter_.get("field"), filter_.get("operator")
        field = self._field(name)
        if operator not in field.operators:
            raise bad_request(f"Invalid Operator ({operator}) passed for field {name}")
        try:
            return _OPERATORS[operator](field, filter_.get("value"))
        except (TypeError, ValueError, OverflowError):
            message = f"Invalid value for '{operator}' operator for '{name}' field"
            raise bad_request(message) from None

    def _field(self, name: Any) -> Searchable:
        if isinstance(name, str) and name in FIELDS:
            return FIELDS[name]
        key = name.removeprefix("custom_fields.") if isinstance(name, str) else ""
        definition = self._custom(key) if key and key != name else None
        if definition is None:
            raise bad_request(f"Invalid field {name}")
        operators, read, many = _CUSTOM.get(definition["dataType"], (_TEXT, _folded, False))
        value = _custom_value(definition["id"])
        return Searchable(f"lower({value})" if read is _folded else value, operators, read, many)


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


def _exists(field: Searchable, _value: Any) -> Condition:
    return Condition(f"{field.expression} IS NOT NULL")


def _range(field: Searchable, value: Any) -> Condition:
    if not isinstance(value, Mapping) or not value or not set(value) <= set(_COMPARISONS):
        raise TypeError
    spans = [f"{field.expression} {_COMPARISONS[bound]} ?" for bound in value]
    return Condition(" AND ".join(spans), tuple(map(field.read, value.values())))


def _negated(operator: Callable[[Searchable, Any], Condition]) -> Callable[..., Condition]:
    """Return the opposite; a field that is empty meets it."""

    def negation(field: Searchable, value: Any) -> Condition:
        condition = operator(field, value)
        return Condition(f"NOT coalesce({condition.sql}, 0)", condition.values)

    return negation


_OPERATORS: dict[str, Callable[[Searchable, Any], Condition]] = {
    "eq": _equal,
    "not_eq": _negated(_equal),
    "contains": _contains,
    "not_contains": _negated(_contains),
    "exists": _exists,
    "not_exists": _negated(_exists),
    "range": _range,
}


def read_sort(sort: Sequence[Any]) -> list[Order]:
    """Return the levels of sorting, the id last so that the order is total. Raises Refusal."""
    orders = []
    for each in sort:
        field = each.get("field") if isinstance(each, Mapping) else None
        direction = each.get("direction", "asc") if isinstance(each, Mapping) else None
        if not isinstance(field, str) or field not in SORTS:
            raise bad_request(f"Invalid field {field}")
        if direction not in {"asc", "desc"}:
            raise bad_request(f"Invalid sort direction passed for field {field}")
        orders.append(Order(SORTS[field], direction == "desc"))
    orders = orders or [Order("added", descending=True)]
    return [*orders, Order("id", orders[-1].descending)]
