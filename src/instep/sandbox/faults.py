"""What can be made to go wrong, by name, in any app of the sandbox.

| fault                   | what happens                                         | bare value   |
|-------------------------|------------------------------------------------------|--------------|
| `rate_limit_burst`      | refused as the app refuses calls that come too fast  | probability  |
| `rate_limit_daily`      | refused as the app does when the day is used up      | probability  |
| `server_error`          | refused with a 5xx; nothing was done                 | probability  |
| `connection_reset`      | the socket is reset; nothing was done                | probability  |
| `timeout_after_success` | the work is done, then the socket closes, no answer  | probability  |
| `truncated_reply`       | the work is done, half of the answer arrives         | probability  |
| `slow`                  | the answer comes late                                | seconds      |
| `index_lag`             | searches show a change late                          | seconds      |
| `clock_skew`            | the app's clock is ahead (or, negative, behind)      | seconds      |

A fault is written `NAME`, `NAME=VALUE` or `NAME=key:value,key:value`; the keys are `probability`
(0 to 1), `count` (how many calls it hits before it switches itself off), `seconds`, `method` and
`path` (a pattern such as `/contacts/*`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from instep.core.errors import UserError

REFUSING = ("rate_limit_burst", "rate_limit_daily", "server_error")
BREAKING = ("connection_reset", "timeout_after_success", "truncated_reply")
TIMED = {"slow": 1.0, "index_lag": 5.0, "clock_skew": 300.0}
"""The faults with a duration, and the seconds each has when none are given."""

NAMES = (*REFUSING, *BREAKING, *TIMED)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that is on. `count` None: until somebody switches it off."""

    name: str
    probability: float = 1.0
    count: int | None = None
    seconds: float = 0.0
    method: str | None = None
    path: str | None = None

    def concerns(self, method: str, path: str) -> bool:
        """Whether a call of this method and path is one the fault may hit."""
        if self.method is not None and self.method != method:
            return False
        return self.path is None or fnmatchcase(path, self.path)


def make_fault(name: str, parameters: Mapping[str, Any]) -> Fault:
    """Build a fault from loosely typed parameters. Raises UserError saying what is wrong."""
    if name not in NAMES:
        raise UserError(f"There is no fault {name!r}; there are {', '.join(NAMES)}.")
    unknown = sorted(set(parameters) - set(_PARAMETERS))
    if unknown:
        raise UserError(f"Fault {name}: no parameter {unknown[0]!r}; use {', '.join(_PARAMETERS)}.")
    try:
        given = {key: _PARAMETERS[key](value) for key, value in parameters.items()}
    except (TypeError, ValueError):
        raise UserError(f"Fault {name}: not understood: {dict(parameters)!r}.") from None
    fault = Fault(name, **({"seconds": TIMED.get(name, 0.0)} | given))
    if not 0 <= fault.probability <= 1:
        raise UserError(f"Fault {name}: a probability lies between 0 and 1; for calls use count:N.")
    return fault


def parse_fault(text: str) -> Fault:
    """Read `NAME`, `NAME=VALUE` or `NAME=key:value,…`. Raises UserError saying what is wrong."""
    name, _, value = text.partition("=")
    main = "seconds" if name in TIMED else "probability"
    parameters: dict[str, str] = {}
    for part in filter(None, value.split(",")):
        key, colon, rest = part.partition(":")
        parameters |= {key: rest} if colon else {main: key}
    return make_fault(name.strip(), parameters)


_PARAMETERS: dict[str, Any] = {
    "probability": float,
    "count": int,
    "seconds": float,
    "method": lambda value: str(value).upper(),
    "path": str,
}


class Faults:
    """The faults of one app that are on now; at most one of each name.

    `seed` makes which calls a fault with a probability hits repeatable.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._on: dict[str, Fault] = {}
        self._random = random.Random(seed)  # noqa: S311 - chance, not secrecy

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._on.values())

    def switch_on(self, fault: Fault | str) -> None:
        """Switch a fault on (text as for `parse_fault`), in place of one of the same name."""
        fault = parse_fault(fault) if isinstance(fault, str) else fault
        self._on[fault.name] = fault

    def switch_off(self, name: str | None = None) -> None:
        """Switch one fault off, or all of them."""
        if name is None:
            self._on.clear()
        else:
            self._on.pop(name, None)

    def seconds(self, name: str) -> float:
        """Return the duration of a timed fault; 0 when it is off."""
        fault = self._on.get(name)
        return fault.seconds if fault else 0.0

    def strikes(self, name: str, method: str, path: str) -> Fault | None:
        """Return the fault if it hits this call, and count the hit."""
        fault = self._on.get(name)
        if fault is None or not fault.concerns(method, path):
            return None
        if fault.probability < 1 and self._random.random() >= fault.probability:
            return None
        if fault.count is not None:
            self._count_down(fault, fault.count - 1)
        return fault

    def describe(self) -> list[dict[str, Any]]:
        """Return what is on, as JSON."""
        return [
            {key: value for key, value in asdict(fault).items() if value is not None}
            for fault in self
        ]

    def _count_down(self, fault: Fault, left: int) -> None:
        if left > 0:
            self._on[fault.name] = replace(fault, count=left)
        else:
            self.switch_off(fault.name)
