"""Looks for conversations: the filters of the query, as conditions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.conversations.inbox import Conversation, Inbox
from instep.sandbox.gohighlevel.refusals import unprocessable
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.shapes import whole_number

Condition = tuple[str, tuple[str | int, ...]]
Found = tuple[Conversation, Contact]

_LARGEST_PAGE = 100  # not in the facts for conversations; what is larger is refused
_USUAL_PAGE = 20

_EQUAL = {
    "id": "id",
    "contactId": "contact",
    "lastMessageType": "kind",
    "lastMessageDirection": "direction",
    "lastMessageAction": "action",
}
_STATUS = {"read": "unread = 0", "unread": "unread > 0", "starred": "starred = 1"}
_UNASSIGNED = "json_extract(body, '$.assignedTo') IS NULL"
_ASSIGNED_TO = "json_extract(body, '$.assignedTo') IN (SELECT value FROM json_each(?))"
_FOLLOWED_BY = (
    "EXISTS (SELECT 1 FROM json_each(contacts.body, '$.followers') AS one "
    "JOIN json_each(?) AS wanted ON wanted.value = one.value)"
)


def find_conversations(
    services: Services, location_id: str, query: Mapping[str, str]
) -> tuple[list[Found], int]:
    """Return a page of conversations with their contacts, and how many there are in all.

    Sorted by the last message, the newest first; `startAfterDate` is where the page before ended.
    Manual messages, scores and due dates are not simulated: sorts by them sort by the last message.
    Raises Refusal if a number is none, or a page too large.
    """
    inbox, book = services.part(Inbox), services.part(AddressBook)
    inbox.complete(location_id)
    wanted = list(_conditions(location_id, query))
    where, values = _joined(wanted)
    total = inbox.conversations.count(where, values)
    ascending = query.get("sort") == "asc"
    where, values = _joined([*wanted, *_after(query, ascending=ascending)])
    order = "last, id" if ascending else "last DESC, id DESC"
    page = inbox.conversations.find(where, values, order, page_size(query))
    marks = ", ".join("?" * len(page))
    ids = [each["contactId"] for each in page]
    contacts = {each["id"]: each for each in book.contacts.find(f"id IN ({marks})", ids)}
    return [(each, contacts[each["contactId"]]) for each in page], total


def page_size(query: Mapping[str, str]) -> int:
    """Return how many records a page holds. Raises Refusal if `limit` is out of bounds."""
    size = _number(query, "limit", _USUAL_PAGE)
    if size < 1:
        raise unprocessable(["limit must not be less than 1"])
    if size > _LARGEST_PAGE:
        raise unprocessable([f"limit must not be greater than {_LARGEST_PAGE}"])
    return size


def _conditions(location_id: str, query: Mapping[str, str]) -> Iterator[Condition]:
    yield "location = ? AND deleted = 0", (location_id,)
    for name, column in _EQUAL.items():
        if query.get(name):
            yield f"{column} = ?", (query[name],)
    if query.get("status") in _STATUS:
        yield _STATUS[query["status"]], ()
    if query.get("startDate"):
        yield "added >= ?", (_number(query, "startDate"),)
    if query.get("endDate"):
        yield "added <= ?", (_number(query, "endDate"),)
    if query.get("mentions"):
        yield "0", ()  # nobody is ever mentioned here
    yield from _of_contacts(location_id, query)


def _of_contacts(location_id: str, query: Mapping[str, str]) -> Iterator[Condition]:
    """Yield what the contact must be like: assignment and followers are the contact's."""
    contacts = "contact IN (SELECT id FROM contacts WHERE location = ? AND "
    if query.get("query"):
        yield f"{contacts}instr(text, ?) > 0)", (location_id, query["query"].lower())
    if query.get("assignedTo") == "unassigned":
        yield f"{contacts}{_UNASSIGNED})", (location_id,)
    elif query.get("assignedTo"):
        yield f"{contacts}{_ASSIGNED_TO})", (location_id, _as_list(query["assignedTo"]))
    if query.get("followers"):
        yield f"{contacts}{_FOLLOWED_BY})", (location_id, _as_list(query["followers"]))


def _after(query: Mapping[str, str], *, ascending: bool) -> Iterator[Condition]:
    if query.get("startAfterDate"):
        yield f"last {'>' if ascending else '<'} ?", (_number(query, "startAfterDate"),)


def _joined(conditions: list[Condition]) -> tuple[str, list[str | int]]:
    where = " AND ".join(text for text, _ in conditions)
    return where, [value for _, values in conditions for value in values]


def _as_list(text: str) -> str:
    """Return comma-separated ids as a JSON array."""
    return json.dumps([each.strip() for each in text.split(",")])


def _number(query: Mapping[str, str], name: str, usual: int = 0) -> int:
    if name not in query:
        return usual
    number = whole_number(query[name])
    if number is None:
        raise unprocessable([f"{name} must be an integer number"])
    return number
