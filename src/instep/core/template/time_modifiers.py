"""What can be done to a day or a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from instep.core.shapes import Kind
from instep.core.template.mistakes import Refused
from instep.core.template.modifier import Argument, Modifier
from instep.core.time_formats import ISO, read_format, written
from instep.core.times import Length, NoTime, instant, read_length, zone_named

TIME, TEXT, NUMBER = Kind.TIME, Kind.TEXT, Kind.NUMBER
_PER_SECOND = {"s": 1, "ms": 1_000}


def _form(text: str) -> str:
    if text != ISO:
        read_format(text)
    return text


def _unit(text: str) -> int:
    if text not in _PER_SECOND:
        raise Refused("has to be s or ms")
    return _PER_SECOND[text]


def _there(when: datetime, zone: ZoneInfo | None) -> datetime:
    """Return a moment as the clocks of a zone show it; a local one is theirs already."""
    if zone is None:
        return when
    try:
        return when.replace(tzinfo=zone) if when.tzinfo is None else when.astimezone(zone)
    except OverflowError:
        raise NoTime("leads beyond the years 1 to 9999") from None


def _date(when: date, form: str, zone: ZoneInfo | None) -> str:
    return written(_there(when, zone) if isinstance(when, datetime) else when, form)


def _add(when: date, length: Length, zone: ZoneInfo | None) -> date:
    if isinstance(when, datetime):
        return length.after(_there(when, zone))
    if not length.days_only:
        raise Refused("is a date: days, weeks, months and years can be added to it, not hours")
    return length.after_day(when)


def _utc(when: date, zone: ZoneInfo | None) -> datetime:
    moment = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)  # noqa: DTZ001 - the next line gives it its zone
    return instant(moment, zone.key if zone else None)


def _epoch(when: date, unit: int, zone: ZoneInfo | None) -> Decimal:
    passed = _utc(when, zone) - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = Decimal(passed.days * 86_400 + passed.seconds) + Decimal(passed.microseconds) / 10**6
    return Decimal(int(seconds * unit))


def _from_epoch(number: Decimal, unit: int) -> datetime:
    try:
        return datetime.fromtimestamp(float(number / unit), UTC)
    except (OverflowError, OSError, ValueError):
        raise Refused("leads beyond the years 1 to 9999") from None


_ZONE = Argument("zone", TEXT, zone_named, needed=False, setting="zone")

TIME_MODIFIERS = (
    Modifier(
        "date",
        TIME,
        TEXT,
        "Writes a date or moment in a format, by the clocks of a zone: of the account's, unless "
        "you say which. A date has no zone and stays the day it is.",
        ('"2026-01-31T23:30:00Z" | date:"D MMM YYYY, HH:mm","Europe/Berlin"', "1 Feb 2026, 00:30"),
        _date,
        (Argument("format", TEXT, _form, needed=False, otherwise="YYYY-MM-DD"), _ZONE),
    ),
    Modifier(
        "add_time",
        TIME,
        TIME,
        "Moves a date or moment by a length of time. Days and more keep the time of day in the "
        "zone; the last of a month stays within the month.",
        ('"2026-01-31" | add_time:"+1mo"', "2026-02-28"),
        _add,
        (Argument("length", TEXT, read_length), _ZONE),
    ),
    Modifier(
        "utc",
        TIME,
        Kind.MOMENT,
        "Tells a moment in UTC. One without an offset is of the zone, and a date begins there.",
        ('"2026-07-01 09:00" | utc:"Australia/Sydney"', "2026-06-30T23:00:00Z"),
        _utc,
        (_ZONE,),
    ),
    Modifier(
        "epoch",
        TIME,
        NUMBER,
        "Counts the seconds (s) or thousandths (ms) since 1970 in UTC.",
        ('"2026-01-01T00:00:00Z" | epoch:"ms"', "1767225600000"),
        _epoch,
        (Argument("unit", TEXT, _unit, needed=False, otherwise="s"), _ZONE),
    ),
    Modifier(
        "from_epoch",
        NUMBER,
        Kind.MOMENT,
        "Makes a moment of the seconds (s) or thousandths (ms) since 1970 in UTC.",
        ('1767225600000 | from_epoch:"ms"', "2026-01-01T00:00:00Z"),
        _from_epoch,
        (Argument("unit", TEXT, _unit, needed=False, otherwise="s"),),
    ),
)
