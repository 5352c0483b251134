"""What the apps themselves say in the end: nothing lost, doubled, different, repeated, unexplained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from instep.store.database import Database
from tests.chaos.doors import Shown
from tests.chaos.journals import Journal
from tests.chaos.ledger import Edit, Ledger
from tests.chaos.remembered import Remembered, remember
from tests.chaos.users import Users

_UNEXPLAINED = {"unknown", "noticed"}
_OTHER = {"a": "b", "b": "a"}
WINDOW_MS = 5_000
"""How old what the engine read may be when it writes (docs: explanation/sync): an edit that falls
between the two cannot be seen where the app takes no version."""

_SLACK_MS = 1_500


@dataclass
class Verdict:
    """Every trouble as a line, and the figures. `residual` edits fell into the documented window."""

    troubles: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    residual: list[str] = field(default_factory=list)


def judge(
    users: Sequence[Users],
    ledger: Ledger,
    journals: Mapping[str, Sequence[Mapping[str, Any]]],
    database: Database,
    why: Callable[[str, str], str],
) -> Verdict:
    """Read both apps afresh and compare them with each other and with what users did."""
    verdict = Verdict()
    told = remember(database)
    counts: Counter[str] = Counter()
    for each in users:
        books = {
            side: Journal(each.doors[side], journals[side], each.kind.marker) for side in ("a", "b")
        }
        case = _Case(each, ledger, books, told, verdict)
        verdict.troubles += case.all()
        verdict.troubles += _unexplained(case, why)
        counts["pairs"] += case.pairs
        counts["repeats"] += sum(book.repeats for book in books.values())
    for side, calls in journals.items():
        verdict.troubles += _over_budget(side, calls)
    verdict.figures = _figures(ledger, journals, told, verdict, counts)
    return verdict


def _figures(
    ledger: Ledger,
    journals: Mapping[str, Sequence[Mapping[str, Any]]],
    told: Remembered,
    verdict: Verdict,
    counts: Counter[str],
) -> dict[str, int]:
    ours = [call for calls in journals.values() for call in calls if call["by"] == "app"]
    struck = sum(call["fault"] is not None for call in ours)
    return {
        "edits": ledger.counted(),
        "calls": len(ours),
        "struck": struck,
        "history rows": len(told.rows),
        "residual": len(verdict.residual),
        **counts,
    }


def _over_budget(side: str, calls: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what the app refused because there were too many calls, unless it was told to."""
    for call in calls:
        if call["status"] == 429 and call["fault"] is None:
            yield f"over budget: {side} answered 429 to call {call['number']}"


def _unexplained(case: _Case, why: Callable[[str, str], str]) -> Iterator[str]:
    for side, shown in case.shown.items():
        for each in shown:
            stands = why(case.kind.name, each.id)
            if stands in _UNEXPLAINED:
                yield f"unexplained: {case.kind.name} {each.id} in {side} stands {stands!r}"


class _Case:
    """One kind: both sides as they are now, and everything there is to know about how."""

    def __init__(
        self,
        users: Users,
        ledger: Ledger,
        books: Mapping[str, Journal],
        told: Remembered,
        verdict: Verdict,
    ) -> None:
        self.kind = users.kind
        self.shown = {side: door.all_shown() for side, door in users.doors.items()}
        self._parents = users.parents
        self._ledger = ledger
        self._books = books
        self._told = told
        self._verdict = verdict
        self._deleted = ledger.deleted(self.kind.name)
        marker = self.kind.marker
        self._by_marker = {
            side: {each.values.get(marker, each.id): each for each in shown}
            for side, shown in self.shown.items()
        }

    @property
    def pairs(self) -> int:
        """How many records are on both sides."""
        return sum(1 for _ in self._pairs())

    def all(self) -> Iterator[str]:
        """Yield every trouble."""
        yield from self._doubled()
        yield from self._lost()
        yield from self._different()
        yield from self._lost_edits()
        yield from self._lost_tags()
        for side, book in self._books.items():
            yield from (f"repeated: {each} in {side}" for each in book.troubles())

    def _doubled(self) -> Iterator[str]:
        for side, shown in self.shown.items():
            counts = Counter(each.values.get(self.kind.marker, each.id) for each in shown)
            yield from (f"doubled: {who} {n} times in {side}" for who, n in counts.items() if n > 1)

    def _lost(self) -> Iterator[str]:
        everybody = self._ledger.markers(self.kind.name)
        for side, there in self._by_marker.items():
            for who in sorted(everybody - there.keys()):
                if who not in self._deleted:
                    yield f"lost: {who} in {side}"
        for who, side in self._deleted.items():
            if who in self._by_marker[side]:
                yield f"came back: {who} was deleted in {side}"
            there = _OTHER[side]
            is_left = self.kind.deletes == "delete" and who in self._by_marker[there]
            if is_left and not self._ledger.was_edited(self.kind.name, who, there):
                yield f"left over: {who} was deleted in {side}, and nobody edited it in {there}"

    def _pairs(self) -> Iterator[tuple[str, Shown, Shown]]:
        here, there = self._by_marker["a"], self._by_marker["b"]
        for who in sorted(here.keys() & there.keys() - self._deleted.keys()):
            yield who, here[who], there[who]

    def _different(self) -> Iterator[str]:
        for who, a, b in self._pairs():
            for name in self.kind.fields:
                if a.values.get(name) != b.values.get(name):
                    values = f"{a.values.get(name)!r} in a, {b.values.get(name)!r} in b"
                    yield f"different: {name} of {who} is {values}"
            whose = [
                self._parents.get(side, {}).get(shown.parent_id or "")
                for side, shown in (("a", a), ("b", b))
            ]
            if whose[0] != whose[1]:
                yield f"different: {who} belongs to {whose[0]} in a, {whose[1]} in b"
            if a.tags != b.tags:
                yield f"different: tags of {who}: {sorted(a.tags ^ b.tags)} on one side only"

    # Edits

    def _lost_edits(self) -> Iterator[str]:
        pairs = {who: (a, b) for who, a, b in self._pairs()}
        for who, name, edits in self._ledger.of_fields(self.kind.name):
            if who not in pairs or name not in self.kind.fields:
                continue
            now = pairs[who][0].values.get(name)
            last = {each.side: each for each in edits}
            for each in last.values():
                if each.value != now and not self._is_accounted_for(each, last):
                    yield f"lost edit: {_said(each)}; {name} is {now!r} now, and no history row has it"

    def _is_accounted_for(self, edit: Edit, last: Mapping[str, Edit]) -> bool:
        """Whether the history names it, a later edit knew of it, or nobody could have seen it."""
        if self._told.has_overwritten(edit):
            return True
        other = last.get(_OTHER[edit.side])
        if other is not None and other.ended > edit.ended and self._had_arrived(edit, other):
            return True
        late = self._books[edit.side].overwritten_unseen(edit)
        if late is not None and late <= WINDOW_MS + _SLACK_MS:
            self._verdict.residual.append(f"{_said(edit)}, overwritten {late} ms after a read")
            return True
        return False

    def _had_arrived(self, edit: Edit, other: Edit) -> bool:
        """Whether the other side held this edit's value when its user overwrote it."""
        return self._books[other.side].held(other.record_id, edit.name, edit.value, other)

    def _lost_tags(self) -> Iterator[str]:
        pairs = {who: (a, b) for who, a, b in self._pairs()}
        for who, tag, edits in self._ledger.of_tags(self.kind.name):
            if who not in pairs:
                continue
            wanted, last = edits[-1].what == "tag", edits[-1]
            for side, shown in zip("ab", pairs[who], strict=True):
                if (tag.casefold() in shown.tags) != wanted:
                    is_there = "is there" if not wanted else "is not there"
                    yield f"lost edit: {_said(last)}; the tag {is_there} in {side}"


def _said(edit: Edit) -> str:
    what = f"{edit.what} {edit.name} {edit.value!r}"
    return f"{what} of {edit.marker} ({edit.record_id}) in {edit.side} at {edit.began}"
