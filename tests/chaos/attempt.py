"""One trial on a fresh database, told in lines: what the processes of `make chaos` carry out."""

from __future__ import annotations

import logging
import tempfile
import traceback
from pathlib import Path

import structlog

from bench.databases import fresh
from tests.chaos.trial import Size, Trial, undergo


def attempt(kind: str, seed: int) -> tuple[bool, str]:
    """Undergo one trial; say whether all was well, and what there is to tell."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with fresh(kind) as url, tempfile.TemporaryDirectory(prefix="instep-chaos-") as folder:
        try:
            trial = undergo(url, Path(folder), seed, Size())
        except Exception:  # noqa: BLE001 - whatever it is, this trial failed and the next one follows
            return False, f"seed {seed} {kind}: FAILED\n{traceback.format_exc()}"
    return trial.well, "\n".join(_lines(trial))


def _lines(trial: Trial) -> list[str]:
    residual = [f"  within the window: {each}" for each in trial.verdict.residual]
    return [trial.line(), *(f"  {trouble}" for trouble in trial.verdict.troubles), *residual]
