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

_EPOCH_FILLER = ("0000-00-00", "0001-01-01")
_ISO_DATE = re.compile(r"(\d{4})[-/._](\d{1,2})[-/._](\d{1,2})")
_CACHED_PHONES = 65_536


def normalise(raw: Any, field: Field, country: str | None) -> Value:
    """Return `raw` in comparable form; None when it is empty.

    `country` (ISO alpha-2) completes phone numbers without a country code.
    """
    if raw is None or raw == "":
        return None
    value = _BY_TYPE[field.type](raw, country)
    if field.max_length is not None and isinstance(value, str):
        return value[: field.max_length].rstrip() or None
    return value


def _text(raw: Any, _country: str | None) -> str | None:
    text = raw if isinstance(raw, str) else str(raw)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split()) or None


def _email(raw: Any, country: str | None) -> str | None:
    text = _text(raw, country)
    return text.lower() if text else None


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
    if text is None or text.startswith(_EPOCH_FILLER):
        return None
    found = _ISO_DATE.match(text)
    if found is None:
        return text
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return text


def _boolean(raw: Any, _country: str | None) -> bool:
    return raw.strip().lower() in {"true", "1", "yes"} if isinstance(raw, str) else bool(raw)


def _words(raw: Any, country: str | None) -> tuple[str, ...] | None:
    words: Iterable[Any] = raw.split(",") if isinstance(raw, str) else raw
    kept = {word.lower() for word in (_text(each, country) for each in words if each) if word}
    return tuple(sorted(kept)) or None


_BY_TYPE: dict[FieldType, Callable[[Any, str | None], Value]] = {
    FieldType.TEXT: _text,
    FieldType.EMAIL: _email,
    FieldType.PHONE: _phone,
    FieldType.COUNTRY: _country,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CONSENT: _boolean,
    FieldType.WORDS: _words,
}
