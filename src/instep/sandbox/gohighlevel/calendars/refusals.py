"""The words in which calendars refuse. Where the facts give none, the spec's 400 stands."""

from __future__ import annotations

from instep.sandbox.gohighlevel.refusals import Refusal, bad_request, unprocessable


def slot_taken() -> Refusal:
    """Refuse a time that is not, or no longer, free; whatever the reason."""
    # facts: ghl 6.8
    return bad_request("The slot you have selected is no longer available.")


def unknown(what: str) -> Refusal:
    """Refuse the id of a "Calendar", an "Event" … that is not there."""
    # not in the facts; for these products the spec knows of 400 and 401 only
    return bad_request(f"{what} not found")


def slug_taken() -> Refusal:
    """Refuse a second group or calendar of the same slug."""
    # not in the facts
    return bad_request("The slug is already taken.")


def not_in_team() -> Refusal:
    """Refuse a user who does not belong to the calendar."""
    # not in the facts; integrators report these words, with this status
    return unprocessable(["The user id not part of calendar team."])


def nobody_selected() -> Refusal:
    """Refuse a booking past the free slots that does not say for whom."""
    # not in the facts; integrators report these words, with this status
    return unprocessable(["A team member needs to be selected. assignedUserId is missing"])
