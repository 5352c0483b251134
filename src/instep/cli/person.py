"""Who uses the command line, as the history says it."""

from __future__ import annotations

import getpass

from instep.settings import Settings


def who(settings: Settings) -> str:
    """Return who asks: as it is set, else the system's user."""
    if settings.person:
        return settings.person
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user nobody gave a name
        return "somebody"
