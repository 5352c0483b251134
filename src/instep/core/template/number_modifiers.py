"""What can be done to a number. Reckoned in decimals: 0.1 and 0.2 are 0.3."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from instep.core.shapes import Kind
from instep.core.template.mistakes import Refused
from instep.core.template.modifier import Argument, Modifier

NUMBER, TEXT = Kind.NUMBER, Kind.TEXT
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)  # more than two numbers' digits together
MOST_PLACES = 10
_LONGEST_MARK = 1


def _places(number: Decimal) -> int:
    if not 0 <= number <= MOST_PLACES or number != int(number):
        raise Refused(f"has to be a whole number from 0 to {MOST_PLACES}")
    return int(number)


def _mark(text: str) -> str:
    if len(text) > _LONGEST_MARK or text.isalnum():
        raise Refused("has to be one character that is no letter and no digit")
    return text


def _round(number: Decimal, places: int) -> Decimal:
    return _EXACT.quantize(number, Decimal(1).scaleb(-places))


def _decimals(number: Decimal, places: int, point: str, thousands: str) -> str:
    rounded = _round(number, places)
    text = f"{rounded or abs(rounded):,f}"
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands)


def _divide(number: Decimal, by: Decimal) -> Decimal:
    if not by:
        raise Refused("cannot be divided by 0")
    return _EXACT.divide(number, by)


_OTHER = (Argument("number", NUMBER),)

NUMBER_MODIFIERS = (
    Modifier(
        "number",
        NUMBER,
        NUMBER,
        "Reads a number from text: digits and a point, nothing between thousands.",
        ('"1250.50" | number', "1250.5"),
        lambda number: number,
    ),
    Modifier(
        "round",
        NUMBER,
        NUMBER,
        "Rounds to so many places; a half is rounded away from 0.",
        ("2.675 | round:2", "2.68"),
        _round,
        (Argument("places", NUMBER, _places, needed=False, otherwise=0),),
    ),
    Modifier(
        "decimals",
        NUMBER,
        TEXT,
        "Writes a number with exactly so many places, and with your own signs for the point and "
        "between thousands.",
        ('1234.5 | decimals:2,",","."', "1.234,50"),
        _decimals,
        (
            Argument("places", NUMBER, _places, needed=False, otherwise=2),
            Argument("point", TEXT, _mark, needed=False, otherwise="."),
            Argument("thousands", TEXT, _mark, needed=False, otherwise=""),
        ),
    ),
    Modifier(
        "plus", NUMBER, NUMBER, "Adds a number.", ("0.1 | plus:0.2", "0.3"), _EXACT.add, _OTHER
    ),
    Modifier(
        "minus",
        NUMBER,
        NUMBER,
        "Takes a number away.",
        ("3 | minus:5", "-2"),
        _EXACT.subtract,
        _OTHER,
    ),
    Modifier(
        "times",
        NUMBER,
        NUMBER,
        "Multiplies by a number.",
        ('"19.99" | times:3', "59.97"),
        _EXACT.multiply,
        _OTHER,
    ),
    Modifier(
        "divided_by",
        NUMBER,
        NUMBER,
        "Divides by a number that is not 0.",
        ("1250 | divided_by:100", "12.5"),
        _divide,
        _OTHER,
    ),
)
