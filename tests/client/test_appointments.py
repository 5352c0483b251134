from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from instep import GoHighLevel, UserError, WrongArguments
from instep.connectors.gohighlevel.client.appointments import times_of, zone_named

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    "event",
    [
        {"startTime": "2026-01-05 09:00:00", "endTime": "2026-01-05 09:30:00"},
        {"startTime": "2026-01-05T09:00:00-06:00", "endTime": "2026-01-05T15:30:00Z"},
        {"appointment": {"startTime": "2026-01-05 09:00:00", "endTime": "2026-01-05 09:30:00"}},
        {"event": {"startTime": "2026-01-05 09:00:00", "endTime": "2026-01-05 09:30:00"}},
    ],
)
def test_times_are_moments_in_the_locations_zone(event):
    times = times_of(event, CHICAGO)
    assert times.start == datetime(2026, 1, 5, 15, tzinfo=UTC)
    assert times.end == datetime(2026, 1, 5, 15, 30, tzinfo=UTC)
    assert times.start.tzinfo is CHICAGO


def test_summer_is_told_from_winter():
    start = times_of({"startTime": "2026-07-05 09:00:00"}, CHICAGO).start
    assert start == datetime(2026, 7, 5, 14, tzinfo=UTC)


def test_an_end_may_be_missing():
    assert times_of({"startTime": "2026-07-05 09:00:00"}, CHICAGO).end is None


@pytest.mark.parametrize("event", [{}, {"startTime": "soon"}, {"startTime": ""}])
def test_what_is_no_appointment_is_refused(event):
    with pytest.raises(WrongArguments):
        times_of(event, CHICAGO)


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../etc/passwd"])
def test_an_unknown_zone_is_told(name):
    with pytest.raises(UserError, match="give the client one"):
        zone_named(name)


async def test_the_zone_is_the_locations_own_or_as_given(ghl, reach):
    event = {"startTime": "2026-01-05 09:00:00"}
    zone = (await ghl.locations.get())["location"]["timezone"]
    times = await ghl.appointment_times(event)
    assert times.start == datetime(2026, 1, 5, 9, tzinfo=ZoneInfo(zone))
    async with GoHighLevel(**reach(timezone="Asia/Tokyo")) as elsewhere:
        there = await elsewhere.appointment_times(event)
    assert there.start == datetime(2026, 1, 5, tzinfo=UTC)
