"""Filters and sorting of the searches by POST, turned into SQL. Which fields there are is each search's.

The grammar and the refusals' words: facts, ghl 6.3.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.sandbox.gohighlevel.refusals import Refusal, bad_request
from instep.sandbox.gohighlevel.times import moment
from instep.sandbox.state import Column, State

EXISTENCE = frozenset({"exists", "not_exists"})
CHOICE = EXISTENCE | {"eq", "not_eq"}
TEXT = CHOICE | {"contains", "not_contains"}
SPAN = EXISTENCE | {"range"}
"""The operators that a field of some kind takes."""

_LONGEST = 75
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


@dataclass(frozen=True, slots=True)
class Order:
    """One level of sorting: an SQL expression that is never null, and its direction."""

    expression: str
    descending: bool


Operator = Callable[[Searchable, Any], Condition]


class Grammar:
    """Reads the filters of one search.

    `find` returns a field by its name, or raises Refusal. `depth` is how many groups may lie in
    one another.
    """

    def __init__(
        self, find: Callable[[Any], Searchable], depth: int, operators: Mapping[str, Operator]
    ) -> None:
        self._find = find
        self._depth = depth
        self._operators = operators

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
        field = self._find(name)
        if operator not in field.operators:
            raise bad_request(f"Invalid Operator ({operator}) passed for field {name}")
        try:
            return self._operators[operator](field, filter_.get("value"))
        except (TypeError, ValueError, OverflowError):
            message = f"Invalid value for '{operator}' operator for '{name}' field"
            raise bad_request(message) from None


def operators(equal: Operator, contains: Operator) -> dict[str, Operator]:
    """Return every operator; searches differ in how they compare and what may be contained."""
    return {
        "eq": equal,
        "not_eq": _negated(equal),
        "contains": contains,
        "not_contains": _negated(contains),
        "exists": _exists,
        "not_exists": _negated(_exists),
        "range": _range,
    }


def _exists(field: Searchable, _value: Any) -> Condition:
    return Condition(f"{field.expression} IS NOT NULL")


def _range(field: Searchable, value: Any) -> Condition:
    if not isinstance(value, Mapping) or not value or not set(value) <= set(_COMPARISONS):
        raise TypeError
    spans = [f"{field.expression} {_COMPARISONS[bound]} ?" for bound in value]
    return Condition(" AND ".join(spans), tuple(map(field.read, value.values())))


def _negated(operator: Operator) -> Operator:
    """Return the opposite; a field that is empty meets it."""

    def negation(field: Searchable, value: Any) -> Condition:
        condition = operator(field, value)
        return Condition(f"NOT coalesce({condition.sql}, 0)", condition.values)

    return negation


# How values read. Each raises TypeError or ValueError for what it cannot take.


def as_text(value: Any) -> str:
    """Return a text as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    if not 0 < len(str(value)) <= _LONGEST:
        raise ValueError
    return str(value)


def as_folded(value: Any) -> str:
    """Return a text in lower case."""
    return as_text(value).lower()


def as_number(value: Any) -> float:
    """Return a number."""
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def as_flag(value: Any) -> int:
    """Return true and false as 1 and 0."""
    if not isinstance(value, bool):
        raise TypeError
    return int(value)


def as_moment(value: Any) -> int:
    """Return a time in milliseconds."""
    read = moment(value)
    if read is None:
        raise ValueError
    return read


# Sorting


def read_sort(sort: Sequence[Any], sorts: Mapping[str, str], usual: str) -> list[Order]:
    """Return the levels of sorting, the id last so that the order is total. Raises Refusal.

    `sorts` holds each field's SQL expression; without a sort the newest come first, by `usual`.
    """
    orders = []
    for each in sort:
        field = each.get("field") if isinstance(each, Mapping) else None
        direction = each.get("direction", "asc") if isinstance(each, Mapping) else None
        if not isinstance(field, str) or field not in sorts:
            raise bad_request(f"Invalid field {field}")
        if direction not in {"asc", "desc"}:
            raise bad_request(f"Invalid sort direction passed for field {field}")
        orders.append(Order(sorts[field], direction == "desc"))
    orders = orders or [Order(usual, descending=True)]
    return [*orders, Order("id", orders[-1].descending)]


def after(orders: Sequence[Order], position: Sequence[Any]) -> Condition:
    """Return the condition that a record comes after this position. Raises Refusal."""
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


def both(one: Condition, other: Condition) -> Condition:
    """Return the condition that both hold."""
    return Condition(f"({one.sql}) AND ({other.sql})", (*one.values, *other.values))


# Pages

# facts: ghl 6.3
LARGEST_PAGE = 500
_REACH_OF_PAGES = 10_000


def skipped(before: int, limit: int) -> int:
    """Return how many records come before a page: `before` pages of `limit`. Raises Refusal."""
    if (before + 1) * limit > _REACH_OF_PAGES:
        # the limit is documented, the words are not
        raise bad_request(
            f"Only {_REACH_OF_PAGES} records can be reached by page. Use searchAfter beyond that."
        )
    return before * limit


def page_of(
    state: State, table: str, wanted: Condition, orders: Sequence[Order], limit: int, skip: int
) -> list[tuple[dict[str, Any], list[Any]]]:
    """Return the records of one page, each with its position in the order."""
    keys = ", ".join(order.expression for order in orders)
    order_by = ", ".join(
        f"{order.expression} {'DESC' if order.descending else 'ASC'}" for order in orders
    )
    rows = state.execute(
        f"SELECT body, {keys} FROM {table} WHERE {wanted.sql} "  # noqa: S608 - values are parameters
        f"ORDER BY {order_by} LIMIT ? OFFSET ?",
        (*wanted.values, limit, skip),
    )
    return [(json.loads(body), key) for body, *key in rows.fetchall()]


def _beyond(order: Order) -> str:
    return "<" if order.descending else ">"


def _plain(value: Any) -> bool:
    is_text = isinstance(value, str)
    return is_text or (isinstance(value, int | float) and abs(value) < 2**63)


def _bad_position() -> Refusal:
    return bad_request("Invalid searchAfter passed")
