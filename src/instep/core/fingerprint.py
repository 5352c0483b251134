"""A short stand-in for a record's mapped, normalised values: equal values, equal fingerprint."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from instep.core.records import Value, Values

_BYTES = 12  # 2**96: a collision among a billion records has odds of about one in 10**11

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_DECODER = json.JSONDecoder()


def dump(values: Values) -> str:
    """Return `values` as compact JSON with a fixed order, as it is stored."""
    return _ENCODER.encode(dict(values))


def load(text: str) -> dict[str, Value]:
    """Read back what `dump` wrote; words come back as tuples."""
    loaded: dict[str, Any] = _DECODER.raw_decode(text)[0]
    if "[" in text:
        for name, value in loaded.items():
            if type(value) is list:
                loaded[name] = tuple(value)
    return loaded


def fingerprint(dumped: str) -> str:
    """Return the fingerprint of values already dumped."""
    return hashlib.blake2b(dumped.encode(), digest_size=_BYTES).hexdigest()
