"""Reads a flow from its document, strictly: everything that is wrong is told, with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from instep.core.flow import form
from instep.core.flow.building import build_step, build_trigger
from instep.core.flow.entries import WRONG, EntryReader, Wrong, is_name
from instep.core.flow.form import Entry, Form, Kind
from instep.core.flow.language import Language
from instep.core.flow.model import Flow, Step, Trigger, Way
from instep.core.flow.problems import Problem, Problems, below, nearest, shown


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: the flow unless something is wrong, and every problem."""

    flow: Flow | None
    problems: tuple[Problem, ...]


def read_flow(raw: Any, language: Language) -> Reading:
    """Read a flow's document, as parsed from JSON. Nothing is raised: all problems are told."""
    reader = _Reader(language)
    entries = reader.form(raw, form.FLOW, "")
    flow = None
    if entries is not None and not reader.problems.errors:
        flow = Flow(**entries, document=raw)
    return Reading(flow, tuple(reader.problems.found))


@dataclass(slots=True)
class _Reader:
    language: Language
    problems: Problems = field(default_factory=Problems)
    _entries: EntryReader = field(init=False)
    _ids: dict[str, str] = field(default_factory=dict)
    _steps: int = 0
    _depth: int = 0

    def __post_init__(self) -> None:
        self._entries = EntryReader(self.language, self.problems)

    def form(
        self, raw: Any, entries: Form, place: str, kinds: tuple[str, ...] = ()
    ) -> dict[str, Any] | None:
        """Read an object with these entries; None if anything in it is wrong."""
        if not isinstance(raw, Mapping):
            self.problems.add(place, f"is {shown(raw)}", "It has to be an object.")
            return None
        self._refuse_unknown(raw, entries, place, kinds)
        read = {each.name: self._entry(raw, each, place) for each in entries}
        return None if any(each is WRONG for each in read.values()) else read

    def _refuse_unknown(
        self, raw: Mapping[str, Any], entries: Form, place: str, kinds: tuple[str, ...]
    ) -> None:
        known = [*kinds, *(each.name for each in entries)]
        for name in raw:
            if self.problems.is_full:
                break
            if name not in known:
                self.problems.add(
                    place, f"has {shown(name)}, which is unknown", nearest(name, known)
                )

    def _entry(self, raw: Mapping[str, Any], entry: Entry, place: str) -> Any:
        if raw.get(entry.name) is None:
            if entry.required:
                self.problems.add(place, f"has no {entry.name}", entry.says)
                return WRONG
            if entry.kind is Kind.FORM:
                return {each.name: each.default for each in entry.form}
            return _EMPTY[entry.kind](entry.default)
        return self._held(raw[entry.name], entry, below(place, entry.name))

    def _held(self, raw: Any, entry: Entry, place: str) -> Any:
        match entry.kind:
            case Kind.FORM:
                read = self.form(raw, entry.form, place)
                return WRONG if read is None else read
            case Kind.TRIGGER:
                return self._trigger(raw, place)
            case Kind.STEPS:
                return self._step_list(raw, place)
            case Kind.WAYS:
                return self._way_list(raw, place)
            case _:
                return self._entries.read(raw, entry, place)

    # Triggers and steps: what they may hold goes by their kind

    def _trigger(self, raw: Any, place: str) -> Trigger | Wrong:
        kind = self._kind(raw, form.TRIGGERS, place)
        read = kind and self.form(raw, form.TRIGGERS[kind], place, ("kind",))
        return WRONG if kind is None or not isinstance(read, dict) else build_trigger(kind, read)

    def _kind(self, raw: Any, forms: Mapping[str, Form], place: str) -> str | None:
        if not isinstance(raw, Mapping):
            self.problems.add(place, f"is {shown(raw)}", "It has to be an object with a kind.")
            return None
        kind = raw.get("kind")
        if isinstance(kind, str) and kind in forms:
            return kind
        what = f"has the kind {shown(kind)}" if "kind" in raw else "has no kind"
        self.problems.add(place, what, nearest(kind, forms))
        return None

    def _step_list(self, raw: Any, place: str) -> Any:
        if not isinstance(raw, list):
            self.problems.add(place, f"is {shown(raw)}", "It has to be a list of steps.")
            return WRONG
        if self._depth == form.DEEPEST_STEPS:
            fix = f"Use {form.DEEPEST_STEPS} levels at most; another flow can do the inner part."
            self.problems.add(place, "stands too deep in other steps", fix)
            return WRONG
        self._depth += 1
        read = []
        for number, each in enumerate(raw, start=1):
            self._steps += 1
            if self._steps > form.MOST_STEPS:
                self._tell_too_many(place)
                break
            read.append(self._step(each, f"{place}[{number}]"))
        self._depth -= 1
        return WRONG if any(each is WRONG for each in read) else tuple(read)

    def _tell_too_many(self, place: str) -> None:
        if self._steps == form.MOST_STEPS + 1:
            fix = f"Use {form.MOST_STEPS} at most, or part it into several flows."
            self.problems.add(place, "has too many steps", fix)

    def _step(self, raw: Any, place: str) -> Step | Wrong:
        outer, self.problems.step = self.problems.step, _told_id(raw)
        try:
            kind = self._kind(raw, form.STEPS, place)
            entries = (*form.OWN, *form.STEPS[kind]) if kind else form.OWN
            if kind is None:
                return WRONG
            read = self.form(raw, entries, place, ("kind",))
            self._note_id(raw, place)
            if read is None or not self._is_whole(kind, read, place):
                return WRONG
            return build_step(kind, read)
        finally:
            self.problems.step = outer

    def _note_id(self, raw: Mapping[str, Any], place: str) -> None:
        own = raw.get("id")
        if not isinstance(own, str):
            return
        if own in self._ids:
            fix = f"Give one of the two another: {self._ids[own]} has it, too."
            self.problems.add(below(place, "id"), f"is {shown(own)} once more", fix)
        self._ids.setdefault(own, place)

    def _is_whole(self, kind: str, read: Mapping[str, Any], place: str) -> bool:
        """Check what no entry can be asked by itself."""
        if kind == "delay" and (read["seconds"] is None) is (read["until"] is None):
            self.problems.add(place, "does not say how long", "Give either seconds or until.")
            return False
        return True

    def _way_list(self, raw: Any, place: str) -> Any:
        if not isinstance(raw, list) or not 1 <= len(raw) <= form.MOST_WAYS:
            fix = f"It has to be a list of 1 to {form.MOST_WAYS} ways."
            told = f"has {len(raw)} ways" if isinstance(raw, list) else f"is {shown(raw)}"
            self.problems.add(place, told, fix)
            return WRONG
        read = [
            self.form(each, form.WAY, f"{place}[{number}]")
            for number, each in enumerate(raw, start=1)
        ]
        ways = tuple(Way(**each) for each in read if each is not None)
        return ways if len(ways) == len(read) else WRONG


def _told_id(raw: Any) -> str | None:
    own = raw.get("id") if isinstance(raw, Mapping) else None
    return own if isinstance(own, str) and is_name(own) else None


def _same(default: Any) -> Any:
    return default


_EMPTY: Mapping[Kind, Callable[[Any], Any]] = {
    **dict.fromkeys(Kind, _same),
    Kind.PLAIN: dict,
    Kind.VALUES: dict,
    Kind.STEPS: lambda _: (),
}
"""What an entry that was left out is, from its default."""
