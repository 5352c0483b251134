"""Whether a webhook that was not taken is sent again, and when. Pure."""

from __future__ import annotations

_TOO_MANY_REQUESTS = 429

# facts: ghl 5.4 (1): about 10 minutes plus jitter, 70 minutes for all six
_SIX = 6
_TEN_MINUTES = 600.0
_JITTER = 200.0

# facts: ghl 5.4 (2): up to 12, exponential; where it begins is not in the facts
_TWELVE = 12
_FIRST_WAIT = 10.0


def delivered(status: int | None) -> bool:
    """Whether an answer of this status (None: no answer) says that the webhook was taken."""
    return status is not None and 200 <= status < 300  # noqa: PLR2004 - the range is HTTP's own


def wait_before_retry(
    policy: str, status: int | None, attempts: int, chance: float
) -> float | None:
    """Return the seconds until a webhook is sent again; None if it is given up.

    `attempts` is how often it was sent already, `status` the last answer's, `chance` 0 to 1.
    """
    if policy == "only_429" and status == _TOO_MANY_REQUESTS and attempts <= _SIX:
        return _TEN_MINUTES + chance * _JITTER
    if policy == "any_failure" and not delivered(status) and attempts <= _TWELVE:
        return _FIRST_WAIT * 2.0 ** (attempts - 1)
    return None
