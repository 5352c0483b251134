"""People: what every app of the sandbox can be filled with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import phonenumbers

from instep.core.errors import UserError
from instep.sandbox import census

_YOUNGEST = date(2005, 12, 31)
_SPAN_OF_BIRTHDAYS = 65 * 365
_VARIED_DIGITS = 6
_STRIDE = 368_787  # shares no factor with a power of ten: a walk by it meets every number once


@dataclass(frozen=True, slots=True)
class Person:
    """A person in canonical values; None is unknown.

    `phone` is E.164, or as it was written where it is no valid number. `country` is ISO alpha-2,
    `date_of_birth` YYYY-MM-DD, `tags` lower-case and sorted.
    """

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    phone_other: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    company: str | None = None
    website: str | None = None
    date_of_birth: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()


def invent(number: int, seed: int = 0, country: str = "US") -> list[Person]:
    """Return that many believable people of a country, the same ones for the same seed.

    E-mails and phone numbers are unique, valid, and (e-mails) under the reserved example domains.
    More people with one seed begin with the same people. Raises UserError on an unknown country.
    """
    dice = random.Random(f"{seed}/{country}")  # noqa: S311 - people need no secrecy
    phones = _phones(country, dice.randrange(10**_VARIED_DIGITS))
    return [_person(index, dice, country, next(phones)) for index in range(number)]


def _person(index: int, dice: random.Random, country: str, phone: str) -> Person:
    first, last = dice.choice(census.FIRST_NAMES), dice.choice(census.LAST_NAMES)
    city, state, postcode = dice.choice(census.PLACES.get(country, census.ANYWHERE))
    company = f"{dice.choice(census.LAST_NAMES)} {dice.choice(census.TRADES)}"
    domain = f"{company.replace(' ', '-').replace(chr(39), '').lower()}.example"
    mailbox = f"{first}.{last.replace(chr(39), '')}{index}".lower()
    at_work = dice.random() < 0.6  # noqa: PLR2004 - most people are known through their work
    return Person(
        first_name=first,
        last_name=last,
        email=f"{mailbox}@{dice.choice(('example.com', 'example.net', 'example.org'))}",
        phone=phone,
        address=f"{dice.randint(1, 250)} {dice.choice(census.STREETS)} "
        f"{dice.choice(census.STREET_KINDS)}",
        city=city,
        state=state,
        postal_code=_digits_for_marks(postcode, dice),
        country=country,
        company=company if at_work else None,
        website=f"https://www.{domain}" if at_work else None,
        date_of_birth=(_YOUNGEST - timedelta(dice.randrange(_SPAN_OF_BIRTHDAYS))).isoformat(),
        source=dice.choice(census.SOURCES),
        tags=tuple(sorted(dice.sample(census.TAGS, dice.choice((0, 0, 1, 1, 2, 3))))),
    )


def _digits_for_marks(pattern: str | None, dice: random.Random) -> str | None:
    if pattern is None:
        return None
    return "".join(str(dice.randrange(10)) if mark == "#" else mark for mark in pattern)


def _phones(country: str, start: int) -> Iterator[str]:
    """Yield valid numbers of a country, each once, by varying the ends of its example numbers."""
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    examples = [phonenumbers.example_number_for_type(country, kind) for kind in kinds]
    known = list(dict.fromkeys(_e164(example) for example in examples if example))
    if not known:
        raise UserError(f"{country!r} is not a country code with known phone numbers, such as US.")
    seen = set()
    for step in range(10**_VARIED_DIGITS):
        ending = f"{(start + step * _STRIDE) % 10**_VARIED_DIGITS:0{_VARIED_DIGITS}}"
        for example in known:
            text = example[:-_VARIED_DIGITS] + ending
            if text not in seen and phonenumbers.is_valid_number(phonenumbers.parse(text)):
                seen.add(text)
                yield text
    raise UserError(f"There are not enough phone numbers in {country} for so many people.")


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
