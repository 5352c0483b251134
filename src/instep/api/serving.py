"""One application for every Instep that a process serves: its routes are made once.

To make them is a tenth of a second of work, whatever they answer for. Each request carries for whom
it is answered; the routes ask that one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from instep.api.app import build
from instep.bootstrap import Instep


@dataclass(frozen=True, slots=True)
class _Served:
    instep: Instep
    wake: Callable[[], None]


_served: ContextVar[_Served] = ContextVar("served")


def application(instep: Instep, wake: Callable[[], None]) -> ASGIApp:
    """Return the application that answers for this Instep. `wake` is as `build` takes it."""
    served = _Served(instep, wake)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        before = _served.set(served)
        try:
            await _application()(scope, receive, send)
        finally:
            _served.reset(before)

    return answer


class _OfTheRequest:
    """Has what the Instep has that the present request is answered for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_served.get().instep, name)


@cache
def _application() -> FastAPI:
    return build(cast("Instep", _OfTheRequest()), lambda: _served.get().wake())
