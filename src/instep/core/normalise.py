"""Bring an app's raw value into the one form that is compared, stored as base, and written.

Two spellings of the same thing must come out equal, and a value that is already in this form must
come out unchanged: `normalise` is idempotent (tested).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import phonenumbers

from instep.core.countries import code_of
from instep.core.records import Field, FieldType, Value

_FILLERS = ((0, 0, 0), (1, 1, 1))
_ISO_DATE = re.compile(r"(\d{4})[-/._](\d{1,2})[-/._](\d{1,2})(?!\d)")
_CACHED_PHONES = 65_536


def normalise(raw: Any, field: Field, country: str | None) -> Value:
    """Return `raw` in comparable form; None when it is empty.

    `country` (ISO alpha-2) completes phone numbers without a country code.
    """
    if raw is None or raw == "":
        return None
    return cut(_BY_TYPE[field.type](raw, country), field)


def cut(value: Value, field: Field) -> Value:
    """Return text no longer than the app keeps it.

    Only plain text: half an e-mail address or half a phone number is another one.
    """
    limit = field.max_length
    if limit is None or field.type is not FieldType.TEXT or not isinstance(value, str):
        return value
    return value if len(value) <= limit else value[:limit].rstrip() or None


def _text(raw: Any, _country: str | None) -> str | None:
    text = raw if isinstance(raw, str) else str(raw)
    if not text.isascii():
        # an app that cuts text between the halves of a character leaves one that nobody can store
        text = unicodedata.normalize("NFC", text.encode(errors="ignore").decode())
    return " ".join(text.replace("\x00", "").split()) or None


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


def _boolean(raw: Any, _country: str | None) -> bool:
    return raw.strip().lower() in {"true", "1", "yes"} if isinstance(raw, str) else bool(raw)


def _words(raw: Any, country: str | None) -> tuple[str, ...] | None:
    words: Iterable[Any] = raw.split(",") if isinstance(raw, str) else raw
    kept = {word for each in words if each and (word := _lower(each, country))}
    return tuple(sorted(kept)) or None


_BY_TYPE: dict[FieldType, Callable[[Any, str | None], Value]] = {
    FieldType.TEXT: _text,
    FieldType.EMAIL: _lower,
    FieldType.PHONE: _phone,
    FieldType.COUNTRY: _country,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CONSENT: _boolean,
    FieldType.WORDS: _words,
}
