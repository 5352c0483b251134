"""Identifiers in the forms GoHighLevel gives them."""

from __future__ import annotations

import random
import string
import uuid

_ALPHABET = string.digits + string.ascii_letters
_LETTERS = frozenset(_ALPHABET)
_LENGTH = 20
_chance = random.Random()  # noqa: S311 - ids are no secrets; tokens are made elsewhere


def new_id() -> str:
    """Return 20 characters of base 62: contacts, locations, users, fields, tags."""
    # facts: ghl 6.1
    return "".join(_chance.choices(_ALPHABET, k=_LENGTH))


def looks_like_id(text: str) -> bool:
    """Whether a text has the form of `new_id`."""
    return len(text) == _LENGTH and set(text) <= _LETTERS


def new_uuid() -> str:
    """Return a UUID: workflows, stages of a pipeline."""
    # facts: ghl 6.1
    return str(uuid.UUID(int=_chance.getrandbits(128), version=4))


def new_hex_id() -> str:
    """Return 24 hexadecimal digits: apps, businesses."""
    return f"{_chance.getrandbits(96):024x}"


def new_private_token() -> str:
    """Return a new private integration token."""
    # facts: ghl 3.2
    return f"pit-{uuid.uuid4()}"


def new_trace_id() -> str:
    """Return what every reply carries as `traceId`."""
    return str(uuid.uuid4())
