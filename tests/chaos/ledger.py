"""Everything that users did in either app, in order: what the verdict has to account for."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edit:
    """One edit of a user. `began` and `ended` are epoch milliseconds around it.

    `what` is add, set, tag, untag or delete; `marker` says whose record it was, and `value` None
    that the field was emptied.
    """

    side: str
    kind: str
    marker: str
    record_id: str
    what: str
    name: str = ""
    value: str | None = None
    began: int = 0
    ended: int = 0


@dataclass
class Ledger:
    """The edits so far. What people began with counts as edits, too: nothing of it may be lost."""

    edits: list[Edit] = field(default_factory=list)

    def note(self, edit: Edit) -> None:
        """Add an edit at the end."""
        self.edits.append(edit)

    def markers(self, kind: str) -> set[str]:
        """Return everybody there ever was."""
        return {each.marker for each in self.edits if each.kind == kind}

    def deleted(self, kind: str) -> dict[str, str]:
        """Return who was deleted, and on which side first."""
        gone: dict[str, str] = {}
        for each in self.edits:
            if each.kind == kind and each.what == "delete":
                gone.setdefault(each.marker, each.side)
        return gone

    def was_edited(self, kind: str, marker: str, side: str) -> bool:
        """Whether a user has edited a record on one side."""
        return any(
            (each.kind, each.marker, each.side, each.what) == (kind, marker, side, "set")
            and each.began > 0
            for each in self.edits
        )

    def of_fields(self, kind: str) -> Iterator[tuple[str, str, list[Edit]]]:
        """Yield marker, field and its edits, oldest first."""
        found: defaultdict[tuple[str, str], list[Edit]] = defaultdict(list)
        for each in self.edits:
            if each.kind == kind and each.what == "set":
                found[each.marker, each.name].append(each)
        for (marker, name), edits in found.items():
            yield marker, name, edits

    def of_tags(self, kind: str) -> Iterator[tuple[str, str, list[Edit]]]:
        """Yield marker, tag and its edits, oldest first."""
        found: defaultdict[tuple[str, str], list[Edit]] = defaultdict(list)
        for each in self.edits:
            if each.kind == kind and each.what in {"tag", "untag"}:
                found[each.marker, each.name].append(each)
        for (marker, name), edits in found.items():
            yield marker, name, edits

    def counted(self) -> int:
        """Count what users did, what they began with aside."""
        return sum(each.began > 0 for each in self.edits)


def now() -> int:
    """Return the time in epoch milliseconds."""
    return int(time.time() * 1000)
