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

KNOWN = (
    Known("*", 403, _UNDECLARED, "ghl 3.5: a location the token may not reach"),
    Known("POST /contacts/bulk/*", 401, _UNDECLARED, "ghl 2.2, 3.5: a wrong Version or token"),
    Known("POST /contacts/bulk/*", 400, _UNDECLARED, "ghl 6.5: an unknown contact is a 400"),
    Known(
        "POST /contacts/bulk/tags/update/{type}",
        201,
        "response_schema_conformance",
        "the spec's own example of `responses` holds objects, its schema strings",
    ),
    Known("POST /contacts/search", 422, _UNDECLARED, "ghl 6.3: wrong bodies are refused (#31)"),
)


def explanation(finding: Finding, table: Iterable[Known] = KNOWN) -> str | None:
    """Return the fact behind a finding, or None if there is none."""
    return next((known.fact for known in table if known.explains(finding)), None)
