"""Read a template: once, completely, and with the place of whatever is wrong in it."""

from __future__ import annotations

import re
from typing import Any

from instep.core.template.expressions import (
    NO_SETTINGS,
    Call,
    Expression,
    Literal,
    Path,
    Template,
)
from instep.core.template.mistakes import Refused, TemplateError, nearest
from instep.core.template.modifier import Modifier
from instep.core.template.modifiers import MODIFIERS
from instep.core.template.tokens import OPENING, Piece, Token, pieces
from instep.core.times import NoTime

LONGEST = 20_000
"""Characters of a template."""
MOST_EXPRESSIONS = 500
MOST_STEPS = 20
MOST_CALLS = 20
MOST_ARGUMENTS = 200

_DIGITS_OF_A_NUMBER = 15  # as many as a number of JSON keeps
_LONGEST_INDEX = 6
_UNSAID: dict[str, Any] = {"true": True, "false": False, "null": None}
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def parse(source: str) -> Template:
    """Read a template. Raises TemplateError, with the place and what to write instead."""
    _storable(source)
    parts: list[str | Expression] = []
    at = count = 0
    while opening := OPENING.search(source, at):
        if opening.start() > at:
            parts.append(source[at : opening.start()])
        count += 1
        if count > MOST_EXPRESSIONS:
            said = f"there are more than {MOST_EXPRESSIONS} expressions; use fewer"
            raise TemplateError(said, source, opening.start())
        reader = _Reader(source, opening.end(), closed=True)
        parts.append(reader.expression())
        at = reader.now.end
    if at < len(source) or not parts:
        parts.append(source[at:])
    return Template(tuple(parts), source)


def parse_expression(source: str) -> Expression:
    """Read what otherwise stands between braces, such as a condition's field. As `parse`."""
    _storable(source)
    return _Reader(source, 0, closed=False).expression()


def _storable(source: str) -> None:
    if len(source) > LONGEST:
        said = f"it has more than {LONGEST:,} characters; make it shorter"
        raise TemplateError(said, source, LONGEST)
    at = source.find("\x00")
    if at < 0 and not source.isascii():
        half = _HALF.search(source)
        at = half.start() if half else -1
    if at >= 0:
        raise TemplateError("this character cannot be stored; take it out", source, at)


_HALF = re.compile("[\ud800-\udfff]")


class _Reader:
    """One expression, token by token. `now` is the token that comes next."""

    def __init__(self, source: str, start: int, *, closed: bool) -> None:
        self.source = source
        self._pieces = pieces(source, start, closed=closed)
        self.now = next(self._pieces)

    def expression(self) -> Expression:
        """Read to the closing braces, which stay in `now`."""
        if self._ended():
            raise self._wrong("there is no expression; write a name, such as {{contact.email}}")
        operand = self._operand()
        calls: list[Call] = []
        while self._is("|"):
            if len(calls) == MOST_CALLS:
                raise self._wrong(f"there are more than {MOST_CALLS} modifiers; use fewer")
            self._step()
            calls.append(self._call())
        if not self._ended():
            raise self._wrong(self._unexpected())
        return Expression(operand, tuple(calls), self.source)

    def _operand(self) -> Path | Literal:
        piece = self.now
        if piece.token is Token.TEXT:
            return self._literal(self._unescaped(piece))
        if piece.token is Token.NUMBER:
            return self._literal(self._number(piece))
        if self._is("["):
            return self._path(())
        if piece.token is not Token.NAME:
            raise self._wrong("a name, a text in quotes or a number has to stand here")
        self._step()
        if piece.text in _UNSAID and not (self._is(".") or self._is("[")):
            return Literal(_UNSAID[piece.text], piece.start, piece.end)
        return self._path((piece.text,), piece)

    def _literal(self, value: str | float) -> Literal:
        piece = self._step()
        return Literal(value, piece.start, piece.end)

    def _path(self, first: tuple[str, ...], begun: Piece | None = None) -> Path:
        steps: list[str | int] = list(first)
        last = begun or self.now
        start = last.start
        while self._is(".") or self._is("["):
            if len(steps) == MOST_STEPS:
                raise self._wrong(f"a path has at most {MOST_STEPS} steps")
            named = self._step().text == "."
            steps.append(self._name() if named else self._index())
            last = self._step()
        return Path(tuple(steps), start, last.end)

    def _name(self) -> str:
        if self.now.token is Token.NUMBER:
            raise self._wrong("an item of a list is named in brackets: [0] is the first")
        if self.now.token is not Token.NAME:
            raise self._wrong('a name has to follow the point; an odd one stands in ["…"]')
        return self.now.text

    def _index(self) -> str | int:
        piece = self._step()
        if not self._is("]"):
            raise self._wrong("] has to stand here")
        if piece.token is Token.TEXT:
            return self._unescaped(piece)
        whole = piece.token is Token.NUMBER and "." not in piece.text
        if not whole or len(piece.text) > _LONGEST_INDEX:
            said = "in brackets stands a place, such as [0], or a name in quotes"
            raise TemplateError(said, self.source, piece.start, piece.end)
        return int(piece.text)

    def _call(self) -> Call:
        if self.now.token is not Token.NAME:
            raise self._wrong("the name of a modifier has to follow |")
        name = self._step()
        modifier = MODIFIERS.get(name.text)
        if modifier is None:
            hint = nearest(name.text, MODIFIERS)
            said = f"there is no modifier {name.text[:40]!r}; {hint}"
            raise TemplateError(said, self.source, name.start, name.end)
        arguments: list[Path | Literal] = []
        while self._is(":" if not arguments else ","):
            self._step()
            if len(arguments) == MOST_ARGUMENTS:
                raise self._wrong(f"there are more than {MOST_ARGUMENTS} arguments")
            arguments.append(self._operand())
        self._counted(name, modifier, len(arguments))
        end = arguments[-1].end if arguments else name.end
        ready = self._ready(modifier, arguments)
        return Call(modifier, tuple(arguments), ready, name.start, end)

    def _counted(self, name: Piece, modifier: Modifier, count: int) -> None:
        most = modifier.most
        if count >= modifier.least and (most is None or count <= most):
            return
        wanted = ", ".join(each.name for each in modifier.arguments)
        if not modifier.arguments:
            said = f"{modifier.name} takes no arguments"
        elif count < modifier.least:
            said = f"{modifier.name} needs {modifier.least}: {wanted}, after a colon"
        else:
            said = f"{modifier.name} takes at most {most}: {wanted}"
        raise TemplateError(said, self.source, name.start, self.now.start)

    def _ready(self, modifier: Modifier, arguments: list[Path | Literal]) -> dict[int, Any]:
        """Read the arguments that are literals: what is wrong with them is wrong for all values."""
        ready = {}
        for number, each in enumerate(arguments):
            if not isinstance(each, Literal) or each.value is None:
                continue
            argument = modifier.argument(number)
            try:
                ready[number] = argument.ready(each.value, NO_SETTINGS)
            except (Refused, NoTime) as error:
                said = f"the {argument.name} of {modifier.name} {error}"
                raise TemplateError(said, self.source, each.start, each.end) from None
        return ready

    def _unescaped(self, piece: Piece) -> str:
        text, at, parts = piece.text[1:-1], 0, []
        while (sign := text.find("\\", at)) >= 0:
            escaped = _ESCAPED.get(text[sign + 1])
            if escaped is None:
                start = piece.start + 1 + sign
                said = r"after \ stands one of n t r \ and the quotation marks; for \ write \\"
                raise TemplateError(said, self.source, start, start + 2)
            parts += [text[at:sign], escaped]
            at = sign + 2
        return "".join([*parts, text[at:]])

    def _number(self, piece: Piece) -> int | float:
        if sum(each.isdigit() for each in piece.text) > _DIGITS_OF_A_NUMBER:
            said = f"a number has at most {_DIGITS_OF_A_NUMBER} digits; write it as text, in quotes"
            raise TemplateError(said, self.source, piece.start, piece.end)
        number = float(piece.text)
        return int(number) if number.is_integer() else number

    def _unexpected(self) -> str:
        if self._is(":") or self._is(","):
            return "arguments follow a modifier's name: | name:argument,argument"
        if self.now.token is Token.NAME:
            return f"a modifier follows |; did you mean | {self.now.text[:40]}?"
        return "this is one thing too many; a modifier follows |"

    def _is(self, sign: str) -> bool:
        return self.now.token is Token.SIGN and self.now.text == sign

    def _ended(self) -> bool:
        return self.now.token is Token.CLOSE

    def _step(self) -> Piece:
        """Return the token that comes next, and go on to the one behind it."""
        piece = self.now
        if piece.token is Token.CLOSE:
            raise self._wrong("the expression ends too early; something has to follow here")
        self.now = next(self._pieces)
        return piece

    def _wrong(self, sentence: str) -> TemplateError:
        return TemplateError(sentence, self.source, self.now.start, self.now.end)
