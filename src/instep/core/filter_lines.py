"""A filter as people type it: lines of FIELD OPERATOR VALUE that all have to hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from instep.core.errors import UserError
from instep.core.filters import Operator

BUSINESS = "business"
"""Not a field: the name of the business a record belongs to, which is resolved to its id."""

_YES = {"": True, "true": True, "yes": True, "false": False, "no": False}


def read_lines(lines: Sequence[str], names: Collection[str]) -> dict[str, Any]:
    """Read such lines into the form `core.filters.build_filter` takes.

    `names` are the fields there are: their names may hold blanks and words that are operators
    elsewhere ("custom.Year in school in 3,4"). Values after `in` stand between commas. Raises
    UserError for a line without an operator; what is wrong otherwise is `build_filter`'s to say.
    """
    return {"all": [_row(line, {*names, BUSINESS}) for line in lines]}


def _row(line: str, names: Collection[str]) -> dict[str, Any]:
    splits = [
        (line[: found.start()].strip(), Operator(found[0].lower()), line[found.end() :].strip())
        for found in _OPERATOR.finditer(line)
    ]
    splits = [each for each in splits if each[0]]
    if not splits:
        raise UserError(
            f"The filter {line!r} is no condition; say FIELD OPERATOR VALUE, such as "
            f"'tags contains vip'. Operators: {', '.join(Operator)}."
        )
    # the longest field there is; if none is, the first word that may be an operator
    known = [each for each in splits if each[0] in names]
    name, operator, text = max(known, key=lambda each: len(each[0])) if known else splits[0]
    return {"field": name, "operator": operator.value, "value": _value(operator, text)}


_OPERATOR = re.compile(rf"(?<=\s)(?:{'|'.join(Operator)})(?=\s|$)", re.IGNORECASE)


def _value(operator: Operator, text: str) -> Any:
    if operator is Operator.IN:
        return [each.strip() for each in text.split(",") if each.strip()]
    if operator is Operator.EXISTS:
        return _YES.get(text.lower(), text)
    return text
