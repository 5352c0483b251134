"""What has to be true for a flow to go on: rows of field, operator and value, all or any. Pure.

A row's field is a template's expression ("contact.tags | length"), its value any value of JSON, in
which texts are templates. Unlike a sync's filter, it knows no difference between what is empty and
what was not read: both are missing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from instep.core.comparing import Situation
from instep.core.errors import UserError
from instep.core.groups import Place, Rows, read_group
from instep.core.operators import OPERATORS, ConditionOperator, Wants
from instep.core.shapes import kind_of
from instep.core.template import (
    Expression,
    Kind,
    Shape,
    Template,
    TemplateError,
    check,
    parse,
    parse_expression,
)
from instep.core.template.mistakes import Refused, nearest
from instep.core.template.writing import text_of
from instep.core.times import Length, NoTime, read_length

MOST_ROWS = 200
MOST_WANTED = 1_000
"""Values that one row may name."""

_PARTS = ("field", "operator", "value", "words")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One row. `value` is as it was typed; `wanted` what it was read into. `place` is for errors."""

    field: Expression
    operator: ConditionOperator
    value: Any
    words: str | None = None
    wanted: Any = dataclasses.field(default=None, compare=False)
    place: str = dataclasses.field(default="", compare=False)
    told: str = dataclasses.field(default="", compare=False, init=False)

    def __post_init__(self) -> None:
        # told with every verdict, so it is put into words only once
        object.__setattr__(self, "told", self._in_words())

    def sentence(self) -> str:
        """Return the row in plain words: 'contact.city is "Ulm"'."""
        return self.told

    def _in_words(self) -> str:
        if self.words is not None:
            return self.words
        if self.operator.wants is Wants.FLAG:
            return f"{self.field} is {'filled' if self.value else 'empty'}"
        if self.operator.wants is Wants.NOTHING:
            return f"{self.field} {self.operator.says}"
        if self.operator.wants is Wants.LENGTH:
            return f"{self.field} {self.operator.says} {self.value}"
        return f"{self.field} {self.operator.says} {_shown(self.value)}"

    def judged(self, situation: Situation) -> tuple[bool, str]:
        """Return whether the row is met, and what was found. Raises RenderRefused."""
        held = self.field.value(situation.values, situation.settings)
        told = f"it is {_shown(held)}"
        wanted = _rendered(self.wanted, situation)
        if self.operator.past:
            if situation.before is None:
                return False, f"{told}, and nothing is known of it before"
            before = self.field.value(situation.before, situation.settings)
            told += f", and was {_shown(before)}"
            held = (held, before)
        try:
            return self.operator.meets(held, wanted, situation), told
        except (Refused, NoTime) as error:
            return False, f"{told}, which {error}"


@dataclass(frozen=True, slots=True)
class Conditions(Rows[ConditionRow]):
    """Rows and groups of rows, of which all or at least one have to be met."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether conditions held, and why, in a sentence for the run's record."""

    held: bool
    sentence: str


def judge(conditions: Conditions, situation: Situation) -> Verdict:
    """Say whether conditions hold and why. Raises RenderRefused where a modifier fails."""
    held, told = _judge(conditions, situation)
    return Verdict(held, f"It {'held' if held else 'did not hold'}: {told}.")


def _judge(group: Rows[ConditionRow], situation: Situation) -> tuple[bool, str]:
    answers = [
        (answer[0], f"({answer[1]})")
        if isinstance(part, Rows) and (answer := _judge(part, situation))
        else _told(part, situation)
        for part in group.parts
    ]
    held = (all if group.every else any)(met for met, _ in answers)
    # what decided it: of all, each that is not met; of any, each that is
    return held, " and ".join(told for met, told in answers if met is held)


def _told(row: Any, situation: Situation) -> tuple[bool, str]:
    met, found = row.judged(situation)
    return met, f"{row.told}{f' ({found})' if met else f': no, {found}'}"


def _shown(value: Any) -> str:
    """Show a value shortly; the run's record masks what is secret, as in every step."""
    if value is None or value in ("", [], {}):
        return "empty"
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        text = ", ".join(f'"{each[:_SHOWN]}"' for each in value[:_SHOWN])
    else:
        try:
            text = text_of(value)
        except Refused:
            return "something that cannot be shown"
        text = f'"{text}"' if isinstance(value, str) else text
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _rendered(wanted: Any, situation: Situation) -> Any:
    if isinstance(wanted, Template):
        return wanted.render(situation.values, situation.settings)
    if isinstance(wanted, tuple):
        return [_rendered(each, situation) for each in wanted]
    return wanted


# Reading the stored or typed form


def build_conditions(raw: Any, where: str) -> Conditions:
    """Read {"all": [{"field": "contact.city", "operator": "eq", "value": "Ulm"}, {"any": […]}]}.

    `where` begins each message ("The conditions of step 2"). Raises UserError that names the
    place, such as "all[2].any[1]", and what to write there.
    """
    at = Place(where)
    reader = _Reader(at)
    built = read_group(raw, Conditions, reader.row, at)
    if sum(1 for _ in built.rows()) > MOST_ROWS:
        raise at.wrong("", f"has more than {MOST_ROWS} rows; use fewer")
    return built


def condition_rows(conditions: Conditions) -> dict[str, Any]:
    """Return the stored form; `build_conditions` reads it back."""
    return conditions.stored(_stored)


def _stored(row: ConditionRow) -> dict[str, Any]:
    stored = {"field": str(row.field), "operator": row.operator.word}
    if row.operator.wants is not Wants.NOTHING:
        stored["value"] = row.value
    return stored if row.words is None else {**stored, "words": row.words}


def check_conditions(conditions: Conditions, known: Shape, where: str) -> list[UserError]:
    """Return what is wrong with conditions, as far as the values are known. Raises nothing."""
    return [
        Place(where).wrong(row.place, said)
        for row in conditions.rows()
        for said in _checked(row, known)
    ]


def _checked(row: ConditionRow, known: Shape) -> list[str]:
    found = check(row.field, known)
    said = [f"has a field that cannot be: {each.sentence}" for each in found.errors]
    kind = found.shape.kind
    if row.operator.kinds and kind not in {*row.operator.kinds, Kind.ANY, Kind.NOTHING}:
        said.append(f"asks whether {row.field} {row.operator.says} something, but it is {kind}")
    templates = row.wanted if isinstance(row.wanted, tuple) else (row.wanted,)
    for each in templates:
        if isinstance(each, Template):
            wrong = check(each, known).errors
            said += [f"has a value that cannot be: {one.sentence}" for one in wrong]
    return said


@dataclass(frozen=True, slots=True)
class _Reader:
    at: Place

    def row(self, raw: Mapping[str, Any], place: str) -> ConditionRow:
        for name in raw:
            if name not in _PARTS:
                raise self.at.wrong(
                    place, f"has {str(name)[:_SHOWN]!r}; a condition has {', '.join(_PARTS)}"
                )
        words = raw.get("words")
        if not isinstance(words, str | None):
            raise self.at.wrong(place, "has words that are no text")
        read = self._field(raw["field"], place)
        operator = self._operator(raw.get("operator", "eq"), place)
        value = raw.get("value", True if operator.wants is Wants.FLAG else None)
        wanted = self._wanted(operator, value, place)
        return ConditionRow(read, operator, value, words, wanted, place)

    def _field(self, raw: Any, place: str) -> Expression:
        if not isinstance(raw, str):
            raise self.at.wrong(place, "has a field that is no text, such as contact.city")
        try:
            return parse_expression(raw)
        except TemplateError as error:
            raise self._unreadable("field", error, place) from None

    def _operator(self, raw: Any, place: str) -> ConditionOperator:
        found = OPERATORS.get(raw) if isinstance(raw, str) else None
        if found is None:
            hint = nearest(raw if isinstance(raw, str) else "", OPERATORS, len(OPERATORS))
            raise self.at.wrong(place, f"has an operator that there is not; {hint}")
        return found

    def _wanted(self, operator: ConditionOperator, value: Any, place: str) -> Any:
        match operator.wants:
            case Wants.NOTHING:
                if value is not None:
                    raise self.at.wrong(place, f"has a value, but {operator.word} takes none")
                return None
            case Wants.FLAG:
                if not isinstance(value, bool):
                    raise self.at.wrong(
                        place, f"has no value true or false, as {operator.word} needs it"
                    )
                return value
            case Wants.LENGTH:
                return self._length(value, place)
            case Wants.SEVERAL:
                return self._several(operator, value, place)
            case Wants.ONE:
                return self._list(value, place) if _is_list(value) else self._one(value, place)

    def _length(self, value: Any, place: str) -> Length:
        try:
            length = read_length(value if isinstance(value, str) else "")
        except NoTime as error:
            raise self.at.wrong(place, f"has a value that {error}") from None
        if length.count <= 0:
            raise self.at.wrong(place, "has a value that counts backwards; write it without sign")
        return length

    def _several(self, operator: ConditionOperator, value: Any, place: str) -> Any:
        if isinstance(value, str):
            wanted = self._one(value, place)
            if isinstance(wanted, Template):
                return wanted  # what comes of it may be a list
        if not _is_list(value):
            raise self.at.wrong(
                place, f"needs a list of values, as the operator is {operator.word}"
            )
        return self._list(value, place)

    def _list(self, value: Any, place: str) -> tuple[Any, ...]:
        if not 0 < len(value) <= MOST_WANTED:
            raise self.at.wrong(place, f"needs a list of 1 to {MOST_WANTED} values")
        return tuple(self._one(each, place) for each in value)

    def _one(self, value: Any, place: str) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                template = parse(value)
            except TemplateError as error:
                raise self._unreadable("value", error, place) from None
            return template if template.expressions else value
        if kind_of(value) in {Kind.NUMBER, Kind.BOOLEAN}:
            return value
        raise self.at.wrong(
            place, "has no value to compare with; ask for an empty field by exists and false"
        )

    def _unreadable(self, part: str, error: TemplateError, place: str) -> UserError:
        said = f"has a {part} that is wrong at character {error.start + 1}: {error.sentence}"
        return self.at.wrong(place, said)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))
