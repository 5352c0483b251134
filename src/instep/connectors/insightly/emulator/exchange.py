"""What every call of the emulator shares: bodies in, replies out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from instep.connectors.insightly.emulator.document import etag
from instep.connectors.insightly.emulator.paging import truth
from instep.sandbox.state import Document


def reply(body: Any, status: int = 200) -> Response:
    """Answer with a payload and its version."""
    return JSONResponse(body, status, {"ETag": etag(body)})


def rows(request: Request, page: list[Document], count: Callable[[], int]) -> Response:
    """Answer with a page, and with the total where it was asked for."""
    answer = reply(page)
    if truth(request, "count_total"):
        answer.headers["X-Total-Count"] = str(count())
    return answer


async def sent_json(request: Request) -> Any:
    """Read a body. Raises the app's 400 unless it is JSON."""
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, "The body is not JSON.") from error


async def sent_object(request: Request) -> Document:
    """Read a body. Raises the app's 400 unless it is one JSON object."""
    sent = await sent_json(request)
    if not isinstance(sent, dict):
        raise HTTPException(400, "The body must be one record.")
    return sent


def guarded(request: Request, record: Document) -> None:
    """Check If-Match. Raises 400 with these words, not the documented 412 (facts: apps 1.2)."""
    guard = request.headers.get("if-match")
    if guard is not None and guard != etag(record):
        raise HTTPException(400, f"If-Match header value {guard} is not valid.")
