"""The free slots of the next days, as a booking page asks for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.sandbox.calendar_caller import free


async def slots(ghl, calendar):
    """When the calendar is free from tomorrow on, earliest first."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    days = await free(ghl, calendar, f"{tomorrow}", f"{tomorrow + timedelta(days=3)}")
    return [each for day in sorted(days) for each in days[day]]
