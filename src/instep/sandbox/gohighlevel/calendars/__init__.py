"""Calendars and appointments: groups, rules, free slots, bookings, blocks, notes, resources."""

from __future__ import annotations

from instep.sandbox.gohighlevel.calendars import (
    appointments,
    blocks,
    groups,
    listings,
    notes,
    notifications,
    records,
    resources,
)

OPERATIONS = (
    *groups.OPERATIONS,
    *records.OPERATIONS,
    *listings.OPERATIONS,
    *appointments.OPERATIONS,
    *blocks.OPERATIONS,
    *notes.OPERATIONS,
    *notifications.OPERATIONS,
    *resources.OPERATIONS,
)

__all__ = ["OPERATIONS"]
