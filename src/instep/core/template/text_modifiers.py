"""What can be done to a text."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from urllib.parse import quote

import phonenumbers

from instep.core.countries import code_of
from instep.core.normalise import to_e164
from instep.core.shapes import Kind
from instep.core.template.mistakes import Refused
from instep.core.template.modifier import Argument, Modifier
from instep.core.template.writing import LARGEST_TEXT
from instep.core.transforms import Tidying, Transforms

_SHORT = 2_000  # characters: composing accents takes the square of a run of them
_LONGEST_PHONE = 250
_TITLED, _DIGITS = Transforms(Tidying.TITLE), Transforms(Tidying.DIGITS)
_APART = re.compile(r"[^a-z0-9]+")
TEXT, NUMBER, LIST = Kind.TEXT, Kind.NUMBER, Kind.LIST


def whole(least: int, most: int) -> Argument:
    """Return an argument that is a whole number within bounds."""

    def read(number: Decimal) -> int:
        if not least <= number <= most or number != int(number):
            raise Refused(f"has to be a whole number from {least} to {most:,}")
        return int(number)

    return Argument("count", NUMBER, read)


def _short(text: str) -> str:
    if len(text) > _SHORT:
        raise Refused(f"has more than {_SHORT:,} characters")
    return text


def _title(text: str) -> str:
    return _TITLED.forward(_short(text), None) or ""


def _digits(text: str) -> str:
    return _DIGITS.forward(text, None) or ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", _short(text)).encode("ascii", "ignore").decode()
    return _APART.sub("-", plain.lower()).strip("-")


def _phone(text: str, country: str | None) -> str | None:
    return to_e164(text.strip(), country) if len(text) <= _LONGEST_PHONE else None


def _country(text: str) -> str:
    code = code_of(text) if len(text) <= _SHORT else ""
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise Refused("has to be a country, such as AU")
    return code


def _replace(text: str, old: str, new: str) -> str:
    if not old:
        raise Refused("cannot have nothing replaced; say which text")
    if len(text) + text.count(old) * (len(new) - len(old)) > LARGEST_TEXT:
        raise Refused(f"would have more than {LARGEST_TEXT:,} characters")
    return text.replace(old, new)


def _truncate(text: str, most: int, ending: str) -> str:
    if len(text) <= most:
        return text
    return text[: max(0, most - len(ending))].rstrip() + ending[:most]


def _split(text: str, by: str) -> list[str]:
    if not by:
        raise Refused("cannot be split at nothing; say at which text")
    return [part for each in text.split(by) if (part := each.strip())]


TEXT_MODIFIERS = (
    Modifier(
        "title",
        TEXT,
        TEXT,
        "Begins each word with a capital, and puts the rest of it in small letters.",
        ('"ann o\'neil" | title', "Ann O'neil"),
        _title,
    ),
    Modifier(
        "capital",
        TEXT,
        TEXT,
        "Begins the text with a capital, and leaves the rest.",
        ('"call Ann" | capital', "Call Ann"),
        _capital,
    ),
    Modifier("upper", TEXT, TEXT, "Capital letters.", ('"vip" | upper', "VIP"), str.upper),
    Modifier("lower", TEXT, TEXT, "Small letters.", ('"VIP" | lower', "vip"), str.lower),
    Modifier(
        "trim",
        TEXT,
        TEXT,
        "Takes blanks and empty lines off both ends.",
        ('"  Ulm " | trim', "Ulm"),
        str.strip,
    ),
    Modifier(
        "prefix",
        TEXT,
        TEXT,
        "Puts a text in front, unless there is nothing.",
        ('contact.first_name | prefix:"Dear "', "Dear ann"),
        lambda text, more: more + text if text else text,
        (Argument("text"),),
    ),
    Modifier(
        "suffix",
        TEXT,
        TEXT,
        "Puts a text behind, unless there is nothing.",
        ('"12" | suffix:" years"', "12 years"),
        lambda text, more: text + more if text else text,
        (Argument("text"),),
    ),
    Modifier(
        "replace",
        TEXT,
        TEXT,
        "Replaces a text wherever it stands, letter by letter.",
        ('"a-b-c" | replace:"-","/"', "a/b/c"),
        _replace,
        (Argument("old"), Argument("new")),
    ),
    Modifier(
        "split",
        TEXT,
        LIST,
        "Makes a list: the parts between a text, trimmed, without empty ones.",
        ('"vip, new" | split | last', "new"),
        _split,
        (Argument("by", needed=False, otherwise=","),),
    ),
    Modifier(
        "truncate",
        TEXT,
        TEXT,
        "Cuts a text to so many characters, the ending included.",
        ('"A long story" | truncate:7', "A long…"),
        _truncate,
        (whole(1, LARGEST_TEXT), Argument("ending", needed=False, otherwise="…")),
    ),
    Modifier(
        "digits",
        TEXT,
        TEXT,
        "Keeps nothing but the digits, as 0 to 9.",
        ('"No. 12/34" | digits', "1234"),
        _digits,
    ),
    Modifier(
        "phone",
        TEXT,
        TEXT,
        "Writes a phone number as +, country code and number; nothing if it is not valid. "
        "The country, of the account unless you say it, completes a number without its code.",
        ('"0412 345 678" | phone:"AU"', "+61412345678"),
        _phone,
        (Argument("country", TEXT, _country, needed=False, setting="country"),),
    ),
    Modifier(
        "slug",
        TEXT,
        TEXT,
        "Small letters and digits of ASCII, with hyphens between them.",
        ('"Crème brûlée!" | slug', "creme-brulee"),
        _slug,
    ),
    Modifier(
        "url",
        TEXT,
        TEXT,
        "Encodes a text so that it can be part of a URL.",
        ('"a b&c" | url', "a%20b%26c"),
        lambda text: quote(text, safe=""),
    ),
)
