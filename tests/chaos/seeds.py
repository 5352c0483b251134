"""Seeds that failed once: each is a test case for ever, run small by `make test`.

What each one found is told where it was mended (tests/engine/test_found_by_chaos.py); the list
keeps what the timing of the day may bring up again.
"""

from __future__ import annotations

PAST = (1, 3, 5, 6)
