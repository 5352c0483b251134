"""Kill a running two-way sync 50 times on each database and count what was lost or doubled.

`python -m tests.crash.torture [--kills 50] [--contacts 500] [--seed N]
[--databases sqlite,postgresql] [--json]`; ends 0 only if nothing was lost, nothing doubled and
both apps are equal, as read over HTTP from the apps themselves.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from pathlib import Path

import structlog
from rich.console import Console

from bench.databases import KINDS, fresh
from tests.crash.engine_process import DOINGS
from tests.crash.ordeal import Outcome, Plan, undergo


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    wanted = _arguments()
    console = Console(stderr=wanted.json)
    outcomes = []
    for kind in wanted.databases.split(","):
        console.print(
            f"{kind}: {wanted.kills} kills, {wanted.contacts} contacts, seed {wanted.seed}"
        )
        outcomes.append(_undergo(kind, wanted))
        _tell(console, outcomes[-1])
    if wanted.json:
        figures = [each.figures() for each in outcomes]
        sys.stdout.write(json.dumps({"seed": wanted.seed, "ordeals": figures}) + "\n")
    return 0 if all(each.well for each in outcomes) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--contacts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="the same seed kills at the same times")
    parser.add_argument("--databases", default=",".join(KINDS))
    parser.add_argument("--json", action="store_true", help="end with one JSON line")
    return parser.parse_args()


def _undergo(kind: str, wanted: argparse.Namespace) -> Outcome:
    takeovers = 3 if kind == "postgresql" else 0  # SQLite has one worker, always the same
    plan = Plan(wanted.kills, wanted.contacts, wanted.seed, takeovers=takeovers)
    with fresh(kind) as url, tempfile.TemporaryDirectory(prefix="instep-crash-") as folder:
        return undergo(url, Path(folder), plan)


def _tell(console: Console, outcome: Outcome) -> None:
    """Say in a few lines what happened and what is left of it."""
    verdict = outcome.verdict
    hit = ", ".join(f"{outcome.phases[name]} {name}" for name in DOINGS if outcome.phases[name])
    console.print(
        f"  {outcome.kills} kills: {hit}",
        f"  {outcome.looked_up} effects looked up after a kill",
        f"  {verdict.people} people: {len(verdict.lost_people)} lost, {len(verdict.doubled)} doubled",
        f"  {verdict.edits} edits made meanwhile: {len(verdict.lost_edits)} lost",
        f"  both sides equal: {'yes' if outcome.well else 'no'}",
        f"  {outcome.seconds:.0f} seconds",
        *(f"  {trouble}" for trouble in verdict.troubles),
        sep="\n",
        highlight=False,
        markup=False,
    )


if __name__ == "__main__":
    sys.exit(main())
