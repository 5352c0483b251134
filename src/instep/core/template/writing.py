"""How a value becomes text, within bounds: hostile values neither hang nor exhaust anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from instep.core.normalise import normalise
from instep.core.records import Field, FieldType
from instep.core.template.mistakes import Refused

LARGEST_TEXT = 1_000_000
"""Characters that a template may come to, and each step on the way."""
MOST_VALUES = 200_000
DEEPEST_VALUE = 50
_LONGEST_NUMBER = 40
_BITS = 128  # an int of more has more digits than that

_NUMBER = Field("number", "number", FieldType.NUMBER)


def clean(text: str) -> str:
    """Return a text without what no app and no database keeps: NUL and halves of characters."""
    if len(text) > LARGEST_TEXT:
        raise Refused(f"would have more than {LARGEST_TEXT:,} characters")
    if not text.isascii():
        text = text.encode(errors="ignore").decode()
    return text.replace("\x00", "") if "\x00" in text else text


def text_of(value: Any) -> str:
    """Write a value as text: nothing is empty, a list its items with commas, an object JSON."""
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, (list, tuple)):
        return joined(value, ", ")
    return json_text(value)


def joined(items: list[Any] | tuple[Any, ...], between: str) -> str:
    """Write a list's filled items one after the other; lists and objects in it as JSON."""
    texts, size = [], 0
    for each in items:
        nested = isinstance(each, (list, tuple, Mapping))
        text = json_text(each) if nested else text_of(each)
        size += len(text) + len(between)
        if size > LARGEST_TEXT:
            raise Refused(f"would have more than {LARGEST_TEXT:,} characters")
        texts += [text] if text else []
    return between.join(texts)


def number_text(value: float) -> str:
    """Write a number with its shortest digits, never with an exponent."""
    if isinstance(value, int):
        if value.bit_length() > _BITS:
            raise Refused("is a number of too many digits")
        return str(value)
    text = str(normalise(value, _NUMBER, None))
    if not is_number_text(text):
        raise Refused("is no finite number, or has too many digits")
    return text


def is_number_text(text: str) -> bool:
    """Whether `normalise` made a number of it: digits, at most one point and one sign."""
    digits = text.removeprefix("-").replace(".", "", 1)
    return text.isascii() and digits.isdecimal()


def decimal_of(value: Any) -> Decimal:
    """Read a number, or a text that is one: "1,250" is none, half the world reads 1.25."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Refused("has to be a number")
    if isinstance(value, str):
        text = str(normalise(value, _NUMBER, None)) if len(value) <= _LONGEST_NUMBER else ""
        if not is_number_text(text):
            raise Refused("has to be a number: digits and a point, nothing between thousands")
        return Decimal(text)
    return Decimal(number_text(value))


def plain_number(number: Decimal) -> int | float:
    """Return a number as JSON has it: whole if it is, else with the digits that a float keeps."""
    if number == number.to_integral_value():
        whole = int(number)
        number_text(whole)
        return whole
    return float(number)


def json_text(value: Any, *, in_order: bool = False) -> str:
    """Write a value as JSON, with the names of objects in order if they are to be compared.

    Raises Refused for what is too deep, too much, or no JSON.
    """
    _bounded(value)
    try:
        return clean(
            json.dumps(
                value, ensure_ascii=False, allow_nan=False, default=_plain, sort_keys=in_order
            )
        )
    except (TypeError, ValueError):
        raise Refused("has something in it that JSON does not know") from None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


def _bounded(value: Any) -> None:
    """Walk a value without recursion: it may be deep, or share parts again and again."""
    level, seen, size = [value], 0, 0
    for _ in range(DEEPEST_VALUE):
        below: list[Any] = []
        for each in level:
            if isinstance(each, Mapping):
                below += each.values()
                size += sum(len(name) for name in each if isinstance(name, str))
            elif isinstance(each, (list, tuple)):
                below += each
            elif isinstance(each, str):
                size += len(each)
            elif isinstance(each, (int, float)) and not isinstance(each, bool):
                number_text(each)
            seen += 1
            if seen + len(below) > MOST_VALUES or size > LARGEST_TEXT:
                raise Refused("has too much in it to be written as text")
        if not below:
            return
        level = below
    raise Refused(f"has lists or objects more than {DEEPEST_VALUE} deep")
