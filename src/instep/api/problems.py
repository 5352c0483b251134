"""What the API answers when it cannot do what was asked: one shape, one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from instep.core.errors import (
    ConnectionBroken,
    InstepError,
    NeedsPerson,
    NotAllowed,
    NotSignedIn,
    RetryLater,
    SyncHalted,
    TooManyAttempts,
    UserError,
)


class Problem(BaseModel):
    """What was wrong and what to do, in one sentence, and what kind of error it is.

    `kind` is a name from the table of errors, or `Malformed`, `NotFound`, `MethodNotAllowed`,
    `Fault`.
    """

    error: str
    kind: str


_STATUS: tuple[tuple[type[InstepError], int], ...] = (
    (NeedsPerson, 409),
    (UserError, 400),
    (ConnectionBroken, 409),
    (SyncHalted, 409),
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (TooManyAttempts, 429),
    (RetryLater, 503),
)

DESCRIBED: dict[str, Any] = {"Problem": Problem.model_json_schema()}
"""What the descriptions of answers point to. A model at every answer of every route would be made
into a schema of its own a thousand times whenever a server starts."""


def _told(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


ANSWERS: dict[int | str, dict[str, Any]] = {
    400: _told("Wrong use: correct it and ask again."),
    401: _told("Nobody is signed in here, and no good token came."),
    403: _told("The role is not enough, or another site asks."),
    404: _told("There is nothing at this address."),
    409: _told("A person has to do something first."),
    422: _told("Malformed: a value is missing or of the wrong form."),
    503: _told("An app wants patience: ask again, later."),
}
"""What any route may answer besides its own."""

BUSY: dict[int | str, dict[str, Any]] = {
    429: _told("Too many attempts: wait as long as Retry-After says."),
}
"""What a route may answer as well that looks at passwords."""

_MALFORMED = 422
_FORMS = {404: "NotFound", 405: "MethodNotAllowed"}
_SENTENCES = {
    404: "There is nothing at this address. GET /docs shows what there is.",
    405: "This address does not take this method. GET /docs shows which it takes.",
}
_MOST_FAULTS = 5


def answer_problems(api: FastAPI) -> None:
    """Let the application answer every error in the one shape."""
    api.add_exception_handler(InstepError, _known)
    api.add_exception_handler(RequestValidationError, _malformed)
    api.add_exception_handler(HTTPException, _refused)
    api.add_exception_handler(DataError, _unkeepable)
    api.add_exception_handler(Exception, _fault)


def problem(
    status: int, sentence: str, kind: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the answer for one error."""
    return JSONResponse(Problem(error=sentence, kind=kind).model_dump(), status, headers)


def waiting(error: RetryLater) -> dict[str, str]:
    """Return the header that says in how many seconds to come again, where that is known."""
    if error.at is None:
        return {}
    seconds = (error.at - datetime.now(UTC)).total_seconds()
    return {"Retry-After": str(max(1, round(seconds)))}


async def _known(_request: Request, error: Exception) -> JSONResponse:
    """Answer an error with its sentence; its kind says what a program may do about it."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    headers = waiting(error) if isinstance(error, RetryLater) else {}
    return problem(status, str(error), type(error).__name__, headers)


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    """Say where a value is missing or wrong, never the value: it may be a secret."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - this is its handler
    faults = [_where_and_what(each) for each in error.errors()]
    more = f"; and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
    return problem(_MALFORMED, f"{'; '.join(faults[:_MOST_FAULTS])}{more}.", "Malformed")


def _where_and_what(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "json_invalid":
        return "The body is no JSON"
    where = ".".join(str(part) for part in fault["loc"] if part != "body")
    return f"{where or 'The body'}: {fault['msg']}"


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - this is its handler
    status = error.status_code
    kind, sentence = _FORMS.get(status, "Malformed"), _SENTENCES.get(status, str(error.detail))
    return problem(status, sentence, kind, error.headers)


async def _unkeepable(_request: Request, _error: Exception) -> JSONResponse:
    """Answer for what no database keeps, such as a NUL inside a name."""
    return problem(400, "A value holds a character or a number that cannot be kept.", "UserError")


async def _fault(_request: Request, _error: Exception) -> JSONResponse:
    sentence = "Instep met a fault of its own. Its log says which; please report it."
    return problem(500, sentence, "Fault")
