"""The wish of a person, or of the system, that a process which stays should end."""

from __future__ import annotations

import asyncio
import signal


def ending() -> asyncio.Event:
    """Return an event that Ctrl-C or SIGTERM sets; call it in the loop that waits for it."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told
