"""What came of trying one operation with one official client."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How an outcome counts. Only FAILED and NOT_RUN make the whole run fail."""

    PASSED = "passed"
    KNOWN_DEFECT = "known SDK defect"
    KNOWN_DEVIATION = "known deviation"
    NOT_SIMULATED = "answers 501"
    NOT_RUN = "not run"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the report; `note` says why, in a sentence, wherever it did not simply pass."""

    client: str
    operation: str
    verdict: Verdict
    note: str = ""

    @property
    def unexplained(self) -> bool:
        """Whether nobody can say why this did not work."""
        return self.verdict in {Verdict.FAILED, Verdict.NOT_RUN}
