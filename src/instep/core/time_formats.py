"""How a day or a moment is written out for people: "DD.MM.YYYY", "ddd D MMM, HH:mm". Pure.

Words are English, whatever the machine is set to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache

from instep.core.times import NoTime, iso

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LONGEST = 200
_NOON = 12


def _offset(when: datetime) -> str:
    if when.tzinfo is None:
        raise NoTime("has no offset to show; name a zone")
    return "Z" if iso(when).endswith("Z") else when.isoformat()[-6:]


CODES: dict[str, tuple[str, Callable[[datetime], str]]] = {
    "YYYY": ("year, 2026", lambda when: f"{when.year:04}"),
    "YY": ("year, 26", lambda when: f"{when.year % 100:02}"),
    "MMMM": ("month, January", lambda when: _MONTHS[when.month - 1]),
    "MMM": ("month, Jan", lambda when: _MONTHS[when.month - 1][:3]),
    "MM": ("month, 01", lambda when: f"{when.month:02}"),
    "M": ("month, 1", lambda when: str(when.month)),
    "DD": ("day, 05", lambda when: f"{when.day:02}"),
    "D": ("day, 5", lambda when: str(when.day)),
    "dddd": ("weekday, Monday", lambda when: _DAYS[when.weekday()]),
    "ddd": ("weekday, Mon", lambda when: _DAYS[when.weekday()][:3]),
    "HH": ("hour, 00 to 23", lambda when: f"{when.hour:02}"),
    "H": ("hour, 0 to 23", lambda when: str(when.hour)),
    "hh": ("hour, 01 to 12", lambda when: f"{(when.hour - 1) % _NOON + 1:02}"),
    "h": ("hour, 1 to 12", lambda when: str((when.hour - 1) % _NOON + 1)),
    "mm": ("minute, 07", lambda when: f"{when.minute:02}"),
    "ss": ("second, 09", lambda when: f"{when.second:02}"),
    "SSS": ("thousandths, 045", lambda when: f"{when.microsecond // 1000:03}"),
    "A": ("AM or PM", lambda when: "AM" if when.hour < _NOON else "PM"),
    "a": ("am or pm", lambda when: "am" if when.hour < _NOON else "pm"),
    "Z": ("offset, +01:00, or Z for UTC", _offset),
}
"""Code → what it stands for, and how it is written. Letters in [brackets] stand for themselves."""

_PART = re.compile(r"\[([^\]]*)\]|([A-Za-z])\2*|[^A-Za-z\[]+")
ISO = "iso"
"""Not a code: the whole day or moment in ISO 8601."""


@lru_cache(maxsize=1024)
def read_format(text: str) -> tuple[str | Callable[[datetime], str], ...]:
    """Read a format into its parts. Raises NoTime, which repeats nothing of it."""
    if not text or len(text) > _LONGEST:
        raise NoTime(f"has to be a format of 1 to {_LONGEST} characters, such as YYYY-MM-DD")
    parts: list[str | Callable[[datetime], str]] = []
    at = 0
    while found := _PART.match(text, at):
        at = found.end()
        if found[1] is not None:
            parts.append(found[1])
        elif found[2] is None:
            parts.append(found[0])
        elif found[0] in CODES:
            parts.append(CODES[found[0]][1])
        else:
            raise NoTime(
                f"has letters that stand for nothing; there are {', '.join(CODES)}, and other "
                "letters stand in [brackets]"
            )
    if at < len(text):
        raise NoTime("has a [ that is not closed")
    return tuple(parts)


def written(when: date | datetime, form: str) -> str:
    """Write a day or a moment out in a format; "iso" is ISO 8601. Raises NoTime."""
    if form == ISO:
        return iso(when)
    parts = read_format(form)
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    return "".join(part if isinstance(part, str) else part(moment) for part in parts)
