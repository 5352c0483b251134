"""A person's word on a record under review, made into a plan like any other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, Pair, SideName
from instep.core.merge import FieldChange, Merge, Reason
from instep.core.normalise import normalise
from instep.core.pairs import SIDES, other_side
from instep.core.plan import Intent, Item, Kind, Known
from instep.core.records import FieldType, Value

BY_A_PERSON = "a person"
"""How a link came about that a person made."""

LONGEST_WORD = 500


class Choice(StrEnum):
    """What a person may say about a record under review."""

    A = "a"  # side A's values are right
    B = "b"
    NEWEST = "newest"  # the side that changed last, by the apps' own word
    VALUE = "value"  # neither: this value, on both sides
    MATCH = "match"  # it is that record of the other side
    SEPARATE = "separate"  # it is nobody else: the other side gets a record of its own


@dataclass(frozen=True, slots=True)
class Settlement:
    """One choice with its person and reason.

    `said` is the value of VALUE and the record id of MATCH. `field` narrows A, B, NEWEST and VALUE
    to one field (a pair's key).
    """

    choice: Choice
    person: str
    said: str | None = None
    field: str | None = None
    because: str | None = None

    @property
    def sentence(self) -> str:
        """Who settled it, how and why, as the history keeps it."""
        what = _WORDS[self.choice].format(said=self.said)
        return f"{self.person} settled it: {what}" + (f" ({self.because})" if self.because else "")


_WORDS = {
    Choice.A: "side A is right",
    Choice.B: "side B is right",
    Choice.NEWEST: "the newer side is right",
    Choice.VALUE: "it is {said!r} on both sides",
    Choice.MATCH: "it is the record {said} of the other side",
    Choice.SEPARATE: "it is a record of its own",
}


def settlement(
    person: str,
    *,
    use: str | None = None,
    match: str | None = None,
    separate: bool = False,
    field: str | None = None,
    because: str | None = None,
) -> Settlement:
    """Build a settlement from its typed form: exactly one of use, match, separate.

    `use` is a, b, newest, or value=… Raises UserError.
    """
    if [use is not None, match is not None, separate].count(True) != 1:
        raise UserError(
            "Say one thing about it: --use a, b, newest or value=…, or --match RECORD_ID, "
            "or --separate."
        )
    if field is not None and use is None:
        raise UserError("A field goes with --use only: a match is about whole records.")
    person, because = _word(person), _word(because or "") or None
    if not person:
        raise UserError("Say who decides: the history keeps the name.")
    if match is not None:
        return Settlement(Choice.MATCH, person, match.strip(), because=because)
    if use is None:
        return Settlement(Choice.SEPARATE, person, because=because)
    choice, said = _use(use)
    return Settlement(choice, person, said, field, because)


def _word(text: str) -> str:
    return " ".join(text.split())[:LONGEST_WORD]


def _use(text: str) -> tuple[Choice, str | None]:
    name, equals, said = text.partition("=")
    if name == Choice.VALUE and equals:
        return Choice.VALUE, said
    if not equals and name in {Choice.A, Choice.B, Choice.NEWEST}:
        return Choice(name), None
    raise UserError(f"There is no choice {text!r}; it can be a, b, newest or value=…")


def settle_pair(
    mapping: FieldMapping,
    planned: Item,
    sides: tuple[Known, Known],
    settled: Settlement,
    countries: tuple[str | None, str | None],
) -> Item:
    """Return the plan for a linked pair once a person has spoken.

    `planned` is what the rules make of the pair now. Fields the settlement says nothing about stay
    as they are: in conflict, or planned. Raises UserError if it cannot be carried out.
    """
    keys = _in_question(planned, settled)
    changes: list[FieldChange] = []
    for key in keys:
        pair = mapping.by_key[key]
        wanted = _wanted(pair, sides, settled, countries)
        changes += _changes(pair, sides, wanted)
    left = tuple(each for each in planned.merge.conflicts if each.key not in keys)
    others = tuple(each for each in planned.merge.changes if each.key not in keys)
    base_a = {key: value for key, value in planned.merge.base_a.items() if key not in keys}
    base_b = {key: value for key, value in planned.merge.base_b.items() if key not in keys}
    merged = Merge((*others, *changes), left, base_a, base_b)
    return replace(
        planned, kind=Kind.UPDATE, merge=merged, why=planned.why if left else None, candidates=()
    )


def _in_question(planned: Item, settled: Settlement) -> list[str]:
    """Return the fields a settlement is about: those in conflict, else those held back."""
    waiting: Sequence[str] = [each.key for each in planned.merge.conflicts]
    waiting = waiting or [*dict.fromkeys(each.key for each in planned.merge.changes)]
    if not waiting:
        raise UserError(f"{planned.label} does not wait for anybody any more: {_now(planned)}.")
    if settled.field is not None:
        if settled.field not in waiting:
            raise UserError(
                f"{planned.label} has no field {settled.field!r} waiting; there is "
                f"{', '.join(waiting)}."
            )
        return [settled.field]
    if settled.choice is Choice.VALUE and len(waiting) > 1:
        raise UserError(
            f"{planned.label} waits with {', '.join(waiting)}: say with --field which one has "
            "this value."
        )
    return list(waiting)


def _now(planned: Item) -> str:
    return planned.why or "both sides agree"


_Wanted = dict[SideName, Value]


def _wanted(
    pair: Pair,
    sides: tuple[Known, Known],
    settled: Settlement,
    countries: tuple[str | None, str | None],
) -> _Wanted:
    """Return what each side is to hold."""
    a, b = sides
    if settled.choice is Choice.VALUE:
        said = settled.said or ""
        return {
            "a": _typed(pair, "a", said, countries[0]),
            "b": _typed(pair, "b", said, countries[1]),
        }
    right = _right_side(a, b, settled.choice)
    if right == "a":
        return {"a": a.values.get(pair.key), "b": pair.fit(a.values.get(pair.key), "b")}
    return {"a": pair.fit(b.values.get(pair.key), "a"), "b": b.values.get(pair.key)}


def _right_side(a: Known, b: Known, choice: Choice) -> SideName:
    if choice is Choice.A:
        return "a"
    if choice is Choice.B:
        return "b"
    if a.changed_at is None or b.changed_at is None or a.changed_at == b.changed_at:
        raise UserError("The apps do not say which side is newer; choose a or b.")
    return "a" if a.changed_at > b.changed_at else "b"


def _typed(pair: Pair, side: SideName, said: str, country: str | None) -> Value:
    """Return a typed value as `side` holds it. Raises UserError for one it cannot hold."""
    if pair.type in _YES_NO and said.strip().lower() not in _BOOLEANS:
        raise UserError(f"{pair.key} can be true or false, not {said!r}.")
    value = pair.fit(normalise(said, pair.field(side), country), side)
    if value is None:
        raise UserError(f"A value is missing for {pair.key}: nothing is emptied by settling it.")
    return value


_YES_NO = frozenset({FieldType.BOOLEAN, FieldType.CONSENT})
_BOOLEANS = frozenset({"true", "false", "yes", "no", "1", "0"})


def _changes(pair: Pair, sides: tuple[Known, Known], wanted: _Wanted) -> list[FieldChange]:
    """Return the writes that bring a field to what is wanted, with the other side's value."""
    changes = []
    for side, known in zip(SIDES, sides, strict=True):
        before = known.values.get(pair.key)
        if before == wanted[side]:
            continue
        if not pair.reaches(side):
            raise UserError(
                f"The mapping does not let {pair.key} be written to side {side.upper()}."
            )
        source = wanted[other_side(side)]
        changes.append(
            FieldChange(pair.key, side, before, wanted[side], source, Reason.SETTLED, lost=True)
        )
    return changes


def explain(intents: Sequence[Intent], item: Item, sentence: str) -> list[Intent]:
    """Let every settled field of these writes say who settled it and why."""
    settled = {each.key for each in item.merge.changes if each.why is Reason.SETTLED}
    made = item.kind is Kind.CREATE  # a person said that it is to be made: that goes for all of it
    return [
        replace(
            each,
            why={key: sentence if made or key in settled else why for key, why in each.why.items()},
        )
        for each in intents
    ]
