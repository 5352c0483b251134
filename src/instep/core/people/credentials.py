"""Names and passwords that may be: long rather than odd. Pure."""

from __future__ import annotations

import unicodedata

from instep.core.errors import UserError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
LONGEST_NAME = 100


def check_name(name: str) -> str:
    """Return a user's name as it is kept. Raises UserError for one that cannot be."""
    kept = unicodedata.normalize("NFC", name).strip()
    if not kept or len(kept) > LONGEST_NAME or not kept.isprintable():
        raise UserError(
            f"A user needs a name of 1 to {LONGEST_NAME} characters, such as an e-mail address."
        )
    return kept


def name_key(name: str) -> str:
    """Return what two names of one user have alike, however they are written."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def check_password(password: str, name: str) -> str:
    """Return a password as it is hashed. Raises UserError, which never shows it.

    Length is what counts (NIST SP 800-63B, 3.1.1.2: no rules of composition).
    """
    kept = normal(password)
    if len(kept) < SHORTEST_PASSWORD:
        raise UserError(
            f"The password is too short: {SHORTEST_PASSWORD} characters at least. Several words "
            "are easy to remember."
        )
    if len(kept) > LONGEST_PASSWORD:
        raise UserError(f"The password is too long: {LONGEST_PASSWORD} characters at the most.")
    if len(set(kept)) < _FEWEST_DIFFERENT or name_key(kept) == name_key(name):
        raise UserError("The password is too easy to guess. Several words make a good one.")
    return kept


def normal(password: str) -> str:
    """Return a password in the one form of its characters, whatever keyboard typed them."""
    return unicodedata.normalize("NFKC", password)


_FEWEST_DIFFERENT = 5
