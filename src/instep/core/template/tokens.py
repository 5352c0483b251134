"""An expression's text, cut into its tokens. Linear in its length, whatever it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from instep.core.template.mistakes import TemplateError

OPENING = re.compile(r"\{\{(?!\{)")
"""Where an expression begins: of several braces in a row, the last two are the opening."""


class Token(StrEnum):
    """What a token is, in words that people read in messages."""

    NAME = "a name"
    NUMBER = "a number"
    TEXT = "a text"
    SIGN = "a sign"
    CLOSE = "the end of the expression"


@dataclass(frozen=True, slots=True)
class Piece:
    """One token where it stands: `start` to `end` in the template."""

    token: Token
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""\s*(?:(?P<CLOSE>\}\})
        | (?P<NAME>[A-Za-z_][A-Za-z0-9_-]*)
        | (?P<NUMBER>-?[0-9]+(?:\.[0-9]+)?)
        | (?P<TEXT>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        | (?P<SIGN>[.|:,\[\]]))""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"\s*")
_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u00b4`"  # what word processors write
_SIGNS = {
    **dict.fromkeys(
        _QUOTES, "this is no quotation mark of the language; use straight ones, \" or '"
    ),
    "{": "an expression cannot stand within another",
    "}": "one brace closes nothing; write }}",
    "+": "there is no +; use | plus:…",
    "(": "there are no brackets; an argument follows a colon, as in | truncate:20",
    "=": "nothing is compared in a template; that is what conditions are for",
}


def pieces(source: str, start: int, *, closed: bool) -> Iterator[Piece]:
    """Yield the tokens from `start` on, the closing braces last.

    An expression that is not `closed` by braces ends with the source. Raises TemplateError.
    """
    at = start
    while found := _TOKEN.match(source, at):
        kind = str(found.lastgroup)
        yield Piece(Token[kind], found[kind], found.start(kind), found.end())
        at = found.end()
        if kind == "CLOSE":
            return
    blank = _BLANK.match(source, at)
    at = blank.end() if blank else at
    if at < len(source):
        raise TemplateError(_odd(source, at), source, at)
    if closed:
        opening = start - len("{{")
        raise TemplateError("this {{ is not closed; }} is missing", source, opening, start)
    yield Piece(Token.CLOSE, "", at, at)


def _odd(source: str, at: int) -> str:
    """Say what a character that begins no token is doing there."""
    sign = source[at]
    if sign in "\"'":
        return f"this text has no closing {sign}"
    if sign in _SIGNS:
        return _SIGNS[sign]
    name = f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
    if not sign.isascii() and sign.isalpha():
        return f'this letter is {name}; a name with such letters stands in quotes: ["…"]'
    shown = f"{sign!r}" if sign.isprintable() and sign.isascii() else name
    return f"{shown} means nothing here"
