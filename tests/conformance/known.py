"""Where the real GoHighLevel answers outside its own spec, and so does the sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of answer that the spec does not allow."""

    operation: str
    status: int
    check: str

    def __str__(self) -> str:
        return f"{self.status} fails {self.check}"


@dataclass(frozen=True, slots=True)
class Known:
    """Findings that a fact explains. `operation` is "METHOD /path", or a pattern of it."""

    operation: str
    status: int
    check: str
    fact: str

    def explains(self, finding: Finding) -> bool:
        """Whether this is the finding that was expected."""
        return fnmatchcase(finding.operation, self.operation) and (
            finding.status,
            finding.check,
        ) == (self.status, self.check)


_UNDECLARED = "status_code_conformance"

_SCHEMA = "response_schema_conformance"

KNOWN = (
    # what every operation does, whether its own spec names the status or not
    Known("*", 400, _UNDECLARED, "ghl 6.5: what cannot be done with these values is a 400"),
    Known("*", 401, _UNDECLARED, "ghl 2.2, 3.5: a wrong Version, token, level or scope"),
    Known("*", 403, _UNDECLARED, "ghl 3.5: a location the token may not reach"),
    Known("*", 422, _UNDECLARED, "ghl 6.5: wrong bodies are refused, unknown keys too"),
    # where the spec contradicts its own examples, or what is seen live
    Known(
        "POST /contacts/bulk/tags/update/{type}",
        201,
        _SCHEMA,
        "the spec's own example of `responses` holds objects, its schema strings",
    ),
    Known(
        "GET /calendars/{calendarId}/free-slots",
        200,
        _SCHEMA,
        "ghl 6.8: the reply has a traceId beside the days",
    ),
    Known(
        "GET /opportunities/search",
        200,
        _SCHEMA,
        "ghl 6.9: what leads nowhere is null; the spec calls it a text or a number",
    ),
    Known(
        "POST /locations/{locationId}/tasks/search",
        200,
        _SCHEMA,
        "ghl 6.7: a task is an object with an _id; the spec calls it a list",
    ),
    *(
        Known(
            "* /users/*",
            status,
            _SCHEMA,
            "the spec calls a user's scopes one text, and takes and describes a list of them",
        )
        for status in (200, 201)
    ),
    Known(
        "GET /opportunities/pipelines",
        200,
        _SCHEMA,
        "ghl 6.1: a stage is an object with an id; the spec calls it a list",
    ),
    *(
        Known(
            f"* /calendars/{part}*",
            status,
            _SCHEMA,
            "the spec calls a start and an end objects, and its examples of them are texts",
        )
        for part in ("events", "blocked-slots")
        for status in (200, 201)
    ),
    Known(
        "* /associations/*",
        200,
        _SCHEMA,
        "the spec calls labels and keys objects, and its examples of them are texts",
    ),
    Known(
        "* /associations/*",
        201,
        _SCHEMA,
        "the spec calls labels and keys objects, and its examples of them are texts",
    ),
    Known(
        "GET /conversations/{conversationId}/messages",
        200,
        _SCHEMA,
        "ghl 6.10: the page is nested under `messages`, as seen live",
    ),
)


def explanation(finding: Finding, table: Iterable[Known] = KNOWN) -> str | None:
    """Return the fact behind a finding, or None if there is none."""
    return next((known.fact for known in table if known.explains(finding)), None)
