"""The rules of a sync in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from instep.core.filters import Operator
from instep.core.mapping_rows import Row, reaches
from instep.core.pairs import SIDES
from instep.core.rules import Deletes, Leaving, Rules

_LEAVING = {
    Leaving.STOP: "A linked record that leaves the filter stays as it is, and so does its partner.",
    Leaving.KEEP: "A linked record that leaves the filter is still kept equal.",
    Leaving.TAG: (
        "A linked record that leaves the filter stays as it is; its partner gets the tag "
        "'left the filter'."
    ),
}

_DELETES = {
    Deletes.IGNORE: "stays as it is",
    Deletes.TAG: "gets a tag that says so",
    Deletes.ARCHIVE: "is archived",
    Deletes.DELETE: "is deleted",
}


def tell(
    canonical: str, rows: Sequence[Row], rules: Rules, names: tuple[str, str]
) -> tuple[str, ...]:
    """Say what a sync keeps equal, between which connections, and by which rules."""
    return tuple(_sentences(canonical, rows, rules, names))


def _sentences(
    canonical: str, rows: Sequence[Row], rules: Rules, names: tuple[str, str]
) -> Iterator[str]:
    a, b = names
    to_a, to_b = reaches(rows, "a"), reaches(rows, "b")
    if to_a and to_b:
        yield f"It keeps each {canonical} equal in {a} (side A) and {b} (side B)."
    else:
        source, target = (b, a) if to_a else (a, b)
        yield f"It carries each {canonical} from {source} to {target}; {source} is never written."
    filtered = [side for side in SIDES if rules.side(side).filter is not None]
    for side in filtered:
        told = filter_words(rules.side(side).filter or {})
        yield f"Of {names[SIDES.index(side)]} it takes only records whose {told}."
    if filtered:
        yield _LEAVING[rules.leaving]
    for side, name, other in zip(SIDES, names, (b, a), strict=True):
        if reaches(rows, side):
            what = _DELETES[rules.side(side).deletes]
            yield f"A record of {name} whose partner is gone from {other} {what}."
    for side, name in zip(SIDES, names, strict=True):
        for field, text in rules.side(side).defaults.items():
            yield f"A record created in {name} gets {field} {text!r} if it is empty."


def filter_words(stored: Mapping[str, Any]) -> str:
    """Return a stored filter in plain words; it need not fit the fields there are now."""
    word, rows = next(iter(stored.items()))
    joined = " and " if word == "all" else " or "
    return joined.join(
        f"({filter_words(row)})" if "field" not in row else _condition(row) for row in rows
    )


def _condition(row: Mapping[str, Any]) -> str:
    if row.get("words"):
        return str(row["words"])
    operator, value = Operator(row["operator"]), row["value"]
    if operator is Operator.EXISTS:
        return f"{row['field']} is {'filled' if value else 'empty'}"
    values = value if isinstance(value, list) else [value]
    joined = " or " if operator is Operator.IN else " and "
    return f"{row['field']} {_VERBS[operator]} {joined.join(map(_shown, values))}"


_VERBS = {
    Operator.EQ: "is",
    Operator.NOT: "is not",
    Operator.CONTAINS: "contains",
    Operator.IN: "is",
}


def _shown(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
