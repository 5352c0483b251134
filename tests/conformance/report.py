"""Drives the sandbox with the official SDKs and the official spec, and says what came of it.

`python -m tests.conformance.report [--long]`; ends 0 only if nothing is unexplained.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.conformance import node_driver, official_specs, sdk_python, spec
from tests.conformance.local_account import Account, serve_account
from tests.conformance.node_caller import NodeSdk
from tests.conformance.outcome import Outcome, Verdict
from tests.conformance.plain_http import PlainHttp
from tests.conformance.python_caller import PythonSdk
from tests.conformance.rehearsal import Rehearsal
from tests.conformance.stories import STORIES

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
    console.print(_counts(outcomes))
    counts = Counter(outcome.verdict for outcome in outcomes)
    console.print(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    unexplained = sum(outcome.unexplained for outcome in outcomes)
    console.print(f"{len(outcomes)} rows, {unexplained} unexplained")
    return 1 if any(outcome.unexplained for outcome in outcomes) else 0


def run(examples: int) -> list[Outcome]:
    """Give each client an account of its own; return what came of every operation."""
    specs = _find_specs()
    outcomes = []
    for view in ("v2", "v3"):
        outcomes += _with_account(partial(_tell, view=view, specs=specs))
    outcomes += _with_account(_tell_python)
    outcomes += _with_account(lambda account: asyncio.run(sdk_python.drive(account)))
    try:
        outcomes += _with_account(_tell_node)
        outcomes += _with_account(node_driver.drive)
    except node_driver.NodeNotReady as reason:
        outcomes.append(Outcome(node_driver.CLIENT, "all", Verdict.NOT_RUN, str(reason)))
    return outcomes + _specs(examples)


def _tell(account: Account, view: str, specs: Path | None) -> list[Outcome]:
    with closing(PlainHttp(account, view, specs)) as plain:
        return Rehearsal(account, plain, plain).tell(STORIES)


def _tell_python(account: Account) -> list[Outcome]:
    with (
        asyncio.Runner() as runner,
        closing(PlainHttp(account, "v3", None)) as plain,
        closing(PythonSdk(account, runner)) as sdk,
    ):
        return Rehearsal(account, sdk, plain).tell(STORIES)


def _tell_node(account: Account) -> list[Outcome]:
    with (
        closing(PlainHttp(account, "v2", None)) as plain,
        closing(NodeSdk(account)) as sdk,
    ):
        return Rehearsal(account, sdk, plain).tell(STORIES)


def _find_specs() -> Path | None:
    try:
        return official_specs.find_specs()
    except official_specs.SpecsNotFound:
        return None


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
    beyond = 0
    for outcome in outcomes:
        if outcome.verdict is Verdict.NOT_SIMULATED:
            beyond += 1
        else:
            table.add_row(outcome.operation, _coloured(outcome.verdict), Text(outcome.note))
    if beyond:
        said = "not simulated, and the sandbox says so"
        table.add_row(f"{beyond} more", _coloured(Verdict.NOT_SIMULATED), said)
    return table


def _counts(outcomes: list[Outcome]) -> Table:
    """Return one line per client: how many operations were tried, and what came of them."""
    table = Table("client", "tried", *Verdict, title="Operations", title_justify="left")
    for client, rows in groupby(outcomes, key=lambda outcome: outcome.client):
        counted = Counter(row.verdict for row in rows)
        tried = str(counted.total() - counted[Verdict.NOT_SIMULATED])
        table.add_row(client, tried, *(str(counted[verdict] or "") for verdict in Verdict))
    return table


def _coloured(verdict: Verdict) -> Text:
    return Text(verdict, style=_COLOURS.get(verdict, "yellow"))


if __name__ == "__main__":
    sys.exit(main())
