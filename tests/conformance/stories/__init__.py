"""What happens in an account, told so that every listed operation is called at least once."""

from __future__ import annotations

from tests.conformance.stories import (
    beyond,
    calendars,
    contacts,
    conversations,
    opportunities,
    places,
)

STORIES = (
    *contacts.STORIES,
    *calendars.STORIES,
    *opportunities.STORIES,
    *conversations.STORIES,
    *places.STORIES,
    *beyond.STORIES,
)

__all__ = ["STORIES"]
