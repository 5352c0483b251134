"""What can be done to any value, to a missing one, and to a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instep.core.shapes import Kind, is_missing
from instep.core.template.mistakes import Refused
from instep.core.template.modifier import Argument, Keeps, Modifier
from instep.core.template.writing import joined, json_text, text_of

ANY, TEXT, LIST = Kind.ANY, Kind.TEXT, Kind.LIST
_WORDS = {"true": True, "yes": True, "on": True, "1": True}
_WORDS |= {"false": False, "no": False, "off": False, "0": False}


def _default(value: Any, *others: Any) -> Any:
    if not is_missing(value):
        return value
    return next((each for each in others if not is_missing(each)), value)


def _required(value: Any, name: str | None) -> Any:
    if is_missing(value):
        raise Refused(f"is missing: {name} is needed here" if name else "is missing, and needed")
    return value


def _boolean(value: Any) -> bool:
    word = text_of(value).strip().lower() if isinstance(value, (str, bool, int, float)) else ""
    if word not in _WORDS:
        raise Refused(f"has to be one of {', '.join(_WORDS)}")
    return _WORDS[word]


def _map(text: str, *words: str | None) -> str | None:
    """Give the partner of a word; the last argument without a partner is for all others."""
    folded = text.casefold()
    for word, partner in zip(words[::2], words[1::2], strict=False):
        if word is not None and word.casefold() == folded:
            return partner
    return words[-1] if len(words) % 2 else text


def _length(value: Any) -> int:
    if value is None:
        return 0
    return len(value) if isinstance(value, (list, tuple)) else len(_one(value))


def _one(value: Any) -> str:
    if isinstance(value, Mapping):
        raise Refused("has to be a text or a list, and is an object")
    return text_of(value)


def _first(items: Sequence[Any]) -> Any:
    return items[0] if items else None


def _last(items: Sequence[Any]) -> Any:
    return items[-1] if items else None


def _unique(items: Sequence[Any]) -> list[Any]:
    kept: dict[str, Any] = {}
    for each in items:
        kept.setdefault(json_text(each), each)
    return list(kept.values())


def _pick(items: Sequence[Any], name: str) -> list[Any]:
    found = [each.get(name) for each in items if isinstance(each, Mapping)]
    return [each for each in found if not is_missing(each)]


VALUE_MODIFIERS = (
    Modifier(
        "default",
        ANY,
        ANY,
        "Stands in for a missing value: the first of the others that is there. 0 and false are "
        "there; null, an empty text and an empty list are missing.",
        ('contact.nickname | default:contact.first_name,"there"', "ann"),
        _default,
        (Argument("other", ANY, needed=True, repeats=True),),
        sees_missing=True,
        keeps=Keeps.VALUE,
    ),
    Modifier(
        "required",
        ANY,
        ANY,
        "Stops with an error where the value is missing; you may say what it is called.",
        ('contact.email | required:"an e-mail address"', "ann@example.com"),
        _required,
        (Argument("name", TEXT, needed=False),),
        sees_missing=True,
        keeps=Keeps.VALUE,
    ),
    Modifier(
        "text",
        ANY,
        TEXT,
        "Writes any value as text, a list with commas between its items.",
        ("contact.tags | text", "vip, new"),
        text_of,
    ),
    Modifier(
        "json",
        ANY,
        TEXT,
        "Writes any value as JSON, a text with its quotes; nothing is null.",
        ("contact.tags | json", '["vip", "new"]'),
        json_text,
        sees_missing=True,
    ),
    Modifier(
        "boolean",
        ANY,
        Kind.BOOLEAN,
        "Reads true or false from true, yes, on, 1, false, no, off and 0.",
        ('"Yes" | boolean', "true"),
        _boolean,
    ),
    Modifier(
        "map",
        TEXT,
        TEXT,
        "Gives each word its partner, compared without case: word, partner, word, partner, and "
        "perhaps a last one for all other words, which otherwise stay as they are.",
        ('"WON" | map:"open","Open","won","Closed won","Other"', "Closed won"),
        _map,
        (Argument("word"), Argument("partner"), Argument("more", needed=False, repeats=True)),
    ),
    Modifier(
        "length",
        ANY,
        Kind.NUMBER,
        "Counts a text's characters or a list's items; nothing has none.",
        ("contact.tags | length", "2"),
        _length,
        sees_missing=True,
    ),
    Modifier(
        "first",
        LIST,
        ANY,
        "The first item of a list.",
        ("contact.tags | first", "vip"),
        _first,
        keeps=Keeps.ITEM,
    ),
    Modifier(
        "last",
        LIST,
        ANY,
        "The last item of a list.",
        ("contact.tags | last", "new"),
        _last,
        keeps=Keeps.ITEM,
    ),
    Modifier(
        "join",
        LIST,
        TEXT,
        "Writes a list's items one after the other, with a text between them.",
        ('contact.tags | join:" and "', "vip and new"),
        joined,
        (Argument("between", needed=False, otherwise=", "),),
    ),
    Modifier(
        "unique",
        LIST,
        LIST,
        "Keeps the first of items that are alike.",
        ('"a,b,a" | split | unique', "a, b"),
        _unique,
        keeps=Keeps.VALUE,
    ),
    Modifier(
        "pick",
        LIST,
        LIST,
        "Of a list of objects, the values of one field that are there.",
        ('contact.phones | pick:"number" | first', "+61412345678"),
        _pick,
        (Argument("field"),),
    ),
)
