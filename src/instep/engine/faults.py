"""What follows from a fault of our own: nothing is lost, it is said, and it is tried again later."""

from __future__ import annotations

from datetime import timedelta

AFTER_FAULT = timedelta(minutes=1)

FAULT = "Instep met a fault of its own; the log says which. It tries again by itself."
