"""Times as apps write them: ISO 8601, seconds or milliseconds since 1970, or a pattern of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from instep.core.errors import RecordRejected
from instep.core.records import Value

ISO, SECONDS, MILLISECONDS = "iso", "epoch", "epoch_ms"
_PLAIN_ISO = "%Y-%m-%dT%H:%M:%SZ"


def instant(raw: Any, form: str, zone: str) -> str | None:
    """Return a time as `2026-01-05T15:00:00Z`; text that is no time stays as it is.

    `zone` is where a time without an offset is told.
    """
    if raw is None or raw == "":
        return None
    try:
        moment = _moment(raw, form)
    except (ValueError, OverflowError, OSError):
        return str(raw)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    text = moment.astimezone(UTC).isoformat(
        timespec="milliseconds" if moment.microsecond else "auto"
    )
    return text.replace("+00:00", "Z")


def outgoing(value: Value, form: str, zone: str) -> str | int:
    """Return an instant as the app takes it. Raises RecordRejected for what is no instant."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RecordRejected(f"{value!r} is no time; write it like 2026-01-05T15:00:00Z.")
    return _written(moment, form, zone)


def since(text: str, form: str, zone: str, *, inclusive: bool) -> str:
    """Return the filter for what changed after `text`.

    A filter that leaves out its own moment is set one step of its own fineness earlier, so that
    nothing of the same second (or day) is missed; it then brings some records a second time.
    """
    moment = datetime.fromisoformat(text)
    if not inclusive:
        moment -= _step(form)
    return str(_written(moment, form, zone))


def day(raw: Any, form: str | None) -> Any:
    """Return a date as YYYY-MM-DD where the app writes it by a pattern."""
    if form is None or raw is None or raw == "":
        return raw
    try:
        return f"{_moment(raw, form):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return raw


def outgoing_day(value: Value, form: str | None) -> Any:
    """Return a date by the app's pattern. Raises RecordRejected for what is none."""
    if form is None or form == ISO:
        return value
    try:
        moment = datetime.fromisoformat(f"{value}T00:00:00+00:00")
    except ValueError:
        raise RecordRejected(f"{value!r} is no date; write it like 2026-01-05.") from None
    return _written(moment, form, "UTC")


def _moment(raw: Any, form: str) -> datetime:
    if form == ISO:
        return datetime.fromisoformat(str(raw).strip())
    if form in (SECONDS, MILLISECONDS):
        return datetime.fromtimestamp(float(raw) / (1000 if form == MILLISECONDS else 1), UTC)
    return datetime.strptime(str(raw).strip(), form)  # noqa: DTZ007 - the caller knows the zone


def _written(moment: datetime, form: str, zone: str) -> str | int:
    if form == ISO:
        return moment.astimezone(UTC).strftime(_PLAIN_ISO)
    if form in (SECONDS, MILLISECONDS):
        return int(moment.timestamp() * (1000 if form == MILLISECONDS else 1))
    local = moment.astimezone(UTC if form.endswith("Z") else ZoneInfo(zone))
    return local.strftime(form)


def _step(form: str) -> timedelta:
    fine = form in (ISO, SECONDS, MILLISECONDS) or any(sign in form for sign in ("%S", "%T", "%X"))
    if fine:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if "%M" in form else timedelta(days=1)
