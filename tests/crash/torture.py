"""Kill a running two-way sync 50 times on each database and count what was lost or doubled.

`python -m tests.crash.torture [--kills 50] [--contacts 500] [--seed N]
[--databases sqlite,postgresql] [--json]`; ends 0 only if nothing was lost, nothing doubled and
both apps are equal, as read over HTTP from the apps themselves.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.databases import KINDS, fresh
from tests.crash.ordeal import Outcome, Plan, undergo

_PHASES = ("reading", "deciding", "sending", "storing", "idle")


def main() -> int:
    wanted = _arguments()
    console = Console(stderr=wanted.json)
    outcomes = []
    for kind in wanted.databases.split(","):
        console.print(
            f"{kind}: {wanted.kills} kills, {wanted.contacts} contacts, seed {wanted.seed}"
        )
        outcomes.append(_undergo(kind, wanted))
    console.print(_table(outcomes))
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


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("database", *_COLUMNS, title="Killed with SIGKILL", title_justify="left")
    for each in outcomes:
        phases = ", ".join(f"{each.phases[name]} {name}" for name in _PHASES if each.phases[name])
        verdict = each.verdict
        table.add_row(
            each.database,
            f"{each.kills} ({phases})",
            str(each.looked_up),
            str(verdict.people),
            f"{verdict.lost_people} + {verdict.lost_edits}",
            str(verdict.doubled),
            "yes" if each.well else f"no ({verdict.differing} differ)",
            f"{each.seconds:.0f}",
        )
    return table


_COLUMNS = (
    *("kills", "effects looked up", "people", "lost people + edits", "doubled"),
    *("both sides equal", "seconds"),
)


if __name__ == "__main__":
    sys.exit(main())
