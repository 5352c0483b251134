"""How a list of GoHighLevel is read no further than needed, and over which days. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from instep.catalogue import Operation
from instep.catalogue.paging import records_in

OVERLAP_SECONDS = 120
"""Read again at every poll: the search index shows a change seconds late (facts: ghl 6.3)."""

_CONTACTS, _CONVERSATIONS = "contacts.search", "conversations.search"
_DAY = timedelta(days=1)

# which days are looked at if nobody says: they move along with the clock. Free slots: facts ghl 6.8
# (31 days at most), from tomorrow on, as today's pass by themselves. How far a list of events may
# reach is not in the facts.
_WINDOWS: Mapping[str, tuple[str, str, int, int]] = {
    "calendars.list_events": ("startTime", "endTime", -1, 366),
    "calendars.list_blocked_slots": ("startTime", "endTime", -1, 366),
    "calendars.free_slots": ("startDate", "endDate", 1, 31),
}


def can_narrow(operation: Operation) -> bool:
    """Whether a poll can leave out what did not change."""
    return operation.id in {_CONTACTS, _CONVERSATIONS}


def filled_by_itself(operation: Operation) -> frozenset[str]:
    """Name what a poll fills in where nobody gives it."""
    return frozenset(_WINDOWS.get(operation.id, ())[:2])


def window(operation: Operation, inputs: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the days to look at, as epoch milliseconds in text; none where the inputs have any."""
    if operation.id not in _WINDOWS:
        return {}
    first, last, begin, end = _WINDOWS[operation.id]
    if inputs.get(first) or inputs.get(last):
        return {}
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {first: today + begin * _DAY, last: today + end * _DAY}
    return {name: str(int(moment.timestamp() * 1000)) for name, moment in days.items()}


def narrowed(operation: Operation, given: Mapping[str, Any], since: str | None) -> dict[str, Any]:
    """Return the arguments of a read of what changed since a moment (ISO 8601); None is all.

    Where a list's order can be chosen, it is the one in which nothing is passed over: the oldest
    change first, so that what changes meanwhile comes again; conversations the newest message first,
    as the only end that can be told.
    """
    arguments = dict(given)
    if operation.id == _CONTACTS:
        # facts: ghl 6.3
        arguments.setdefault("sort", [{"field": "dateUpdated", "direction": "asc"}])
        if since is not None:
            changed = {"field": "dateUpdated", "operator": "range", "value": {"gte": since}}
            arguments["filters"] = [*(given.get("filters") or ()), changed]
    if operation.id == _CONVERSATIONS:
        arguments |= {"sort": "desc", "sortBy": "last_message_date"}
    return arguments


def reaches_back(operation: Operation, reply: Any, since: str | None) -> bool:
    """Whether a page, the newest first, reaches what the last time through had already."""
    records = records_in(operation, reply)
    if operation.id != _CONVERSATIONS or since is None or not records:
        return False
    last = _position(records[-1])
    return last is not None and last < datetime.fromisoformat(since).timestamp() * 1000


def with_ties(
    operation: Operation, before: Mapping[str, Any], following: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments of the next page so that it begins with what has the same time.

    Whoever has the time of the page's last record would be passed over; who is read twice does no
    harm. Only where a whole page has one time does the list go on behind it.
    """
    paging = operation.paging
    if paging is None or paging.kind != "last_sort":
        return following
    name = paging.parameters[0]
    wider = _millisecond_later(following[name])
    if wider is None or wider == before.get(name):
        return following
    return {**following, name: wider}


def _position(record: Any) -> float | None:
    sort = record.get("sort") if isinstance(record, Mapping) else None
    first = sort[0] if isinstance(sort, list) and sort else sort
    return float(first) if isinstance(first, (int, float)) else None


def _millisecond_later(value: Any) -> Any:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value + 1 if is_number else None
