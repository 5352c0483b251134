"""Let chaos reign over two-way syncs and count what was lost, doubled, repeated or unexplained.

`python -m tests.chaos [--seeds 5] [--seed N] [--databases sqlite,postgresql]`; ends 0 only if
both apps, read afresh, are in step and everything that happened is accounted for.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import traceback
from pathlib import Path

import structlog

from bench.databases import KINDS, fresh
from tests.chaos.trial import Size, undergo


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 1 on")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--databases", default=",".join(KINDS))
    wanted = parser.parse_args()
    seeds = [wanted.seed] if wanted.seed is not None else range(1, wanted.seeds + 1)
    failed = 0
    for seed in seeds:
        for kind in wanted.databases.split(","):
            failed += not _try(kind, seed)
    return 1 if failed else 0


def _try(kind: str, seed: int) -> bool:
    with fresh(kind) as url, tempfile.TemporaryDirectory(prefix="instep-chaos-") as folder:
        try:
            trial = undergo(url, Path(folder), seed, Size())
        except Exception:
            traceback.print_exc()
            print(f"seed {seed} {kind}: failed")
            return False
    print(trial.line(), flush=True)
    for trouble in trial.verdict.troubles:
        print(f"  {trouble}")
    for each in trial.verdict.residual:
        print(f"  (within the window: {each})")
    return trial.well


if __name__ == "__main__":
    sys.exit(main())
