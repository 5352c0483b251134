"""What the apps and the network do to Instep in one trial: drawn from its seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.doors import App

_STEADY = ("server_error", "connection_reset", "timeout_after_success", "truncated_reply", "slow")
_OF_WEBHOOKS = ("lost_webhook", "doubled_webhook", "reordered_webhooks", "late_webhook")


@dataclass(frozen=True)
class Squall:
    """One fault that strikes once, in the round of this number."""

    round: int
    app: str
    fault: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Weather:
    """The weather of one trial.

    `rate` of all calls meets some fault, `webhook_rate` of all webhooks; `skews` are the clocks'
    seconds ahead, by app, and last. `token_seconds` is how long an access token lives.
    """

    rate: float
    webhook_rate: float
    skews: Mapping[str, float]
    index_lag: float
    token_seconds: int
    squalls: Sequence[Squall] = field(default_factory=tuple)

    def begin(self, apps: Mapping[str, App], seed: int) -> None:
        """Let it come over the apps."""
        for name, app in apps.items():
            faults: dict[str, Any] = {"chaos": self._chaos(seed)}
            if self.skews.get(name):
                faults["clock_skew"] = {"seconds": self.skews[name]}
            if self.index_lag:
                faults["index_lag"] = {"seconds": self.index_lag}
            app.control("PUT", "/faults", faults)
        apps["gohighlevel"].control("PUT", "/faults", self._on_webhooks())
        apps["gohighlevel"].control(
            "PUT", "/settings", {"access_token_seconds": self.token_seconds, "webhook_pace": 300}
        )

    def strike(self, apps: Mapping[str, App], number: int) -> None:
        """Let the squalls of this round strike."""
        for each in self.squalls:
            if each.round == number:
                apps[each.app].control("PUT", "/faults", {each.fault: dict(each.parameters)})

    def clear(self, apps: Mapping[str, App]) -> None:
        """Let it pass; clocks that are wrong stay wrong."""
        for name, app in apps.items():
            app.control("DELETE", "/faults")
            if self.skews.get(name):
                app.control("PUT", "/faults", {"clock_skew": {"seconds": self.skews[name]}})

    def _chaos(self, seed: int) -> dict[str, Any]:
        return {"seed": seed, "rate": self.rate, "faults": [*_STEADY]}

    def _on_webhooks(self) -> dict[str, Any]:
        faults: dict[str, Any] = {
            name: {"probability": self.webhook_rate / len(_OF_WEBHOOKS)} for name in _OF_WEBHOOKS
        }
        faults["late_webhook"]["seconds"] = 1.5
        return faults


def draw(chance: random.Random, rounds: int) -> Weather:
    """Draw the weather of one trial; storms are rarer than rain."""
    return Weather(
        rate=chance.choice([0.0, 0.05, 0.1, 0.2]),
        webhook_rate=chance.choice([0.1, 0.4, 0.8]),
        skews={
            "gohighlevel": chance.choice([0, 0, -200, 200]),
            "insightly": chance.choice([0, 0, -250, 250]),
        },
        index_lag=chance.choice([0, 0, 1.5, 4]),
        token_seconds=chance.choice([86_399, 86_399, 5]),
        squalls=tuple(_squalls(chance, rounds)),
    )


def _squalls(chance: random.Random, rounds: int) -> list[Squall]:
    squalls = [
        Squall(chance.randrange(rounds), "insightly", "rate_limit_burst", {"count": 2}),
        Squall(chance.randrange(rounds), "gohighlevel", "token_revoked", {"count": 1}),
    ]
    if chance.random() < 0.3:  # GoHighLevel then wants ten seconds without a call
        at = chance.randrange(rounds // 2)
        squalls.append(Squall(at, "gohighlevel", "rate_limit_burst", {"count": 1}))
    return squalls
