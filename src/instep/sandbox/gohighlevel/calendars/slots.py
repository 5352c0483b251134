"""Which slots of a calendar are free: a pure decision over its rules and what is in the diary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from instep.sandbox.gohighlevel.calendars.rules import Calendar, Rules, rules_of
from instep.sandbox.gohighlevel.calendars.zones import days_between, moment_at, wall_clock

Event = dict[str, Any]
"""An appointment or a block as it is kept; `start` and `end` are moments."""

_A_DAY = 86_400_000
_AN_HOUR = 3_600_000
_LONG = 2 * _A_DAY


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, in milliseconds since 1970; the end is not part of it."""

    start: int
    end: int

    def overlaps(self, other: Stretch) -> bool:
        """Say whether the two have a moment in common."""
        return self.start < other.end and other.start < self.end


class Table:
    """One calendar's timetable in its location's zone, against `taken`: what may be in its way."""

    def __init__(self, calendar: Calendar, zone: ZoneInfo, taken: Iterable[Event]) -> None:
        self.rules: Rules = rules_of(calendar)
        self._calendar = calendar
        self._zone = zone
        self._long: list[Event] = []
        self._by_hour: dict[int, list[Event]] = defaultdict(list)
        for event in taken:
            self._note(event)

    def starts(self, within: Stretch, duration: int) -> Iterator[int]:
        """Yield every moment within a stretch when a booking may begin, taken or not."""
        for day in days_between(within.start, within.end, self._zone):
            for opens, closes in self.rules.hours_on(day):
                first = moment_at(day, opens, self._zone)
                last = moment_at(day, closes, self._zone) - duration
                for start in range(first, last + 1, self.rules.interval):
                    if within.start <= start < within.end:
                        yield start

    def bookable(self, now: int, *, any_date: bool = False) -> Stretch:
        """Return from when until when may be booked; `any_date` lifts notice and horizon."""
        rules = self.rules
        first = now if any_date else now + rules.notice
        last = None if any_date or rules.horizon is None else now + rules.horizon
        return Stretch(first, last if last is not None else now + 100_000 * _A_DAY)

    def has_room(self, slot: Stretch, members: Sequence[str | None]) -> bool:
        """Say whether one of these members can take a booking; None stands for the calendar."""
        return any(self.is_free(slot, each) for each in members)

    def all_free(self, slot: Stretch, members: Sequence[str | None]) -> bool:
        """Say whether all of these members can take a booking together."""
        return all(self.is_free(slot, each) for each in members)

    def is_free(self, slot: Stretch, member: str | None) -> bool:
        """Say whether this member can take a booking in this slot.

        Bookings of this calendar that begin together share a slot as far as it has seats;
        everything else that overlaps, buffers included, is in the way.
        """
        # not in the facts: that buffers of two neighbours add up
        wide = Stretch(slot.start - self.rules.before, slot.end + self.rules.after)
        seats = 0
        for event in self._near(wide):
            if not Stretch(*event["occupied"]).overlaps(wide) or not self._concerns(event, member):
                continue
            if not self._shares(event, slot):
                return False
            seats += 1
        return seats < self.rules.per_slot

    def day_is_full(self, slot: Stretch) -> bool:
        """Say whether the calendar has had all the bookings it takes on the slot's day."""
        if self.rules.per_day is None:
            return False
        day = wall_clock(slot.start, self._zone).date()
        booked: int = sum(
            event["kind"] == "appointment"
            and event.get("calendarId") == self._calendar["id"]
            and wall_clock(event["start"], self._zone).date() == day
            for event in self._near(Stretch(slot.start - _A_DAY, slot.start + _A_DAY))
        )
        return booked >= self.rules.per_day

    def _note(self, event: Event) -> None:
        start, end = event["occupied"]
        if end - start > _LONG:
            self._long.append(event)
            return
        for hour in range(start // _AN_HOUR, end // _AN_HOUR + 1):
            self._by_hour[hour].append(event)

    def _near(self, stretch: Stretch) -> Iterable[Event]:
        hours = range(stretch.start // _AN_HOUR, stretch.end // _AN_HOUR + 1)
        found = {event["id"]: event for hour in hours for event in self._by_hour.get(hour, ())}
        return [*self._long, *found.values()]

    def _concerns(self, event: Event, member: str | None) -> bool:
        here = event.get("calendarId") == self._calendar["id"]
        whose = {event.get("assignedUserId"), *event.get("users", ())} - {None}
        return bool(here if member is None or not whose else member in whose)

    def _shares(self, event: Event, slot: Stretch) -> bool:
        return bool(
            event["kind"] == "appointment"
            and event.get("calendarId") == self._calendar["id"]
            and event["start"] == slot.start
        )
