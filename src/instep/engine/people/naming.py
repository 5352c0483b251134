"""What a person is called in addresses, and where a page of a search goes on."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence

from instep.core.errors import UserError
from instep.store.people import After, End, Hit

_PREFIX = "per_"
_LONGEST = 2_000


def person_id(end: End) -> str:
    """Return what a person is called by one of their records: nothing that an address cannot hold."""
    return _PREFIX + _sealed(end)


def read_person_id(text: str) -> End:
    """Return the record that a person is called by. Raises UserError for what is none."""
    parts = _opened(text.removeprefix(_PREFIX), 2) if text.startswith(_PREFIX) else None
    if parts is None:
        raise UserError(f"{text[:80]!r} is no person; take `id` from a search of people.")
    return parts[0], parts[1]


def place_after(hit: Hit) -> str:
    """Return where the next page of a search begins."""
    return _sealed((hit.key, *hit.place))


def read_place(text: str) -> After:
    """Return where a page of a search begins. Raises UserError for what is none."""
    parts = _opened(text, 4)
    if parts is None:
        raise UserError(f"{text[:80]!r} is no place in this list; take it from `next` of a page.")
    key, sync_id, side, record_id = parts
    return key, sync_id, side, record_id


def _sealed(parts: Sequence[str]) -> str:
    text = json.dumps([*parts], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(text: str, number: int) -> list[str] | None:
    if len(text) > _LONGEST:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return None
    texts = isinstance(parts, list) and all(isinstance(each, str) for each in parts)
    return parts if texts and len(parts) == number and "\0" not in "".join(parts) else None
