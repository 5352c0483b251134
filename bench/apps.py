"""The sandbox in a process of its own, filled with people, with its rate limits out of the way.

Run as `python -m bench.apps PEOPLE ONLY_ONE_SIDE PACE EMPTY` it serves until its standard input closes; its
first line of output is what is needed to call the apps, like that of `instep sandbox`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from instep.bootstrap import sandbox_apps
from instep.sandbox import Sandbox, invent

PACE = "1000"
"""A thousand times the real limits: what is measured is Instep, not the waiting."""

SEED = 20
AGE = 3_600
"""Seconds ago that everybody was last changed: no poll's overlap reaches back so far."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls by what they were for. `rereads` fetch one record again before it is written."""

    pages: int = 0
    rereads: int = 0
    writes: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.pages + self.rereads + self.writes


@dataclass(frozen=True, slots=True)
class Apps:
    """The apps as they are reached from here."""

    described: Mapping[str, Mapping[str, Any]]

    def spent(self, app: str) -> Spent:
        """Return the calls one app has had since `forget`."""
        counts: Counter[str] = Counter()
        for call, times in self._control(app, "GET")["calls"].items():
            counts[_purpose(call)] += times
        return Spent(**counts)

    def forget(self) -> None:
        """Begin to count calls at zero."""
        for app in self.described:
            self._control(app, "DELETE")

    def _control(self, app: str, method: str) -> Any:
        url = f"{self.described[app]['url']}/_sandbox/calls"
        request = urllib.request.Request(url, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)


def _purpose(call: str) -> str:
    method, _, path = call.partition(" ")
    if method == "GET" or path.endswith("/search"):
        return "rereads" if "{" in path else "pages"
    return "writes"


@contextmanager
def serving(
    people: int, only_one_side: int = 0, pace: str = PACE, empty: str = ""
) -> Iterator[Apps]:
    """Serve both apps: each holds `people`, and `only_one_side` of them the other does not have.

    The app that `empty` names holds nobody.
    """
    command = [sys.executable, "-m", "bench.apps", str(people), str(only_one_side), pace, empty]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        try:
            yield Apps(json.loads(child.stdout.readline()))
        finally:
            child.communicate()


def _serve(people: int, only_one_side: int, pace: str, empty: str) -> None:
    everybody = invent(people + only_one_side, seed=SEED)
    dealt = {"gohighlevel": everybody[:people], "insightly": everybody[only_one_side:]}
    dealt |= {name: [] for name in dealt if name == empty}
    apps = sandbox_apps(pace=pace, seed=SEED, only=dealt)
    for app in apps:
        app.faults.switch_on(f"clock_skew={-AGE}")
        app.load(dealt[app.name])
        app.faults.switch_off()
    with Sandbox(apps).in_thread() as sandbox:
        print(json.dumps(sandbox.describe()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
