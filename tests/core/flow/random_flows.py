"""Random flows, random outcomes, and a plain interpreter that says what has to come of them."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from instep.core.errors import (
    ConnectionBroken,
    DailyLimit,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
)
from instep.core.flow.model import Action
from instep.core.flow.moves import Do, FindOut, Finish, Stop, Wait
from instep.core.flow.outcomes import after_error, done, load, started, stored
from instep.core.flow.walk import Walk
from tests.core.flow.documents import flow_of, when

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FLAGS = "abc"
ERRORS = (RetryLater, RecordRejected, OutcomeUnknown, ConnectionBroken, DailyLimit)

conditions = st.dictionaries(st.sampled_from(FLAGS), st.booleans(), min_size=1, max_size=2).map(
    lambda wanted: when(**wanted)
)
policies = st.fixed_dictionaries(
    {"attempts": st.integers(1, 3), "then": st.sampled_from(["stop", "go_on", "dead_letter"])}
)


@st.composite
def steps(draw, depth=3):
    return [draw(step(depth)) for _ in range(draw(st.integers(0, 4)))]


@st.composite
def step(draw, depth):
    kinds = ["action", "action", "filter", "delay", "set_values", "sync_now"]
    kind = draw(st.sampled_from([*kinds, "branch", "for_each"] if depth > 1 else kinds))
    body = {"kind": kind}
    match kind:
        case "action":
            body |= {"connection": "g", "operation": "o", "inputs": {"x": "{{item}}{{values.v}}"}}
            body |= {"on_error": draw(policies)}
            body |= {"on_unknown": draw(st.sampled_from(["ask", "repeat", "go_on"]))}
        case "sync_now":
            body |= {"sync": "s", "on_error": draw(policies)}
        case "filter":
            body["where"] = draw(conditions)
        case "delay":
            body["seconds"] = draw(st.integers(1, 100))
        case "set_values":
            body["values"] = {"v": draw(st.sampled_from(["{{trigger.a}}", "{{index}}", 1]))}
        case "for_each":
            body |= {"items": draw(st.sampled_from(["{{trigger.list}}", "{{trigger.none}}"]))}
            body["steps"] = draw(steps(depth - 1))
        case "branch":
            ways = draw(st.integers(1, 2))
            body["ways"] = [
                {"where": draw(conditions), "steps": draw(steps(depth - 1))} for _ in range(ways)
            ]
            body["otherwise"] = draw(steps(depth - 1))
    return body


def numbered(body, count):
    """Give every step of a document an id of its own."""
    for each in body:
        each["id"] = f"s{next(count)}"
        for inner in (each.get("steps"), each.get("otherwise"), *_ways(each)):
            numbered(inner or [], count)
    return body


def _ways(each):
    return (way["steps"] for way in each.get("ways", []))


flows = steps().map(lambda body: flow_of(*numbered(body, iter(range(1000)))))
items = st.fixed_dictionaries(
    {**{each: st.booleans() for each in FLAGS}, "list": st.lists(st.integers(), max_size=3)}
)


def answer(seed, place, attempt):
    """What the app answers to one attempt: an output, or an error."""
    chance = random.Random(f"{seed} {place} {attempt}")  # a seeded draw, so that it stays the same
    kind = chance.choice([None, None, None, None, *ERRORS])
    if kind is None:
        return {"n": chance.randrange(9)}
    return kind("It did not work.", NOW) if kind is DailyLimit else kind("It did not work.")


def outcome_of(begun, seed, place, step, now):
    said = answer(seed, place, begun.attempt)
    if isinstance(said, dict):
        return done(said, begun.inputs, begun.attempt)
    if isinstance(said, DailyLimit):
        # the same attempt once more, on a better day
        return done({"n": 0}, begun.inputs, begun.attempt)
    return after_error(begun, said, step.on_error, now, 0.5)


class Ride:
    """Carries a flow out. `killed` says after which stored writes the process dies and starts anew."""

    def __init__(self, flow, item, seed, killed=()):
        self.flow, self.item, self.seed, self.killed = flow, item, seed, set(killed)
        self.now, self.stored, self.writes = NOW, {}, 0
        self.did, self.inputs = [], {}
        self.walk = Walk(flow, item, {})

    def write(self, outcomes):
        """Store outcomes; return whether the process survives it."""
        self.stored |= {place: json.dumps(stored(each)) for place, each in outcomes.items()}
        self.writes += 1
        if self.writes in self.killed:
            self.walk = Walk(self.flow, self.item, self.outcomes())
            return False
        for place, each in outcomes.items():
            self.walk.record(place, each)
        return True

    def outcomes(self):
        return {place: load(json.loads(text)) for place, text in self.stored.items()}

    def go(self):
        while True:
            advance = self.walk.next(self.now)
            match move := advance.move:
                case Finish() | Stop():
                    self.write(advance.settled)
                    return move
                case Wait():
                    self.now = move.until
                    self.write(advance.settled)
                case FindOut():
                    begun = self.outcomes()[move.place]
                    self.write(
                        {move.place: outcome_of(begun, self.seed, move.place, move.step, self.now)}
                    )
                case Do():
                    self._do(move, advance.settled)

    def _do(self, move, settled):
        begun = started(move.inputs, move.attempt)
        if self.write({**settled, move.place: begun}):
            self.did.append((move.place, move.attempt))
            self.inputs[move.place, move.attempt] = dict(move.inputs)
            self.write({move.place: outcome_of(begun, self.seed, move.place, move.step, self.now)})
        else:
            # the process died between the record and the send, or after it: look-up tells
            self.did.append((move.place, move.attempt))
            self.inputs[move.place, move.attempt] = dict(move.inputs)


def interpreted(steps, item, seed, did, prefix=""):
    """Say in a plain recursion which attempts have to be made; False where the run stops."""
    for each in steps:
        place, inner = prefix + each.id, []
        match type(each).__name__:
            case "Filter" if not _holds(each.where, item):
                return True
            case "Branch":
                inner = [(_taken(each, item), prefix)]
            case "ForEach":
                count = len(item.get(each.items.raw[10:-2]) or [])
                inner = [(each.steps, f"{place}[{number + 1}].") for number in range(count)]
            case "Action" | "SyncNow" if not _tried(each, place, seed, did):
                return False
        if not all(interpreted(body, item, seed, did, at) for body, at in inner):
            return False
    return True


def _taken(branch, item):
    return next((way.steps for way in branch.ways if _holds(way.where, item)), branch.otherwise)


def _holds(where, item):
    return all(item[row["field"][8:]] == row["value"] for row in where.raw["all"])


def _tried(step, place, seed, did):
    """Try one step as its policies say; False where the run stops."""
    doubt = step.on_unknown if isinstance(step, Action) else "repeat"
    for attempt in range(1, step.on_error.attempts + 1):
        did.append((place, attempt))
        said = answer(seed, place, attempt)
        match said:
            case dict() | DailyLimit():
                return True
            case ConnectionBroken():
                return False
            case OutcomeUnknown() if doubt != "repeat":
                return doubt == "go_on"
            case RecordRejected():
                break
    return step.on_error.then == "go_on"


def later(seconds):
    return NOW + timedelta(seconds=seconds)
