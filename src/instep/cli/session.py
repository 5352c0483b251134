"""Open the application for one command."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog

from instep.bootstrap import Instep, assemble
from instep.cli.called import act_here
from instep.settings import Settings, load_settings
from instep.store.audit.acting import acting

_Result = TypeVar("_Result")


def use(
    work: Callable[[Instep], Awaitable[_Result]],
    settings: Settings | None = None,
    *,
    run_by: Callable[[Coroutine[Any, Any, _Result]], _Result] = asyncio.run,
) -> _Result:
    """Assemble the application, run `work` with it, and take it apart again."""
    settings = settings or load_settings()
    configure_logging(settings.log_level)

    async def run() -> _Result:
        async with assemble(settings) as instep:
            with acting(act_here(settings)):
                return await work(instep)

    return run_by(run())


def run_long(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run what stays, in the quickest event loop there is.

    That is uvloop's where the server brings it along.
    """
    from uvicorn.loops.auto import auto_loop_factory  # noqa: PLC0415 - slow to load

    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        return runner.run(work)


def settle_in() -> None:
    """Leave what is there by now out of every later search for cycles: it stays with the process.

    Going through it again and again costs a twentieth of the processor's time of a busy flow.
    """
    gc.collect()
    gc.freeze()


def configure_logging(level: str) -> None:
    """Log key=value lines on standard error, from `level` on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
