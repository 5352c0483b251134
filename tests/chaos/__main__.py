"""Let chaos reign over two-way syncs and count what was lost, doubled, repeated or unexplained.

`python -m tests.chaos [--seeds 5] [--seed N] [--databases sqlite,postgresql]`; ends 0 only if
both apps, read afresh, are in step and everything that happened is accounted for.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack

from bench.databases import KINDS
from tests.chaos.attempt import attempt
from tests.store import postgres

AT_ONCE = 4
"""Trials at a time: most of one is waiting, for processes to come up and for webhooks that are late."""


def main() -> int:
    wanted = _arguments()
    began = time.monotonic()
    seeds = [wanted.seed] if wanted.seed is not None else range(1, wanted.seeds + 1)
    kinds = wanted.databases.split(",")
    failed: list[str] = []
    with ExitStack() as stack:
        if "postgresql" in kinds:  # one server for all of them; each trial has its own database
            os.environ["INSTEP_TEST_POSTGRES_URL"] = stack.enter_context(postgres.serving())
        pool = stack.enter_context(
            ProcessPoolExecutor(AT_ONCE, mp_context=multiprocessing.get_context("spawn"))
        )
        trials = {
            pool.submit(attempt, kind, seed): (kind, seed) for seed in seeds for kind in kinds
        }
        for done in as_completed(trials):
            well, said = done.result()
            _say(said)
            if not well:
                kind, seed = trials[done]
                failed.append(f"make chaos SEED={seed} ARGS='--databases {kind}'")
    _say(f"{len(trials)} trials, {len(failed)} failed, {time.monotonic() - began:.0f} seconds")
    for command in failed:
        _say(f"to repeat it: {command}")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 1 on")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--databases", default=",".join(KINDS))
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
