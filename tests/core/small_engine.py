"""The engine in small: what the core decides, carried out step by step on two apps in memory.

Nothing is stored and nothing runs at the same time, but each step does what the engine's does:
look up, decide, write what has not moved meanwhile, set the bases from what the app answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from instep.core.bases import Bases, settle_words
from instep.core.match import Candidate, Keys, Match, keys_of, match
from instep.core.plan import Intent, Item, Known, intents, plan_new, plan_pair
from tests.core.small_apps import MAPPING, App


@dataclass
class Link:
    """Two records that are one, and what each side last agreed on."""

    ids: dict[str, str]
    bases: dict[str, dict[str, Any]]


@dataclass
class Effect:
    """One write on its way. `link` None: it creates the record."""

    intent: Intent
    source_id: str
    link: Link | None

    @property
    def target_id(self) -> str | None:
        return self.link.ids[self.intent.side] if self.link else None


@dataclass(frozen=True)
class Entry:
    """One line of the history: what a field of a record was before we wrote it, and why."""

    side: str
    record_id: str
    key: str
    before: Any
    why: str


@dataclass
class Engine:
    """Keeps two apps in step. `reviews` holds the records left to a person, and why."""

    apps: dict[str, App]
    links: list[Link] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    creates: list[tuple[str, str]] = field(default_factory=list)
    reviews: dict[str, Match] = field(default_factory=dict)

    def link_of(self, record_id: str) -> Link | None:
        return next((each for each in self.links if record_id in each.ids.values()), None)

    def sync(self, disturb: Callable[[int, Effect], bool] = lambda _number, _effect: False) -> int:
        """Decide everything and carry it out; return how many writes were sent.

        `disturb` is called before each write; it says whether the answer gets lost.
        """
        effects = list(self._decide())
        lost = [each for number, each in enumerate(effects) if self._carry(each, number, disturb)]
        for effect in lost:
            self._look_up(effect)
        return len(effects)

    # Deciding

    def _decide(self) -> Iterator[Effect]:
        self.reviews.clear()
        for link in list(self.links):
            item = plan_pair(MAPPING, "pair", self._known("a", link), self._known("b", link))
            link.bases["a"] |= item.merge.base_a
            link.bases["b"] |= item.merge.base_b
            yield from self._effects(item, link)
        creating: set[str] = set()
        for side, there in (("a", "b"), ("b", "a")):
            for record_id in list(self.apps[side].records):
                if self.link_of(record_id) is None:
                    yield from self._decide_unlinked(side, there, record_id, creating)

    def _decide_unlinked(
        self, side: str, there: str, record_id: str, creating: set[str]
    ) -> Iterator[Effect]:
        keys = self.keys(side, record_id)
        verdict = match(keys, self.sharing(there, keys), self.sharing(side, keys, but=record_id))
        if verdict.doubt is not None:
            self.reviews[record_id] = verdict
        elif verdict.other is None:
            creating.add(record_id)
            known = Known(record_id, self.apps[side].read(record_id))
            yield from self._effects(plan_new(MAPPING, "new", side, known), None)
        else:
            assert verdict.other not in creating, "it is being created on the other side"
            link = Link({side: record_id, there: verdict.other}, {"a": {}, "b": {}})
            a, b = (
                Known(link.ids[each], self.apps[each].read(link.ids[each])) for each in ("a", "b")
            )
            item = plan_pair(MAPPING, "pair", a, b, verdict.by)
            link.bases = {"a": dict(item.merge.base_a), "b": dict(item.merge.base_b)}
            self.links.append(link)
            yield from self._effects(item, link)

    def _known(self, side: str, link: Link) -> Known:
        record_id, app = link.ids[side], self.apps[side]
        values = app.read(record_id)
        return Known(record_id, values, link.bases[side], app.changed_at[record_id])

    def _effects(self, item: Item, link: Link | None) -> Iterator[Effect]:
        for intent in intents(item, MAPPING):
            source = item.b_id if intent.side == "a" else item.a_id
            yield Effect(intent, str(source), link)

    # Candidates

    def keys(self, side: str, record_id: str) -> Keys:
        return keys_of(self.apps[side].read(record_id), MAPPING)

    def sharing(self, side: str, keys: Keys, but: str | None = None) -> list[Candidate]:
        """Return the records of a side that share a key."""
        found = {each: self.keys(side, each) for each in self.apps[side].records if each != but}
        return [
            Candidate(record_id, theirs, self.link_of(record_id) is not None)
            for record_id, theirs in found.items()
            if share_a_key(keys, theirs)
        ]

    # Carrying out

    def _carry(self, effect: Effect, number: int, disturb: Callable[[int, Effect], bool]) -> bool:
        """Send one write, unless its target moved; return whether its outcome is unknown."""
        lost = disturb(number, effect)
        app, target = self.apps[effect.intent.side], effect.target_id
        if target is None:
            created = app.create(dict(effect.intent.write.set))
            self.creates.append((effect.source_id, created))
            if not lost:
                self._link_created(effect, created, found=False)
            return lost
        basis = effect.intent.basis
        now = app.read(target)
        if all(now[key] == value for key, value in basis.items()):
            app.update(target, effect.intent.write)
            self._rebase(effect, app.read(target))
            self.history += [
                Entry(app.side, target, key, before, effect.intent.why[key])
                for key, before in basis.items()
            ]
        return False

    def _rebase(self, effect: Effect, answered: dict[str, Any]) -> None:
        assert effect.link is not None
        side = effect.intent.side
        mine, other = effect.link.bases[side], effect.link.bases["b" if side == "a" else "a"]
        for key, before in effect.intent.basis.items():
            new = Bases(answered[key], effect.intent.source[key])
            if key in effect.intent.moved:
                old = Bases(mine.get(key), other.get(key))
                new = settle_words(old, effect.intent.moved[key], before, answered[key])
            mine[key], other[key] = new.target, new.source

    def _link_created(self, effect: Effect, created: str, *, found: bool) -> None:
        """Link what was created; one that was found instead has agreed on nothing yet."""
        side = effect.intent.side
        other = "b" if side == "a" else "a"
        bases: dict[str, dict[str, Any]] = {"a": {}, "b": {}}
        if not found:
            mine = self.apps[side].read(created)
            bases = {side: mine, other: dict.fromkeys(mine) | dict(effect.intent.source)}
        self.links.append(Link({side: created, other: effect.source_id}, bases))

    def _look_up(self, effect: Effect) -> None:
        """Find the record whose creation was never answered, and take it for ours."""
        app = self.apps[effect.intent.side]
        wanted = MAPPING.outward(effect.intent.source, app.side)
        found = [
            record_id
            for record_id, values in app.records.items()
            if self.link_of(record_id) is None
            and all(
                values[name] == app.keeps.get(name, lambda it: it)(wanted[name])
                for name in effect.intent.write.set
            )
        ]
        assert found, "what was created is there to be found"
        self._link_created(effect, found[0], found=True)


def share_a_key(one: Keys, other: Keys) -> bool:
    """Whether the store would hand `other` out as a candidate for `one`."""
    if one.strong is None and one.weak is None:
        return (
            one.label is not None
            and other.label is not None
            and one.label.casefold() == other.label.casefold()
        )
    return (one.strong is not None and one.strong == other.strong) or (
        one.weak is not None and one.weak == other.weak
    )
