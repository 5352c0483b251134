"""A contact as Insightly v3.1 shows it, and what may be written into it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from instep.sandbox.people import Person
from instep.sandbox.state import Document

# facts: apps insightly.json, record_fields
_TEXTS = (
    *("SALUTATION", "FIRST_NAME", "LAST_NAME", "TITLE", "BACKGROUND", "ASSISTANT_NAME"),
    *("EMAIL_ADDRESS", "SOCIAL_LINKEDIN", "SOCIAL_FACEBOOK", "SOCIAL_TWITTER"),
    *("PHONE", "PHONE_HOME", "PHONE_MOBILE", "PHONE_OTHER", "PHONE_ASSISTANT", "PHONE_FAX"),
    *(f"ADDRESS_MAIL_{part}" for part in ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")),
    *(f"ADDRESS_OTHER_{part}" for part in ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")),
)
_NUMBERS = ("OWNER_USER_ID", "ORGANISATION_ID")
_DATES = ("DATE_OF_BIRTH",)
_FLAGS = ("EMAIL_OPTED_OUT",)
_KEPT_BY_THE_APP = (
    "CONTACT_ID",
    "IMAGE_URL",
    "DATE_CREATED_UTC",
    "DATE_UPDATED_UTC",
    "LAST_ACTIVITY_DATE_UTC",
    "NEXT_ACTIVITY_DATE_UTC",
    "CREATED_USER_ID",
)
_COLLECTIONS = ("CUSTOMFIELDS", "TAGS", "DATES", "LINKS")

FIELDS = frozenset((*_TEXTS, *_NUMBERS, *_DATES, *_FLAGS, *_KEPT_BY_THE_APP, *_COLLECTIONS))
SEARCHABLE = FIELDS - set(_COLLECTIONS)

_LONGEST_TAG = 255  # facts: apps insightly.json, APITag
_BODY_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


class Invalid(ValueError):
    """What was sent does not fit; the message is the sentence of the 400."""


def stamp(moment: datetime) -> str:
    """Return a time as bodies write it (facts: apps 1.2)."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def blank(number: int, now: str) -> Document:
    """Return a contact that holds nothing yet."""
    contact: Document = dict.fromkeys((*_KEPT_BY_THE_APP, *_TEXTS, *_NUMBERS, *_DATES))
    contact |= {name: [] for name in _COLLECTIONS}
    own = {"CONTACT_ID": number, "DATE_CREATED_UTC": now, "DATE_UPDATED_UTC": now}
    return {**contact, "EMAIL_OPTED_OUT": False, **own}


def written(contact: Document, sent: Document, now: str) -> Document:
    """Return the contact with what was sent; null empties a field. Raises Invalid.

    TAGS in a body replace all tags: whether they do so in the real app is not known.
    """
    changes = {name: _checked(name, value) for name, value in sent.items()}
    kept = {name: contact[name] for name in _KEPT_BY_THE_APP}
    return {**contact, **changes, **kept, "DATE_UPDATED_UTC": now}


def tagged(contact: Document, tags: Iterable[str], now: str) -> Document:
    """Return the contact with exactly these tags; letter case does not tell tags apart."""
    told_apart = {tag.casefold(): tag for tag in reversed([*tags])}
    names = sorted(told_apart.values(), key=str.casefold)
    return {**contact, "TAGS": [{"TAG_NAME": name} for name in names], "DATE_UPDATED_UTC": now}


def tags_of(contact: Document) -> list[str]:
    """Return the names of a contact's tags."""
    return [tag["TAG_NAME"] for tag in contact["TAGS"]]


def tag_name(sent: Any) -> str:
    """Read one tag out of a body. Raises Invalid."""
    name = sent.get("TAG_NAME") if isinstance(sent, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_TAG:
        raise Invalid(f"TAG_NAME must hold 1 to {_LONGEST_TAG} characters.")
    return name


def from_person(number: int, person: Person, now: str) -> Document:
    """Return a person as a contact."""
    born = person.date_of_birth
    sent: Document = {
        "FIRST_NAME": person.first_name,
        "LAST_NAME": person.last_name,
        "EMAIL_ADDRESS": person.email,
        "PHONE_MOBILE": person.phone,
        "PHONE_OTHER": person.phone_other,
        "ADDRESS_MAIL_STREET": person.address,
        "ADDRESS_MAIL_CITY": person.city,
        "ADDRESS_MAIL_STATE": person.state,
        "ADDRESS_MAIL_POSTCODE": person.postal_code,
        "ADDRESS_MAIL_COUNTRY": person.country,
        "DATE_OF_BIRTH": f"{born} 00:00:00" if born else None,
    }
    return tagged(written(blank(number, now), sent, now), person.tags, now)


def etag(body: Any) -> str:
    """Return the version of a payload: equal content, equal version."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return f'W/"{blake2b(text.encode(), digest_size=8).hexdigest()}"'


def _checked(name: str, value: Any) -> Any:
    if name not in FIELDS:
        raise Invalid(f"{name} is not a field of a contact.")
    if name == "TAGS":
        return [{"TAG_NAME": tag_name(tag)} for tag in value or []]
    if value is None:
        return False if name in _FLAGS else [] if name in _COLLECTIONS else None
    if not _fits(name, value):
        raise Invalid(f"{name} cannot hold {value!r}.")
    return value


def _fits(name: str, value: Any) -> bool:
    if name in _TEXTS:
        return isinstance(value, str)
    if name in _FLAGS:
        return isinstance(value, bool)
    if name in _NUMBERS:
        return isinstance(value, int)
    if name in _DATES:
        # facts: apps 1.2 (the format of queries is refused in bodies)
        return isinstance(value, str) and _BODY_TIME.fullmatch(value) is not None
    return True
