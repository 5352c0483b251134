"""What of an insured Instep never takes up: social security numbers, medical and payment data.

Two rules. By name: only the places in `payloads` are read, and a mapping that names another one is
refused with a sentence. By content: free text of the app, such as a status, may hold such words all
the same; it is then left in BackNine.
"""

from __future__ import annotations

import re

from instep.sdk.resource import Resource

# Whole words and beginnings of words, as names (`ssn`, `healthClass`) and statuses have them.
_SECRET = re.compile(
    r"\b(?:ssn|social[ _-]?security|tax[ _-]?id|itin|passport|driver\w*|licen[cs]e\w*)",
    re.IGNORECASE,
)
_MEDICAL = re.compile(
    r"\b(?:medic|paramed|health|exam(?:s|in|\b)|labs?\b|aps\b|attending|physician|doctor|hospital|clinic"
    r"|diagnos|prescri|rx\b|drug|smok|tobacco|nicotine|alcohol|blood|urine|hiv\b|aids\b|cancer"
    r"|diabet|cardi|heart|stroke|depress|mental|disab|pregnan|height|weight|bmi\b|mib\b|ekg\b"
    r"|disease|illness|surger|treatment|symptom|conditions?\b)",
    re.IGNORECASE,
)
_PAYMENT = re.compile(
    r"\b(?:pay(?:ment|or|er|ing)\b|bank|routing|account[ _-]?number|card|credit|iban|cvv|cvc|eft\b"
    r"|ach\b|premium|billing)",
    re.IGNORECASE,
)
_KINDS = (
    (_SECRET, "identity numbers"),
    (_MEDICAL, "medical data"),
    (_PAYMENT, "payment data"),
)

# nine digits (a social security number), or as many as a card or an account has, however spaced
_NUMBER = re.compile(r"\d(?:[ .-]?\d){8,}")
_NINE_DIGITS = re.compile(r"(?<!\d)\d{3}[ .-]?\d{2}[ .-]?\d{4}(?!\d)")


def refusal(name: str) -> str | None:
    """Say why a field of this name is never read; None if its name is no such thing."""
    words = _words(name)
    for pattern, what in _KINDS:
        if pattern.search(words):
            return (
                f"Instep never reads {what} from BackNine, so {name!r} cannot be mapped. "
                "Take the row out."
            )
    return None


def may_be_said(text: str) -> bool:
    """Whether a text of the app can be repeated: no word of such a kind, no long number."""
    return not any(pattern.search(text) for pattern, _ in _KINDS) and not _NUMBER.search(text)


def is_no_number(text: str) -> bool:
    """Whether a name holds nothing like a social security number or a card's."""
    return not _NUMBER.search(text)


def is_phone(text: str) -> bool:
    """Whether a text can be a phone number: a social security number has nine digits only."""
    digits = sum(letter.isdigit() for letter in text)
    return 7 <= digits <= 15 and not _NINE_DIGITS.fullmatch(text.strip())  # noqa: PLR2004 - ITU E.164


def _words(name: str) -> str:
    """Return a name as words: `healthClass` and `custom.health_class` both begin with health."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[^A-Za-z0-9]+", " ", apart)


class Withholding(Resource):
    """A resource of BackNine: it says why certain fields cannot be mapped."""

    def withheld(self, field: str) -> str | None:
        """Say why a field is never read, by its name."""
        return refusal(field)
