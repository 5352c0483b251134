"""The filter and sort grammar of `/contacts/search`, turned into SQL over the search index.

Sources of the grammar and of the refusals' words: facts, ghl 6.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.sandbox.gohighlevel.locations.definitions import CustomField
from instep.sandbox.gohighlevel.refusals import Refusal, bad_request
from instep.sandbox.gohighlevel.times import moment
from instep.sandbox.state import Column

_EXISTENCE = frozenset({"exists", "not_exists"})
_CHOICE = _EXISTENCE | {"eq", "not_eq"}
_TEXT = _CHOICE | {"contains", "not_contains"}
_SPAN = _EXISTENCE | {"range"}

_LONGEST = 75
_SHORTEST_CONTAINED = 3
_PLAIN = re.compile(r"[\w +.'-]+")  # what "no special characters" leaves; `+` begins a phone
_COMPARISONS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL and the values of its question marks."""

    sql: str
    values: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Searchable:
    """A field one can filter by: its SQL expression, the operators it takes, and how values read.

    `many` says that it holds a list (tags), any member of which may match.
    """

    expression: str
    operators: frozenset[str]
    read: Callable[[Any], Column]
    many: bool = False


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    if not 0 < len(str(value)) <= _LONGEST:
        raise ValueError
    return str(value).lower()


def _identifier(value: Any) -> str:
    _text(value)
    return str(value)


def _flag(value: Any) -> int:
    if not isinstance(value, bool):
        raise TypeError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _moment(value: Any) -> int:
    read = moment(value)
    if read is None:
        raise ValueError
    return read


def _term(name: str) -> str:
    return f"json_extract(terms, '$.\"{name}\"')"


def _texts(operators: frozenset[str], *names: str) -> dict[str, Searchable]:
    return {name: Searchable(_term(name), operators, _text) for name in names}


FIELDS: dict[str, Searchable] = {
    "id": Searchable("id", frozenset({"eq", "not_eq"}), _identifier),
    **_texts(
        _TEXT,
        *("contactName", "firstNameLowerCase", "lastNameLowerCase", "phone", "address", "city"),
        *("postalCode", "companyName", "businessName"),
    ),
    "email": Searchable("nullif(email, '')", _CHOICE, _text),
    **_texts(_CHOICE, "state", "country", "source"),
    "assignedTo": Searchable("assigned", _CHOICE, _identifier),
    "dnd": Searchable("dnd", _CHOICE, _flag),
    "isValidWhatsapp": Searchable(_term("isValidWhatsapp"), _CHOICE, _flag),
    "followers": Searchable(_term("followers"), _CHOICE, _identifier, many=True),
    "tags": Searchable(_term("tags"), _CHOICE, _text, many=True),
    "dateAdded": Searchable("added", _SPAN, _moment),
    "dateUpdated": Searchable("updated", _SPAN, _moment),
    "lastEmailClickedDate": Searchable(_term("lastEmailClickedDate"), _SPAN, _moment),
    "lastEmailOpenedDate": Searchable(_term("lastEmailOpenedDate"), _SPAN, _moment),
}

_CUSTOM: dict[str, tuple[frozenset[str], Callable[[Any], Column], bool]] = {
    "NUMERICAL": (_CHOICE | _SPAN, _number, False),
    "MONETORY": (_CHOICE | _SPAN, _number, False),
    "DATE": (_CHOICE | _SPAN, _text, False),
    "SINGLE_OPTIONS": (_CHOICE, _text, False),
    "RADIO": (_CHOICE, _text, False),
    "CHECKBOX": (_CHOICE, _text, True),
    "MULTIPLE_OPTIONS": (_CHOICE, _text, True),
    "FILE_UPLOAD": (_EXISTENCE, _text, False),
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


class Filters:
    """Reads filters for one location. `custom` finds its custom fields by id or key."""

    def __init__(self, custom: Callable[[str], CustomField | None], *, nested: bool) -> None:
        self._custom = custom
        self._depth = 99 if nested else 1

    def condition(self, filters: Sequence[Any]) -> Condition:
        """Return what all of these filters demand together. Raises Refusal."""
        return self._all("AND", filters, self._depth)

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
        if not isinstance(name, str) or not name.startswith("customFields."):
            raise bad_request(f"Invalid field {name}")
        definition = self._custom(name.removeprefix("customFields."))
        if definition is None:
            raise bad_request(f"Invalid Filter field type - {name}! Check if custom field exists")
        operators, read, many = _CUSTOM.get(definition["dataType"], (_TEXT, _text, False))
        return Searchable(_term(definition["id"]), operators, read, many)


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


@dataclass(frozen=True, slots=True)
class Order:
    """One level of sorting: an SQL expression and its direction."""

    expression: str
    descending: bool


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
    orders = orders or [Order(SORTS["dateAdded"], descending=True)]
    return [*orders, Order("id", orders[-1].descending)]


def after(orders: Sequence[Order], position: Sequence[Any]) -> Condition:
    """Return the condition that a contact comes after this position. Raises Refusal."""
    if len(position) != len(orders) or not all(map(_plain, position)):
        raise _bad_position()
    steps = []
    values: list[Column] = []
    for level, order in enumerate(orders):
        same = [f"{each.expression} = ?" for each in orders[:level]]
        steps.append(" AND ".join([*same, f"{order.expression} {_beyond(order)} ?"]))
        values += position[: level + 1]
    # says less than the rest, but in a way that an index can use
    start = f"{orders[0].expression} {_beyond(orders[0])}= ?"
    return Condition(f"{start} AND ({' OR '.join(steps)})", (position[0], *values))


def _beyond(order: Order) -> str:
    return "<" if order.descending else ">"


def _plain(value: Any) -> bool:
    is_text = isinstance(value, str)
    return is_text or (isinstance(value, int | float) and abs(value) < 2**63)


def _bad_position() -> Refusal:
    return bad_request("Invalid searchAfter passed")
