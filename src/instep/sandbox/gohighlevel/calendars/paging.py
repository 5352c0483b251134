"""How much of a list is asked for."""

from __future__ import annotations

from instep.sandbox.gohighlevel.operations import Call
from instep.sandbox.gohighlevel.refusals import unprocessable
from instep.sandbox.gohighlevel.shapes import whole_number


def asked(call: Call, name: str, default: int = 0) -> int:
    """Return the whole number the query holds by this name. Raises Refusal if it is none."""
    number = whole_number(call.query.get(name, default))
    if number is None or number < 0:
        raise unprocessable([f"{name} must be a whole number, not less than 0"])
    return number
