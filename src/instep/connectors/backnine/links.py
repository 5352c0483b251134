"""The prefilled link to an agent's Quote & Apply page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from instep.core.records import Value

_US_DIGITS = 10


def prefilled(page: str | None, npn: str | None, person: Mapping[str, Value]) -> str | None:
    """Return the link that opens Quote & Apply with a person's name, e-mail and phone filled in.

    `page` is the address of the agent's page and `npn` the agent's national producer number; None
    without them, or for somebody of whom nothing is known. Nothing else goes into the link: it
    ends up in mails and messages, so a birthday or a gender would travel with it.
    """
    told = {
        name: value
        for name in ("first_name", "last_name", "email", "phone")
        if isinstance(value := person.get(name), str) and value
    }
    if not page or not npn or not told:
        return None
    if "phone" in told:
        told["phone"] = _as_people_write(told["phone"])
    # `prefill` has no value, and npn comes last: as seen (facts: apps 2, prefill link)
    filled = "".join(f"&{name}={quote(value, safe='')}" for name, value in told.items())
    return f"{page.rstrip('/')}/apply?prefill{filled}&npn={quote(npn, safe='')}"


def _as_people_write(phone: str) -> str:
    """Return a US number as (415) 555-0123, the one form that was seen; others as they are."""
    digits = "".join(letter for letter in phone if letter.isdigit())
    if len(digits) == _US_DIGITS + 1 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) != _US_DIGITS:
        return phone
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
