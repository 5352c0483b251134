"""Whether a flow can be published: everything that is wrong with it, and what a person should know.

What there is to use comes from an `Offer`. Nothing is asked of any app.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from instep.core.errors import InstepError
from instep.core.flow.filling import Filling, Where, constant
from instep.core.flow.input_checks import (
    check_inputs,
    check_template,
    check_value,
    tell_doubtful,
)
from instep.core.flow.model import (
    Action,
    Branch,
    Delay,
    Doubt,
    Event,
    Filter,
    Flow,
    ForEach,
    Poll,
    Schedule,
    SetValues,
    Step,
    SyncNow,
    Then,
    Trigger,
)
from instep.core.flow.offer import Offer, OfferedTrigger
from instep.core.flow.problems import Problem, Problems, below, nearest, tell_condition
from instep.core.flow.sight import MOMENT, NUMBER, OPEN, TEXT, Sight, known_object
from instep.core.shapes import ANYTHING, takes
from instep.core.template import Kind, Shape

_MINUTES_A_DAY = 1440
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)

_Offered = TypeVar("_Offered")


def check_flow(flow: Flow, offer: Offer) -> tuple[Problem, ...]:
    """Return every problem of a flow, warnings among them, in the order of its document."""
    checker = _Checker(offer)
    sight = Sight(checker.trigger(flow.trigger))
    if not flow.steps:
        checker.problems.add("steps", "is empty", "Give the flow something to do.")
    checker.steps(flow.steps, "steps", sight)
    return tuple(checker.problems.found)


@dataclass(slots=True)
class _Checker:
    offer: Offer
    problems: Problems = field(default_factory=Problems)
    _loops: int = 0

    # Triggers

    def trigger(self, trigger: Trigger) -> Shape:
        """Check the trigger; return the shape of its items."""
        match trigger:
            case Event():
                return self._event(trigger)
            case Poll():
                return self._poll(trigger)
            case Schedule():
                why = self.offer.timetable(trigger.cron, trigger.zone)
                if why is not None:
                    self.problems.add("trigger", f"cannot be: {why.rstrip('.')}", "Change it.")
                return known_object(at=MOMENT)
            case _:
                return OPEN

    def _event(self, trigger: Event) -> Shape:
        offered = self._offered(
            trigger.connection, trigger.event, "trigger", "event", self.offer.events
        )
        return OPEN if offered is None else self._trigger_item(trigger.connection, offered)

    def _poll(self, trigger: Poll) -> Shape:
        offered = self._offered(
            trigger.connection, trigger.operation, "trigger", "operation", self.offer.polls
        )
        if offered is None:
            return OPEN
        inputs = {name: constant(each) for name, each in trigger.inputs.items()}
        check_inputs(inputs, offered.inputs, "trigger.inputs", Sight(OPEN), self.problems)
        self._check_budget(trigger, offered)
        return self._trigger_item(trigger.connection, offered)

    def _trigger_item(self, connection: str, offered: OfferedTrigger) -> Shape:
        self._check_scopes(connection, offered.scopes, "trigger")
        return offered.item

    def _check_budget(self, trigger: Poll, offered: OfferedTrigger) -> None:
        allowed = self.offer.calls_per_day(trigger.connection)
        needed = -(-_MINUTES_A_DAY // trigger.minutes) * offered.calls
        if allowed is not None and needed > allowed:
            least = -(-_MINUTES_A_DAY * offered.calls // allowed) if allowed else _MINUTES_A_DAY
            self.problems.warn(
                "trigger.minutes",
                f"is {trigger.minutes}, which makes {needed:,} calls a day of the {allowed:,} "
                f"that {trigger.connection} has for flows",
                f"Poll every {min(least, _MINUTES_A_DAY):,} minutes, or use an event.",
            )

    def _offered(
        self,
        connection: str,
        name: str,
        place: str,
        entry: str,
        where: Callable[[str], Mapping[str, _Offered]],
    ) -> _Offered | None:
        """Return what a connection offers under a name; None, and said, if it is not there."""
        known = self.offer.connections()
        if connection not in known:
            at = below(place, "connection")
            self.problems.add(
                at, f"is {connection}, which there is not", nearest(connection, known)
            )
            return None
        offered = where(connection)
        if name not in offered:
            at = below(place, entry)
            what = f"is {name}, which {connection} does not offer"
            self.problems.add(at, what, nearest(name, offered))
            return None
        return offered[name]

    def _check_scopes(self, connection: str, scopes: Collection[str], place: str) -> None:
        granted = self.offer.granted(connection)
        missing = [] if granted is None else [each for each in scopes if each not in granted]
        if missing:
            fix = f"Grant {' and '.join(missing)} and connect {connection} again."
            what = f"needs the scope {' and '.join(missing)}, which {connection} does not carry"
            self.problems.add(place, what, fix)

    # Steps

    def steps(self, steps: tuple[Step, ...], place: str, sight: Sight) -> Sight:
        """Check a list of steps; return what is known after it."""
        ended = False
        for number, step in enumerate(steps, start=1):
            outer, self.problems.step = self.problems.step, step.id
            at = f"{place}[{number}]"
            if ended:
                fix = "Remove it, or change the filter before it."
                self.problems.add(at, "can never be reached", fix)
            sight = self._step(step, at, sight)
            ended = isinstance(step, Filter) and self._never(step.where)
            self.problems.step = outer
        return sight

    def _step(self, step: Step, place: str, sight: Sight) -> Sight:
        match step:
            case Branch():
                after = self._branch(step, place, sight)
            case ForEach():
                after = self._for_each(step, place, sight)
            case SetValues():
                after = self._set_values(step, place, sight)
            case Filter():
                after = sight.with_step(step.id, self._filter(step, place, sight))
            case Action():
                after = sight.with_step(step.id, self._action(step, place, sight))
            case Delay():
                after = sight.with_step(step.id, self._delay(step, place, sight))
            case SyncNow():
                after = sight.with_step(step.id, self._sync_now(step, place))
        return after

    def _filter(self, step: Filter, place: str, sight: Sight) -> Shape:
        self._conditions(step.where, below(place, "where"), sight)
        self._tell_always(step.where, below(place, "where"))
        return known_object(held=Shape(Kind.BOOLEAN), why=TEXT)

    def _branch(self, step: Branch, place: str, sight: Sight) -> Sight:
        seen: dict[str, int] = {}
        ends = []
        for number, way in enumerate(step.ways, start=1):
            at = f"{place}.ways[{number}]"
            self._conditions(way.where, f"{at}.where", sight)
            first = seen.setdefault(repr(way.where.raw), number)
            if first != number or self._never(way.where):
                why = f"as way {first} has the same conditions" if first != number else "as it is"
                self.problems.add(at, f"can never be taken, {why}", "Remove it, or change where.")
            ends.append(self.steps(way.steps, f"{at}.steps", sight))
        ends.append(self.steps(step.otherwise, f"{place}.otherwise", sight))
        taken = known_object(way=NUMBER, title=TEXT, why=TEXT)
        return sight.joined(ends).with_step(step.id, taken)

    def _for_each(self, step: ForEach, place: str, sight: Sight) -> Sight:
        at = below(place, "items")
        shape = check_template(step.items, at, sight, self.problems)
        if not takes(Kind.LIST, shape.kind):
            fix = "Name a list, such as {{steps.find.contacts}}."
            self.problems.add(at, f"is no list, but {shape.kind.value}", fix)
        item = shape.items or ANYTHING
        count = known_object(count=NUMBER)
        about = known_object(item=item, index=NUMBER, count=NUMBER)
        inner = replace(sight.with_step(step.id, about), item=item)
        if not step.steps:
            self.problems.warn(below(place, "steps"), "is empty", "Give it something to do.")
        self._loops += 1
        self.steps(step.steps, below(place, "steps"), inner)
        self._loops -= 1
        return sight.with_step(step.id, count)

    def _action(self, step: Action, place: str, sight: Sight) -> Shape:
        """Check an action; return what later steps may read of it."""
        offered = self._offered(
            step.connection, step.operation, place, "operation", self.offer.actions
        )
        if offered is None:
            for name, each in step.inputs.items():
                at = f"{place}.inputs.{name}"
                check_value(each, ANYTHING, at, sight, self.problems)
            return OPEN
        check_inputs(step.inputs, offered.inputs, below(place, "inputs"), sight, self.problems)
        self._check_scopes(step.connection, offered.scopes, place)
        if self._loops and offered.effect != "read":
            fix = "Mind the app's limits; a filter before the loop keeps it small."
            what = "writes once for each item"
            self.problems.warn(place, what, fix)
        if step.on_error.then is Then.GO_ON or step.on_unknown is Doubt.GO_ON:
            return _with_error(offered.output)
        return offered.output

    def _set_values(self, step: SetValues, place: str, sight: Sight) -> Sight:
        shapes = {
            name: check_value(each, ANYTHING, f"{place}.values.{name}", sight, self.problems)
            for name, each in step.values.items()
        }
        return sight.with_values(shapes).with_step(step.id, Shape(Kind.OBJECT, shapes))

    def _delay(self, step: Delay, place: str, sight: Sight) -> Shape:
        if step.until is not None:
            self._moment(step.until, below(place, "until"), sight)
        return ANYTHING

    def _moment(self, until: Filling, place: str, sight: Sight) -> None:
        shape = check_template(until, place, sight, self.problems)
        if until.is_constant:
            fix = "Name a moment of the item, such as {{trigger.startTime}}, or give seconds."
            self.problems.add(place, "is the same for every run", fix)
        elif not takes(Kind.TIME, shape.kind):
            fix = "Name a moment, such as {{trigger.startTime}}."
            self.problems.add(place, f"is no moment, but {shape.kind.value}", fix)

    def _sync_now(self, step: SyncNow, place: str) -> Shape:
        known = self.offer.syncs()
        if step.sync not in known:
            at = below(place, "sync")
            self.problems.add(at, f"is {step.sync}, which there is not", nearest(step.sync, known))
        return OPEN

    # Conditions

    def _conditions(self, where: Where, place: str, sight: Sight) -> None:
        wrong = where.conditions.check(sight.shape)
        for sentence in wrong:
            tell_condition(sentence, place, self.problems)
        if not wrong:
            tell_doubtful(sight.doubtful(where.conditions.unguarded), place, self.problems)

    def _tell_always(self, where: Where, place: str) -> None:
        if _constant_verdict(where) is True:
            self.problems.warn(place, "always holds: it reads nothing", "Name what it is about.")

    def _never(self, where: Where) -> bool:
        return _constant_verdict(where) is False


def _constant_verdict(where: Where) -> bool | None:
    """Return what conditions that read nothing come to; None if they read something."""
    if where.conditions.paths:
        return None
    try:
        return where.conditions.verdict({}, _ANY_TIME)[0]
    except InstepError:
        return None


def _with_error(output: Shape) -> Shape:
    """Return the shape of an output in whose place there may be an error."""
    if output.kind is not Kind.OBJECT:
        return ANYTHING
    return replace(output, fields={**output.fields, "error": TEXT})
