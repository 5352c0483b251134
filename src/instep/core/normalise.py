"""Bring an app's raw value into the one form that is compared, stored as base, and written.

Two spellings of the same thing must come out equal, and a value that is already in this form must
come out unchanged: `normalise` is idempotent (tested).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import phonenumbers

from instep.core.countries import code_of
from instep.core.records import Field, FieldType, Value

_FILLERS = ((0, 0, 0), (1, 1, 1))
_ISO_DATE = re.compile(r"(\d{4})[-/._](\d{1,2})[-/._](\d{1,2})(?!\d)")
_CACHED_PHONES = 65_536
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE](?P<exponent>[+-]?\d{1,3}))?", re.ASCII)
_LONGEST_NUMBER = 40  # characters, or places to move the point: beyond that it is a text of digits
_DIGITS_OF_A_FLOAT = 15  # as many as survive the way into a binary fraction and back
_SECONDS = len("2026-01-05T15:00:00")


def normalise(raw: Any, field: Field, country: str | None) -> Value:
    """Return `raw` in comparable form; None when it is empty.

    `country` (ISO alpha-2) completes phone numbers without a country code.
    """
    if raw is None or raw == "":
        return None
    return cut(_BY_TYPE[field.type](raw, country), field)


def cut(value: Value, field: Field) -> Value:
    """Return a value as the app can keep it: text no longer, moments no finer, than it keeps them.

    Only plain text is cut: half an e-mail address or half a phone number is another one. How much
    text fits an HTML field depends on its markup, so it is not cut here.
    """
    if not isinstance(value, str):
        return value
    if field.type in _CUT:
        limit = field.max_length
        return value if limit is None or len(value) <= limit else value[:limit].rstrip() or None
    if field.type is FieldType.MOMENT:
        return _without_fraction(value) if field.whole_seconds else value
    return _as_html_keeps(value) if field.type is FieldType.HTML else value


_CUT = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})


def _without_fraction(moment: str) -> str:
    is_instant = len(moment) == _SECONDS + len(".000Z") and moment.endswith("Z")
    return f"{moment[:_SECONDS]}.000Z" if is_instant else moment


def _as_html_keeps(text: str) -> str | None:
    """Return lines as they come back out of HTML: it keeps no runs of blanks or of empty lines."""
    kept: list[str] = []
    for line in text.split("\n"):
        words = " ".join(line.split())
        if words or (kept and kept[-1]):
            kept.append(words)
    return "\n".join(kept).strip() or None


def _text(raw: Any, _country: str | None) -> str | None:
    return " ".join(_characters(raw).split()) or None


def _characters(raw: Any) -> str:
    text = raw if isinstance(raw, str) else str(raw)
    if not text.isascii():
        # an app that cuts text between the halves of a character leaves one that nobody can store
        text = unicodedata.normalize("NFC", text.encode(errors="ignore").decode())
    return text.replace("\x00", "")


def _long_text(raw: Any, _country: str | None) -> str | None:
    """Keep the breaks of lines, whatever marks them, and what stands before a line's end."""
    lines = (line.rstrip() for line in _characters(raw).splitlines())
    return "\n".join(lines).strip() or None


def _lower(raw: Any, country: str | None) -> str | None:
    text = _text(raw, country)
    return _text(text.lower(), country) if text else None  # lower-casing may decompose


def _phone(raw: Any, country: str | None) -> str | None:
    text = _text(raw, country)
    return to_e164(text, country) or text if text else None


@lru_cache(maxsize=_CACHED_PHONES)
def to_e164(text: str, country: str | None) -> str | None:
    """Return the number as `+<digits>`, or None when it is not a valid number there."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _country(raw: Any, country: str | None) -> str | None:
    text = _text(raw, country)
    return code_of(text) if text else None


def _date(raw: Any, country: str | None) -> str | None:
    """Keep the day of any ISO-like date or date-time; other text stays as it is.

    Insightly fills an empty date with zeros (facts: apps 1.2).
    """
    text = _text(raw, country)
    found = _ISO_DATE.match(text or "")
    if found is None:
        return text
    day = tuple(map(int, found.groups()))
    if day in _FILLERS:
        return None
    try:
        return date(*day).isoformat()
    except ValueError:
        return text


def _moment(raw: Any, country: str | None) -> str | None:
    """Bring an instant into UTC; a time without an offset is no instant and stays text.

    Digits beyond thousandths are dropped, as apps drop them.
    """
    text = _text(raw, country)
    try:
        moment = datetime.fromisoformat(text or "")
        if moment.tzinfo is None:
            return text
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return text


def _number(raw: Any, country: str | None) -> str | None:
    """Write a number with its shortest digits; what is none ("1,250", "much") stays text.

    A separator of thousands is not guessed at: half the world writes it as a decimal point.
    """
    is_float = isinstance(raw, float)
    text = _text(f"{raw:.{_DIGITS_OF_A_FLOAT}g}" if is_float else raw, country)
    found = _DECIMAL.fullmatch(text or "")
    if text is None or found is None or len(text) > _LONGEST_NUMBER:
        return text
    if abs(int(found["exponent"] or 0)) > _LONGEST_NUMBER:
        return text
    whole, _, fraction = f"{Decimal(text).copy_abs():f}".partition(".")
    number = f"{whole.lstrip('0') or '0'}.{fraction.rstrip('0')}".rstrip(".")
    return f"-{number}" if text.startswith("-") and number != "0" else number


def _boolean(raw: Any, _country: str | None) -> bool:
    return raw.strip().lower() in {"true", "1", "yes"} if isinstance(raw, str) else bool(raw)


def _words(raw: Any, country: str | None) -> tuple[str, ...] | None:
    words: Iterable[Any] = raw.split(",") if isinstance(raw, str) else raw
    kept = {word for each in words if each and (word := _lower(each, country))}
    return tuple(sorted(kept)) or None


_BY_TYPE: dict[FieldType, Callable[[Any, str | None], Value]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.HTML: _long_text,
    FieldType.EMAIL: _lower,
    FieldType.PHONE: _phone,
    FieldType.COUNTRY: _country,
    FieldType.DATE: _date,
    FieldType.MOMENT: _moment,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.CONSENT: _boolean,
    FieldType.WORDS: _words,
}
