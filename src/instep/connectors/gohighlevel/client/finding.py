"""`contacts.find`: one contact by id, e-mail or phone, through whatever answers most surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from instep.connectors.gohighlevel.client.errors import NotFound, WrongArguments
from instep.connectors.gohighlevel.client.filters import F


class Caller(Protocol):
    """Carries out an operation by its id."""

    async def ask(self, identifier: str, /, **arguments: Any) -> Any:
        """Return the body of the reply."""


async def find_contact(caller: Caller, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the contact with this `id`, `email` or `phone`, None if there is none.

    Raises WrongArguments unless exactly one of the three is given.
    """
    known = {"id", "email", "phone", "locationId"}
    unknown = set(arguments) - known
    wanted = {name: arguments[name] for name in ("id", "email", "phone") if name in arguments}
    if unknown or len(wanted) != 1:
        raise WrongArguments("contacts.find() takes one of id, email and phone.")
    [(name, value)] = wanted.items()
    place = {"locationId": arguments["locationId"]} if "locationId" in arguments else {}
    if name == "id":
        return await _by_id(caller, value)
    return await _duplicate(caller, name, value, place) or await _searched(
        caller, name, value, place
    )


async def _by_id(caller: Caller, contact_id: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = (await caller.ask("contacts.get", contactId=contact_id))["contact"]
    except NotFound:
        return None
    return found


async def _duplicate(
    caller: Caller, name: str, value: str, place: Mapping[str, str]
) -> dict[str, Any] | None:
    # facts: ghl 6.4: what it looks by is the location's choice, so its answer is looked at; the
    # form of the answer is not in the specification
    parameter = "email" if name == "email" else "number"
    body = await caller.ask("contacts.find_duplicate", **{parameter: value}, **place)
    return _fitting([body.get("contact")] if isinstance(body, dict) else [], name, value)


async def _searched(
    caller: Caller, name: str, value: str, place: Mapping[str, str]
) -> dict[str, Any] | None:
    condition = (F.email if name == "email" else F.phone) == value
    body = await caller.ask("contacts.search", filters=condition, pageLimit=10, **place)
    return _fitting(body["contacts"], name, value)


def _fitting(found: Sequence[Any], name: str, value: str) -> dict[str, Any] | None:
    for contact in found:
        if isinstance(contact, dict) and _same(contact.get(name), value):
            return contact
    return None


def _same(there: Any, wanted: str) -> bool:
    """Compare without case, and of phone numbers the digits; a local number fits its end."""
    if not isinstance(there, str):
        return False
    if "@" in wanted:
        return there.lower() == wanted.strip().lower()
    mine, theirs = (_digits(text) for text in (wanted, there))
    if wanted.strip().startswith("+"):
        return mine == theirs
    return bool(mine) and theirs.endswith(mine.lstrip("0"))


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())
