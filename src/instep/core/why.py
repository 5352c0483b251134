"""Say in plain words how one record stands, and why: plain values in, sentences out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from instep.core.mapping import SideName
from instep.core.records import Value
from instep.core.write_only import of_record


class Stand(StrEnum):
    """How a record stands, the first that holds in this order."""

    WAITING = "waiting"  # a write is on its way
    CONFLICT = "conflict"  # both sides changed a field differently
    RESTLESS = "restless"  # changed too often: left alone
    AMBIGUOUS = "ambiguous"  # its match is not certain
    REJECTED = "rejected"  # the app refused the write
    AWAITING = "awaiting"  # the record it belongs to has no partner yet
    EXCLUDED = "excluded"
    GONE = "gone"
    NOTICED = "noticed"  # seen, to be decided by the next run
    IN_STEP = "in_step"
    UNKNOWN = "unknown"  # not seen yet


@dataclass(frozen=True, slots=True)
class End:
    """A record on one side, as it was last read. Times: epoch milliseconds."""

    id: str
    state: str
    sentence: str | None = None
    changed_at: int | None = None
    read_at: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A write to `side` that has not ended well: its state, attempts, and the next try."""

    side: SideName
    state: str  # ready, sending, unknown, failed
    attempts: int
    due_at: int
    sentence: str | None = None
    creates: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """The last change that was written, by which run, with before, after and why by field."""

    side: SideName
    at: int
    run: str | None
    what: str  # created, updated
    before: Mapping[str, Value] = field(default_factory=dict)
    after: Mapping[str, Value] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same."""

    id: str
    label: str | None = None
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Awaited:
    """The record that one belongs to and waits for: its canonical kind, its id on that side.

    `facts` is what its own sync knows about it; None: no sync has read it.
    """

    kind: str
    id: str
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known about one record or linked pair in one sync.

    `names` are the connections of side A and side B. `question` is the last question to a person
    about it: `conflict` with the fields both sides changed, or `review`. `stopped` says why the
    sync does not run, where it does not. `awaited` is whom it waits for, where it does. `write_only` are the
    connections that it is written to and cannot be read back from.
    """

    sync: str
    label: str
    names: tuple[str, str]
    a: End | None = None
    b: End | None = None
    stopped: str | None = None
    linked_at: int | None = None
    linked_by: str | None = None
    writes: tuple[OnItsWay, ...] = ()
    last: Changed | None = None
    question: str | None = None
    fields: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    settled: str | None = None
    noticed: bool = False
    awaited: Awaited | None = None
    write_only: tuple[str, ...] = ()

    @property
    def ends(self) -> tuple[tuple[str, End], ...]:
        """The ends there are, each with its connection's name."""
        named = zip(self.names, (self.a, self.b), strict=True)
        return tuple((name, end) for name, end in named if end is not None)

    @property
    def is_linked(self) -> bool:
        """Whether both sides are known to be the same record."""
        return self.linked_at is not None

    def name(self, side: SideName) -> str:
        """Return what the connection of `side` is called."""
        return self.names[0] if side == "a" else self.names[1]

    def has(self, state: str) -> bool:
        """Whether the record is in this state on either side."""
        return any(end.state == state for _, end in self.ends)

    def lost(self, side: SideName) -> bool:
        """Whether the record of this side is gone."""
        end = self.a if side == "a" else self.b
        return end is not None and end.state == "gone"

    def said(self, state: str) -> str | None:
        """Return what was said when the record came into this state."""
        said = [end.sentence for _, end in self.ends if end.state == state and end.sentence]
        return said[0] if said else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a record stands, in one word and in sentences."""

    stand: Stand
    sentences: tuple[str, ...]


def unknown(text: str) -> Explanation:
    """Explain a record that nobody has seen."""
    return Explanation(
        Stand.UNKNOWN,
        (
            f"No sync has read a record called {text!r} yet: by id, e-mail or link id.",
            "If it is in the app, the next run brings it; instep sync status says when that was.",
        ),
    )


def explain(facts: Facts) -> Explanation:
    """Return how a record stands and why, the most pressing first."""
    told = [(stand, said) for stand, tell in _TELLERS for said in tell(facts)]
    if not told:
        told = [(Stand.IN_STEP, said) for said in _in_step(facts)]
    if not told:
        told = [(Stand.NOTICED, "It was read, and the next run decides about it.")]
    sentences = [said for _, said in told]
    if told[0][0] is not Stand.IN_STEP:
        sentences += [*_linked(facts), *_last(facts)]
    if facts.is_linked:
        sentences += [of_record(name) for name in facts.write_only]
    if facts.settled is not None:
        sentences.append(f"The last word about it: {facts.settled}.")
    if facts.stopped is not None:
        sentences.append(f"The sync {facts.sync} does not run: {facts.stopped}")
    return Explanation(told[0][0], tuple(sentences))


def _waiting(facts: Facts) -> Iterator[str]:
    for each in facts.writes:
        if each.state == "failed":
            continue
        what = "A new record" if each.creates else "A change"
        where = f"{what} for {facts.name(each.side)} is on its way"
        if each.state == "unknown":
            yield (
                f"{where}: it was sent and no answer came. It is looked up at "
                f"{moment(each.due_at)}, before anything is sent again.{_after(each)}"
            )
        elif each.state == "sending":
            yield f"{where}: it is being sent now.{_after(each)}"
        elif each.attempts:
            tries = "once" if each.attempts == 1 else f"{each.attempts} times"
            yield f"{where}: tried {tries}, next at {moment(each.due_at)}.{_after(each)}"
        else:
            yield f"{where}: it waits for the next run.{_after(each)}"


def _after(each: OnItsWay) -> str:
    return f" {each.sentence}" if each.sentence else ""


def _conflict(facts: Facts) -> Iterator[str]:
    if not (facts.has("review") and facts.question == "conflict"):
        return
    for name in facts.fields:
        values = " and ".join(
            f"{show(end.values.get(name))} in {where}{_since(end)}" for where, end in facts.ends
        )
        yield f"Both sides changed {name} differently: {values}. A person decides."


def _since(end: End) -> str:
    return f" (changed {moment(end.changed_at)})" if end.changed_at is not None else ""


def _restless(facts: Facts) -> Iterator[str]:
    if facts.has("review") and facts.is_linked and facts.question == "review":
        yield facts.said("review") or "It is left alone until a person has looked at it."


def _ambiguous(facts: Facts) -> Iterator[str]:
    if not facts.has("review") or facts.is_linked:
        return
    yield f"Its match is not certain: {facts.said('review') or 'a person has to look'}."
    if facts.candidates:
        yield f"It may be {', or '.join(map(_candidate, facts.candidates))}."


def _candidate(each: Candidate) -> str:
    linked = ", which is linked already" if each.linked else ""
    return f"{each.label} ({each.id}{linked})" if each.label else f"{each.id}{linked}"


def _rejected(facts: Facts) -> Iterator[str]:
    # a write to a record that is gone is not what people wonder about
    failed = [each for each in facts.writes if each.state == "failed" and not facts.lost(each.side)]
    if not (failed and facts.has("failed")):
        return
    for each in failed[-1:]:
        yield (
            f"{facts.name(each.side)} did not take the last write: {each.sentence or 'it gave no reason.'} "
            "It is tried again when the record changes."
        )


def _awaiting(facts: Facts) -> Iterator[str]:
    if not facts.has("waiting"):
        return
    yield f"It waits: {facts.said('waiting') or 'the record it belongs to has no partner yet'}."
    if facts.awaited is not None:
        yield from _about(facts.awaited)


def _about(awaited: Awaited) -> Iterator[str]:
    """Tell how the record stands that another one waits for."""
    if awaited.facts is None:
        yield f"No sync has read its {awaited.kind} {awaited.id} yet."
        return
    first, *more = explain(awaited.facts).sentences
    yield f"Its {awaited.kind} {awaited.facts.label}: {first}"
    yield from more


def _excluded(facts: Facts) -> Iterator[str]:
    if facts.has("excluded"):
        yield f"It is left alone: {facts.said('excluded') or 'the rules of the sync say so'}."


def _gone(facts: Facts) -> Iterator[str]:
    for name, end in facts.ends:
        if end.state == "gone":
            yield f"It is not in {name} any more ({end.id})."


def _noticed(facts: Facts) -> Iterator[str]:
    if facts.noticed:
        yield "It may have changed since it was decided last; the next run looks at it."


_TELLERS = (
    (Stand.WAITING, _waiting),
    (Stand.CONFLICT, _conflict),
    (Stand.RESTLESS, _restless),
    (Stand.AMBIGUOUS, _ambiguous),
    (Stand.REJECTED, _rejected),
    (Stand.AWAITING, _awaiting),
    (Stand.EXCLUDED, _excluded),
    (Stand.GONE, _gone),
    (Stand.NOTICED, _noticed),
)


def _in_step(facts: Facts) -> Iterator[str]:
    if facts.linked_at is None:
        return
    since = max(facts.linked_at, facts.last.at if facts.last is not None else 0)
    yield f"In step since {moment(since)}."
    yield from _linked(facts)
    yield from _last(facts)


def _linked(facts: Facts) -> Iterator[str]:
    if facts.linked_at is not None and facts.a is not None and facts.b is not None:
        yield (
            f"{facts.a.id} in {facts.names[0]} is {facts.b.id} in {facts.names[1]}: linked by "
            f"{facts.linked_by} at {moment(facts.linked_at)}."
        )


def _last(facts: Facts) -> Iterator[str]:
    if facts.last is None:
        return
    last = facts.last
    run = f", in run {last.run}" if last.run else ""
    yield f"Last {last.what} in {facts.name(last.side)} at {moment(last.at)}{run}."
    for name, after in last.after.items():
        before = last.before.get(name)
        if before != after:
            why = f": {last.why[name]}" if name in last.why else ""
            yield f"{name} went from {show(before)} to {show(after)}{why}."


def show(value: Value) -> str:
    """Return a value as people read it."""
    if value is None or value == ():
        return "empty"
    if isinstance(value, tuple):
        return ", ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else repr(value)


def moment(milliseconds: int) -> str:
    """Return a time as people read it: 2026-01-05 15:00:00 UTC."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
