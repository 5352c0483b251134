"""What can be made to go wrong, by name, in any app of the sandbox.

| fault                   | what happens                                         | bare value   |
|-------------------------|------------------------------------------------------|--------------|
| `rate_limit_burst`      | refused as the app refuses calls that come too fast  | probability  |
| `rate_limit_daily`      | refused as the app does when the day is used up      | probability  |
| `server_error`          | refused with a 5xx; nothing was done                 | probability  |
| `connection_reset`      | the socket is reset; nothing was done                | probability  |
| `timeout_after_success` | the work is done, then the socket closes, no answer  | probability  |
| `truncated_reply`       | the work is done, half of the answer arrives         | probability  |
| `token_revoked`         | the token of the call is revoked before the call     | probability  |
| `slow`                  | the answer comes late                                | seconds      |
| `index_lag`             | the search of contacts shows a change late           | seconds      |
| `clock_skew`            | the app's clock is ahead (or, negative, behind)      | seconds      |
| `lost_webhook`          | a webhook is never sent                              | probability  |
| `doubled_webhook`       | a webhook that arrived is sent once more             | probability  |
| `reordered_webhooks`    | a webhook lets the next one go first                 | probability  |
| `late_webhook`          | a webhook is sent late                               | seconds      |
| `chaos`                 | any of the others at random, the same for a seed     | probability  |

A fault is written `NAME`, `NAME=VALUE` or `NAME=key:value,key:value`; the keys are `probability`
(0 to 1), `count` (how many calls it hits before it switches itself off), `seconds`, `method`,
`path` (a pattern such as `/contacts/*`) and, for webhooks, `event` (a pattern such as `Task*`).
`chaos` takes `rate` (its probability), `seed` and `faults` (`slow+server_error`) as well.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from instep.core.errors import UserError

REFUSING = ("rate_limit_burst", "rate_limit_daily", "server_error")
BREAKING = ("connection_reset", "timeout_after_success", "truncated_reply")
REVOKING = "token_revoked"
LASTING = ("index_lag", "clock_skew")
WEBHOOK = ("lost_webhook", "doubled_webhook", "reordered_webhooks", "late_webhook")
TIMED = {"slow": 1.0, "index_lag": 5.0, "clock_skew": 300.0, "late_webhook": 5.0}
"""The faults whose bare value is a duration, and the seconds each has when none are given."""

CHAOS = "chaos"
NAMES = (*REFUSING, *BREAKING, REVOKING, "slow", *LASTING, *WEBHOOK, CHAOS)

HARMLESS = ("rate_limit_burst", "server_error", *BREAKING, "slow", *WEBHOOK)
"""What chaos strikes with unless told otherwise: everything a patient client gets over by itself."""

_SECONDS = {**TIMED, "reordered_webhooks": 1.0}  # how long a webhook waits for one to overtake it
_RATE = 0.05


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that is on. `count` None: until somebody switches it off.

    `seed` and `faults` are for chaos: what it draws from, and which faults it draws.
    """

    name: str
    probability: float = 1.0
    count: int | None = None
    seconds: float = 0.0
    method: str | None = None
    path: str | None = None
    event: str | None = None
    seed: int | None = None
    faults: tuple[str, ...] | None = None

    def concerns(self, method: str, path: str) -> bool:
        """Whether a call of this method and path is one the fault may hit."""
        if self.method is not None and self.method != method:
            return False
        return self.path is None or fnmatchcase(path, self.path)

    def concerns_event(self, event: str) -> bool:
        """Whether a webhook of this event is one the fault may hit."""
        return self.event is None or fnmatchcase(event, self.event)


def make_fault(name: str, parameters: Mapping[str, Any]) -> Fault:
    """Build a fault from loosely typed parameters. Raises UserError saying what is wrong."""
    if name not in NAMES:
        raise UserError(f"There is no fault {name!r}; there are {', '.join(NAMES)}.")
    known = _PARAMETERS | (_OF_CHAOS if name == CHAOS else {})
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise UserError(f"Fault {name}: no parameter {unknown[0]!r}; use {', '.join(known)}.")
    try:
        given = {key: known[key](value) for key, value in parameters.items() if value is not None}
    except (TypeError, ValueError):
        raise UserError(f"Fault {name}: not understood: {dict(parameters)!r}.") from None
    return _checked(Fault(name, **(_defaults(name) | _renamed(given))))


def parse_fault(text: str) -> Fault:
    """Read `NAME`, `NAME=VALUE` or `NAME=key:value,…`. Raises UserError saying what is wrong."""
    name, _, value = text.partition("=")
    main = "seconds" if name in TIMED else "probability"
    parameters: dict[str, str] = {}
    for part in filter(None, value.split(",")):
        key, colon, rest = part.partition(":")
        parameters |= {key: rest} if colon else {main: key}
    return make_fault(name.strip(), parameters)


def _defaults(name: str) -> dict[str, Any]:
    if name == CHAOS:
        return {"probability": _RATE, "faults": HARMLESS}
    return {"seconds": _SECONDS.get(name, 0.0)}


def _renamed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Call the rate of chaos what it is for every other fault."""
    return {("probability" if key == "rate" else key): value for key, value in given.items()}


def _checked(fault: Fault) -> Fault:
    if not 0 <= fault.probability <= 1:
        raise UserError(
            f"Fault {fault.name}: a probability lies between 0 and 1; for calls use count:N."
        )
    if fault.seconds < 0 and fault.name != "clock_skew":
        raise UserError(f"Fault {fault.name}: seconds cannot be negative.")
    strange = sorted(set(fault.faults or ()) - set(NAMES[:-1]))  # the last is chaos itself
    if strange:
        raise UserError(f"Fault {CHAOS}: cannot strike with {strange[0]!r}.")
    return fault


def _names(value: Any) -> tuple[str, ...]:
    """Read `slow+server_error`, or a JSON list of names."""
    names = tuple(value.split("+")) if isinstance(value, str) else tuple(value)
    if not names or not all(isinstance(name, str) for name in names):
        raise ValueError(value)
    return names


_PARAMETERS: dict[str, Any] = {
    "probability": float,
    "count": int,
    "seconds": float,
    "method": lambda value: str(value).upper(),
    "path": str,
    "event": str,
}
_OF_CHAOS: dict[str, Any] = {"rate": float, "seed": int, "faults": _names}


class Chaos:
    """Strikes with any of its faults at random: about `probability` of all calls, and of webhooks.

    Every fault draws from its own sequence, so one that is asked for at odd times (webhooks) does
    not disturb the others: the n-th call meets the same for the same seed.
    """

    def __init__(self, fault: Fault, seed: int | None) -> None:
        self._names = frozenset(fault.faults or ())
        self._random = {name: random.Random(f"{seed}/{name}") for name in NAMES}  # noqa: S311 - chance, not secrecy
        of_webhooks = self._names & set(WEBHOOK)
        of_calls = self._names - of_webhooks - set(LASTING)
        self._rates = {name: fault.probability / len(of_calls) for name in of_calls}
        self._rates |= {name: fault.probability / len(of_webhooks) for name in of_webhooks}
        self._lasting = {name: self._draw_seconds(name) for name in self._names & set(LASTING)}

    def draw(self, name: str) -> Fault | None:
        """Return a fault if this call (or webhook) meets it."""
        if name not in self._rates or self._random[name].random() >= self._rates[name]:
            return None
        return Fault(name, seconds=self._draw_seconds(name))

    def seconds(self, name: str) -> float:
        """Return the duration of a fault that lasts; it was drawn once."""
        return self._lasting.get(name, 0.0)

    def _draw_seconds(self, name: str) -> float:
        """Draw a duration up to the usual one; a clock may also be behind."""
        sign = self._random[name].choice((1, -1)) if name == "clock_skew" else 1
        return sign * self._random[name].uniform(0, _SECONDS.get(name, 0.0))


class Faults:
    """The faults of one app that are on now; at most one of each name.

    `seed` makes which calls a fault with a probability hits repeatable, and what chaos does.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._on: dict[str, Fault] = {}
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self._chaos: Chaos | None = None

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._on.values())

    def switch_on(self, fault: Fault | str) -> None:
        """Switch a fault on (text as for `parse_fault`), in place of one of the same name."""
        fault = parse_fault(fault) if isinstance(fault, str) else fault
        self._on[fault.name] = fault
        if fault.name == CHAOS:
            self._chaos = Chaos(fault, self._seed if fault.seed is None else fault.seed)

    def switch_off(self, name: str | None = None) -> None:
        """Switch one fault off, or all of them."""
        if name is None:
            self._on.clear()
        else:
            self._on.pop(name, None)
        if CHAOS not in self._on:
            self._chaos = None

    def seconds(self, name: str) -> float:
        """Return the duration of a timed fault; 0 when it is off."""
        fault = self._on.get(name)
        if fault is not None:
            return fault.seconds
        return self._chaos.seconds(name) if self._chaos else 0.0

    def strikes(self, name: str, method: str, path: str) -> Fault | None:
        """Return the fault if it hits this call, and count the hit."""
        return self._hit(name, lambda fault: fault.concerns(method, path))

    def strikes_webhook(self, name: str, event: str) -> Fault | None:
        """Return the fault if it hits this webhook, and count the hit."""
        return self._hit(name, lambda fault: fault.concerns_event(event))

    def describe(self) -> list[dict[str, Any]]:
        """Return what is on, as JSON."""
        return [
            {key: value for key, value in asdict(fault).items() if value is not None}
            for fault in self
        ]

    def _hit(self, name: str, concerned: Callable[[Fault], bool]) -> Fault | None:
        fault = self._on.get(name)
        if fault is not None and concerned(fault) and self._meets(fault):
            self._count_down(fault)
            return fault
        chaos = self._on.get(CHAOS)
        if chaos is None or self._chaos is None or not concerned(chaos):
            return None
        drawn = self._chaos.draw(name)
        if drawn is not None:
            self._count_down(chaos)
        return drawn

    def _meets(self, fault: Fault) -> bool:
        return fault.probability >= 1 or self._random.random() < fault.probability

    def _count_down(self, fault: Fault) -> None:
        if fault.count is None:
            return
        if fault.count > 1:
            self._on[fault.name] = replace(fault, count=fault.count - 1)
        else:
            self.switch_off(fault.name)
