"""A record as Insightly v3.1 shows it, and what may be written into it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from instep.connectors.insightly.emulator.custom import merged, misfit
from instep.connectors.insightly.emulator.kinds import LINKABLE, Kind
from instep.sandbox.state import Document

_LONGEST_TAG = 255  # facts: apps insightly.json, APITag
_BODY_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_ACCEPTED = {"CUSTOMFIELDS", "TAGS", "DATES", "EMAILDOMAINS"}
"""The collections that a body may hold; links have calls of their own (facts: apps 1.2)."""


class Invalid(ValueError):
    """What was sent does not fit; the message is the sentence of the 400."""


def stamp(moment: datetime) -> str:
    """Return a time as bodies write it (facts: apps 1.2)."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def blank(kind: Kind, number: int, now: str) -> Document:
    """Return a record that holds nothing yet."""
    record: Document = dict.fromkeys((*kind.readonly, *kind.texts, *kind.numbers, *kind.dates))
    record |= {name: [] for name in kind.collections} | dict.fromkeys(kind.flags, False)
    return record | {kind.key: number, "DATE_CREATED_UTC": now, "DATE_UPDATED_UTC": now}


def written(kind: Kind, record: Document, sent: Document, now: str) -> Document:
    """Return the record with what was sent; null empties a field. Raises Invalid.

    TAGS in a body replace all tags, CUSTOMFIELDS only those they name: whether they do so in the
    real app is not known.
    """
    changes = {name: _checked(kind, name, value) for name, value in sent.items()}
    if "CUSTOMFIELDS" in changes:
        changes["CUSTOMFIELDS"] = merged(record["CUSTOMFIELDS"], changes["CUSTOMFIELDS"])
    kept = {name: record[name] for name in kind.readonly}
    after = {**record, **changes, **kept, "DATE_UPDATED_UTC": now}
    missing = [name for name in kind.required if after[name] in (None, "")]
    if missing:
        raise Invalid(f"{missing[0]} is required.")
    return _completed(after, now)


def tidied(sent: Document) -> Document:
    """Return what was sent with its texts trimmed and its e-mail addresses in lower case."""
    trimmed = {k: v.strip() if isinstance(v, str) else v for k, v in sent.items()}
    email = trimmed.get("EMAIL_ADDRESS")
    return {**trimmed, "EMAIL_ADDRESS": email.lower()} if isinstance(email, str) else trimmed


def tagged(record: Document, tags: Iterable[str], now: str) -> Document:
    """Return the record with exactly these tags; letter case does not tell tags apart."""
    told_apart = {tag.casefold(): tag for tag in reversed([*tags])}
    names = sorted(told_apart.values(), key=str.casefold)
    return {**record, "TAGS": [{"TAG_NAME": name} for name in names], "DATE_UPDATED_UTC": now}


def tags_of(record: Document) -> list[str]:
    """Return the names of a record's tags."""
    return [tag["TAG_NAME"] for tag in record["TAGS"]]


def tag_name(sent: Any) -> str:
    """Read one tag out of a body. Raises Invalid."""
    name = sent.get("TAG_NAME") if isinstance(sent, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_TAG:
        raise Invalid(f"TAG_NAME must hold 1 to {_LONGEST_TAG} characters.")
    return name


def link_target(sent: Document) -> tuple[str, int]:
    """Read what a link leads to, kind and number. Raises Invalid; a plural is one reason."""
    name, number = sent.get("LINK_OBJECT_NAME"), sent.get("LINK_OBJECT_ID")
    if name not in LINKABLE:
        raise Invalid(f"LINK_OBJECT_NAME {name!r} is not valid.")
    if not isinstance(number, int) or isinstance(number, bool):
        raise Invalid("LINK_OBJECT_ID is required.")
    return str(name), number


def etag(body: Any) -> str:
    """Return the version of a payload: equal content, equal version."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return f'W/"{blake2b(text.encode(), digest_size=8).hexdigest()}"'


def _completed(record: Document, now: str) -> Document:
    """Keep the time of a task's completion in step with its completion."""
    if "COMPLETED_DATE_UTC" not in record:
        return record
    since = record["COMPLETED_DATE_UTC"] or now
    return {**record, "COMPLETED_DATE_UTC": since if record["COMPLETED"] else None}


def _checked(kind: Kind, name: str, value: Any) -> Any:
    if name not in kind.fields:
        raise Invalid(f"{name} is not a field of the record {kind.name}.")
    if name in kind.collections:
        return _collection(kind, name, [] if value is None else value)
    if value is None:
        return False if name in kind.flags else None
    if not _fits(kind, name, value):
        raise Invalid(f"{name} cannot hold {str(value)[:100]!r}.")
    return value


def _collection(kind: Kind, name: str, value: Any) -> list[Any]:
    if name not in _ACCEPTED:
        raise Invalid(f"{name} has a call of its own.")
    if not isinstance(value, list):
        raise Invalid(f"{name} must be an array.")
    if name == "CUSTOMFIELDS" and (refusal := misfit(kind, value)) is not None:
        raise Invalid(refusal)
    return [{"TAG_NAME": tag_name(tag)} for tag in value] if name == "TAGS" else value


def _fits(kind: Kind, name: str, value: Any) -> bool:
    if name in kind.texts:
        longest = kind.texts[name]
        return isinstance(value, str) and (longest is None or len(value) <= longest)
    if name in kind.flags:
        return isinstance(value, bool)
    if name in kind.numbers:
        return isinstance(value, int) and not isinstance(value, bool)
    if name in kind.dates:
        # facts: apps 1.2 (the format of queries is refused in bodies)
        return isinstance(value, str) and _BODY_TIME.fullmatch(value) is not None
    return True
