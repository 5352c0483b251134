"""Drives the sandbox with the official SDKs and the official spec, and says what came of it.

`python -m tests.conformance.report [--long]`; ends 0 only if nothing is unexplained.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.conformance import node_driver, official_specs, sdk_python, spec
from tests.conformance.local_account import Account, serve_account
from tests.conformance.outcome import Outcome, Verdict

_WIDTH = 120  # columns, where there is no terminal to ask
_EXAMPLES = 30
_EXAMPLES_LONG = 500
_COLOURS = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.NOT_RUN: "bold red",
}


def main() -> int:
    """Run everything, print the table and the counts; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, prog="conformance")
    parser.add_argument("--long", action="store_true", help="many more calls per operation")
    wanted = parser.parse_args()
    outcomes = run(_EXAMPLES_LONG if wanted.long else _EXAMPLES)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    for client, rows in groupby(outcomes, key=lambda outcome: outcome.client):
        console.print(_table(client, rows))
    counts = Counter(outcome.verdict for outcome in outcomes)
    console.print(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    return 1 if any(outcome.unexplained for outcome in outcomes) else 0


def run(examples: int) -> list[Outcome]:
    """Give each client an account of its own; return what came of every operation."""
    outcomes = [*_with_account(lambda account: asyncio.run(sdk_python.drive(account)))]
    try:
        outcomes += _with_account(node_driver.drive)
    except node_driver.NodeNotReady as reason:
        outcomes.append(Outcome(node_driver.CLIENT, "all", Verdict.NOT_RUN, str(reason)))
    return outcomes + _specs(examples)


def _specs(examples: int) -> list[Outcome]:
    try:
        folder = official_specs.find_specs()
    except official_specs.SpecsNotFound as reason:
        return [
            Outcome(view.client, "all", Verdict.NOT_RUN, str(reason))
            for view in official_specs.VIEWS
        ]
    return [
        outcome
        for view in official_specs.VIEWS
        for outcome in _with_account(
            lambda account, view=view: spec.drive(account, folder, view, examples)
        )
    ]


def _with_account(drive: Callable[[Account], list[Outcome]]) -> list[Outcome]:
    with serve_account() as account:
        return drive(account)


def _table(client: str, outcomes: Iterable[Outcome]) -> Table:
    table = Table("operation", "outcome", "why", title=client, title_justify="left", expand=True)
    later: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.verdict is Verdict.NOT_BUILT:
            later[outcome.note] += 1
        else:
            table.add_row(outcome.operation, _coloured(outcome.verdict), Text(outcome.note))
    for reason, number in later.items():
        table.add_row(f"{number} more", _coloured(Verdict.NOT_BUILT), reason)
    return table


def _coloured(verdict: Verdict) -> Text:
    return Text(verdict, style=_COLOURS.get(verdict, "yellow"))


if __name__ == "__main__":
    sys.exit(main())
