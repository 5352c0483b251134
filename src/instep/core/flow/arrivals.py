"""What a poll brings that is new or changed, each item once. Pure.

An item is known by its id and its version; where a record has no version of its own, its whole
content stands for it. Pages may come doubled, reordered or late, and each poll reads a stretch
again: what is known already is not emitted once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from instep.core.fingerprint import fingerprint

Known = Mapping[str, str]
"""Id of an item → the version, or the fingerprint, that was emitted or taken as the baseline."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at in an item. `key` and `version` are paths of names in it.

    Without `key` the item has no id: its content is all there is to know it by. With `changed`,
    another version of a known item is emitted, too; without `version` that goes by the content.
    Where only one thing is watched, `alone` is its id if it has none in it: otherwise each of its
    states would be an item of its own, and one that comes back would be known.
    """

    key: tuple[str, ...] | None
    version: tuple[str, ...] | None = None
    changed: bool = True
    alone: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item that starts a run. `print` is its version or fingerprint."""

    id: str
    print: str
    kind: Literal["new", "changed"]
    item: Any


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What starts runs, in order, and what is to be remembered in the same transaction."""

    emitted: tuple[Arrival, ...]
    learned: Known = field(default_factory=dict)


def arrivals(items: Iterable[Any], known: Known, watch: Watch, *, baseline: bool) -> Arrivals:
    """Return what is new or changed among the items of one poll.

    `known` needs to hold the ids among them only (`ids_of`). With `baseline` nothing is emitted,
    and everything is remembered. Of an item that comes several times the newest counts.
    """
    newest: dict[str, tuple[str, Any]] = {}
    for item in items:
        own, told = _id(item, watch), _print(item, watch)
        if own not in newest or _replaces(told, newest[own][0]):
            newest[own] = (told, item)
    emitted, learned = [], {}
    for own, (told, item) in newest.items():
        before = known.get(own)
        if before is None or (before != told and _replaces(told, before)):
            learned[own] = told
            if not baseline and (before is None or watch.changed):
                kind: Literal["new", "changed"] = "new" if before is None else "changed"
                emitted.append(Arrival(own, told, kind, item))
    return Arrivals(_in_order(emitted), learned)


def ids_of(items: Sequence[Any], watch: Watch) -> list[str]:
    """Return the ids of a poll's items, each once, to ask for what is known of them."""
    return list(dict.fromkeys(_id(item, watch) for item in items))


def order_key(trigger: str, own: str) -> str:
    """Return what keeps the runs of one record in order: runs with different keys are parallel.

    `trigger` names the connection and what is watched there (`core.flow.versions.watched`).
    """
    return f"{trigger}/{own}"


def _in_order(emitted: list[Arrival]) -> tuple[Arrival, ...]:
    """Return the oldest version first where versions can be compared, else as they were read."""
    ranks = [_rank(each.print) for each in emitted]
    kinds = {None if rank is None else rank[0] for rank in ranks}
    if len(kinds) != 1 or None in kinds:
        return tuple(emitted)
    return tuple(sorted(emitted, key=lambda each: _rank(each.print) or ("", 0.0)))


def _replaces(told: str, before: str) -> bool:
    """Whether a version is newer than another, or cannot be compared with it."""
    rank, rank_before = _rank(told), _rank(before)
    if rank is None or rank_before is None or rank[0] != rank_before[0]:
        return told != before
    return rank > rank_before or (rank == rank_before and told != before)


def _rank(told: str) -> tuple[str, float] | None:
    """Return what a version is compared by: a number or a moment; None if it is neither."""
    kind, _, text = told.partition(":")
    return (kind, float(text.partition(" ")[0])) if kind in {"number", "moment"} else None


def _print(item: Any, watch: Watch) -> str:
    """Return an item's version with its kind, or the fingerprint of all of it.

    A moment of whole seconds has both: an app that keeps no finer time may change a record twice
    within one.
    """
    version = None if watch.version is None else _look(item, watch.version)
    if isinstance(version, (int, float)) and not isinstance(version, bool):
        return f"number:{float(version)!r}" if abs(version) < _EXACT else f"word:{version}"
    if isinstance(version, str) and version:
        moment = _seconds(version)
        if moment is None:
            return f"word:{version}"
        return f"moment:{moment!r}{'' if moment % 1 else f' {_content(item, watch.version)}'}"
    return f"print:{fingerprint(_dump(item))}"


def _content(item: Any, version: tuple[str, ...] | None) -> str:
    """Return the fingerprint of an item, its version aside: that may be written another way."""
    if version is not None and len(version) == 1 and isinstance(item, Mapping):
        item = {name: value for name, value in item.items() if name != version[0]}
    return fingerprint(_dump(item))


_EXACT = 2**53
"""Beyond this two whole numbers may have the same floating point."""


_FINEST = len("2026-11-21T12:00:00.123456+00:00")
"""A longer moment has digits that would be cut: two versions must not become one."""


def _seconds(text: str) -> float | None:
    if len(text) > _FINEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - _EPOCH).total_seconds()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _id(item: Any, watch: Watch) -> str:
    own = None if watch.key is None else _look(item, watch.key)
    if isinstance(own, (str, int)) and not isinstance(own, bool) and own != "":
        return str(own)
    return watch.alone or f"print:{fingerprint(_dump(item))}"


def _look(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _dump(item: Any) -> str:
    # the same content in another order of its names is the same item
    return json.dumps(item, sort_keys=True, separators=(",", ":"), default=str)
