"""Reads the parameters that every list of the emulator takes."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request

# facts: apps 1.2
_DEFAULT_TOP, _MOST = 100, 500
_QUERY_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?Z")


def page_of(request: Request) -> tuple[int, int]:
    """Return `top` and `skip`. Raises the app's 400."""
    top = _number(request, "top", _DEFAULT_TOP)
    if not 1 <= top <= _MOST:
        raise HTTPException(400, f"top must be between 1 and {_MOST}.")
    return top, _number(request, "skip", 0)


def truth(request: Request, name: str) -> bool:
    """Return whether a flag is on."""
    return request.query_params.get(name, "").lower() == "true"


def query_time(text: str) -> str:
    """Return a query's time as bodies write it; another format is a 400 (facts: apps 1.2)."""
    found = _QUERY_TIME.fullmatch(text)
    if found is None:
        raise HTTPException(400, f"The value {text!r} is not a valid UTC date and time.")
    return f"{found[1]} {found[2]}"


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise HTTPException(400, f"{name} must be a whole number.")
    return int(text)
