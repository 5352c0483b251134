"""Run the benchmarks: `python -m bench [name] [--rounds N] [--json]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from bench import (
    backfill,
    backlog,
    canvas,
    clients,
    deciding,
    first_sync,
    flows,
    intake,
    latency,
    least_calls,
    memory,
    overview,
    repoll,
    sandbox,
    screens,
)
from bench.measuring import Bench, Figures, medians

BENCHES = {
    each.name: each
    for each in (
        deciding.BENCH,
        backfill.BENCH,
        repoll.BENCH,
        memory.BENCH,
        sandbox.BENCH,
        clients.BENCH,
        intake.BENCH,
        flows.BENCH,
        latency.BENCH,
        least_calls.BENCH,
        backlog.BENCH,
        first_sync.BENCH,
        overview.BENCH,
        screens.BENCH,
        canvas.BENCH,
    )
}
ROUNDS = 5
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    wanted = _arguments()
    chosen = [BENCHES[wanted.name]] if wanted.name else [*BENCHES.values()]
    console = Console(stderr=wanted.json)
    results = {}
    for bench in chosen:
        results[bench.name] = _run(bench, wanted.rounds, console)
        console.print(_table(bench, results[bench.name], wanted.rounds))
        if wanted.save:
            _save(bench, results[bench.name], wanted.rounds)
    if wanted.json:
        figures = results[wanted.name] if wanted.name else results
        print(json.dumps({"bench": wanted.name, "rounds": wanted.rounds, **_where(), **figures}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*BENCHES], help="one of them; else all")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="figures are medians of these")
    parser.add_argument("--json", action="store_true", help="end with one JSON line")
    parser.add_argument("--save", action="store_true", help="keep the figures in bench/results")
    return parser.parse_args()


def _run(bench: Bench, rounds: int, console: Console) -> dict[str, float]:
    measured: list[Figures] = []
    for number in range(1, rounds + 1):
        console.print(f"{bench.name}: round {number} of {rounds}", style="dim")
        measured.append(asyncio.run(bench.measure()))
    return medians(measured)


def _table(bench: Bench, figures: dict[str, float], rounds: int) -> Table:
    title = f"{bench.name}: {bench.what} (median of {rounds})"
    table = Table("figure", "value", title=title, title_justify="left")
    rows: Sequence[tuple[str, float]] = [*figures.items()]
    for name, figure in rows:
        table.add_row(name, f"{figure:,}")
    return table


def _save(bench: Bench, figures: dict[str, float], rounds: int) -> None:
    """Write the table to `bench/results/<name>.md`, in place of the last one."""
    where = ", ".join(f"{name} {value}" for name, value in _where().items())
    rows = "".join(f"| `{name}` | {figure:,} |\n" for name, figure in figures.items())
    (RESULTS / f"{bench.name}.md").write_text(
        f"# {bench.name}\n\n{bench.what}\n\nMedian of {rounds} rounds; {where}.\n\n"
        f"| figure | value |\n| --- | ---: |\n{rows}"
    )


def _where() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": str(os.cpu_count()),
    }


if __name__ == "__main__":
    main()
