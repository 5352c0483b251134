"""A location's messages, page by page, whatever conversation they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from instep.sandbox.gohighlevel.conversations.kinds import CALLS, EMAIL, KINDS
from instep.sandbox.gohighlevel.conversations.messages import Messages
from instep.sandbox.gohighlevel.conversations.views import shown_message
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import unprocessable
from instep.sandbox.gohighlevel.times import moment
from instep.sandbox.state import Column

Condition = tuple[str, tuple[Column, ...]]

_USUAL_PAGE = 100
_CHANNELS = {
    "Call": tuple(sorted(CALLS)),
    "SMS": (KINDS["SMS"].type, KINDS["Custom"].type),
    "Email": (EMAIL,),
    "WhatsApp": (KINDS["WhatsApp"].type,),
    "Instagram": (KINDS["IG"].type,),
    "Facebook": (KINDS["FB"].type,),
}
_EQUAL = {"conversationId": "conversation = ?", "contactId": "contact = ?"}
_BOUNDS = {"startDate": "added >= ?", "endDate": "added <= ?"}


def export(call: Call) -> JsonObject:
    """Return a page of the location's messages; e-mails only where they are asked for."""
    query, messages = call.query, call.part(Messages)
    ascending = query.get("sortOrder") == "asc"
    size = int(float(query.get("limit", _USUAL_PAGE)))
    where, values = _joined(_conditions(query))
    total = messages.kept.count(where, values)
    rest, more_values = _joined(_after(messages, query.get("cursor"), ascending=ascending))
    # not in the facts: when a message counts as updated; both orders are that of its coming
    order = "added, id" if ascending else "added DESC, id DESC"
    found = messages.kept.find(f"{where} AND {rest}", [*values, *more_values], order, size + 1)
    page = found[:size]
    answer = {"messages": [shown_message(each, call.now) for each in page], "total": total}
    # not in the facts: the form of a cursor. The published page has null on the last page, its
    # schema only a text, which need not be there
    return answer | ({"nextCursor": page[-1]["id"]} if len(found) > size else {})


def _conditions(query: Mapping[str, str]) -> Iterator[Condition]:
    yield "location = ?", (query["locationId"],)
    for name, condition in _EQUAL.items():
        if query.get(name):
            yield condition, (query[name],)
    for name, condition in _BOUNDS.items():
        if query.get(name):
            yield condition, (_moment(query, name),)
    kinds = _CHANNELS.get(query.get("channel", ""))
    if kinds:
        yield f"kind IN ({', '.join('?' * len(kinds))})", kinds
    else:
        yield "kind != ?", (EMAIL,)


def _after(messages: Messages, cursor: str | None, *, ascending: bool) -> Iterator[Condition]:
    yield "1", ()
    if cursor:
        last = messages.get(cursor)
        yield f"(added, id) {'>' if ascending else '<'} (?, ?)", (last["dateAdded"], cursor)


def _joined(conditions: Iterator[Condition]) -> tuple[str, list[Column]]:
    texts, values = zip(*conditions, strict=True)
    return " AND ".join(texts), [value for each in values for value in each]


def _moment(query: Mapping[str, str], name: str) -> int:
    when = moment(query[name])
    if when is None:
        raise unprocessable([f"{name} must be a valid ISO 8601 date string"])
    return when


OPERATIONS = (Operation("conversations.export_messages_by_location", export),)
