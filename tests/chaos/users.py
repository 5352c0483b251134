"""The users of both apps: they edit, tag, add and delete as chance has it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from tests.chaos.doors import Door, Shown, fold
from tests.chaos.kinds import Kind, Values
from tests.chaos.ledger import Edit, Ledger, now

MOST_EDITS = 7
"""Of one record: what is edited more often in an hour is a third tool's doing, and is left alone."""

_ALONE = {"delete", "add twice"}
"""What users begin with only once those who are on both sides are linked."""


@dataclass
class Users:
    """The users of one kind of record. `doors` are both sides' by name.

    `parents` are, by side and id, the markers of the contacts that records belong to. Whom
    `kept` names is not deleted: others belong to him.
    """

    kind: Kind
    doors: Mapping[str, Door]
    chance: random.Random
    ledger: Ledger
    numbers: count[int]
    begun: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    parents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _known: frozenset[str] = frozenset()
    _times: Counter[str] = field(default_factory=Counter)
    _views: dict[str, dict[str, Shown]] = field(default_factory=dict)

    def belong_to(self, parents: Mapping[str, Mapping[str, str]]) -> None:
        """Say whose records there may be."""
        self.parents = parents
        for side, door in self.doors.items():
            door.parents = [*parents[side]]

    def furnish(self) -> None:
        """Make what both sides begin with: the same on both, and some on one side only."""
        for number in range(self.kind.furnished):
            values, owner = self._made(), self._owner()
            for side in ("a", "b", "ab")[number % 3] if number % 2 else "ab":
                self.doors[side].add(values, owner.get(side))

    def begin(self) -> None:
        """Note what everybody has at the beginning."""
        self._look()
        for side, view in self._views.items():
            for marker, record in view.items():
                self._note(side, marker, record.id, "add", began=0)
                for name, value in record.values.items():
                    self._note(side, marker, record.id, "set", name, value, began=0)
                for tag in sorted(record.tags):
                    self._note(side, marker, record.id, "tag", tag, tag, began=0)
        self.begun = frozenset(self._views["a"].keys() & self._views["b"].keys())

    def work(self, doings: int, *, linked: bool) -> None:
        """Do that many things, each in a side and to a record of chance.

        Until those who began on both sides are `linked`, nobody deletes them or changes what they
        are known by. The same holds always for newcomers: whoever is renamed in one app before
        the sync could look up what became of creating him is another person to everybody.
        """
        self._look()
        self._known = self.begun if linked else frozenset()
        names = [name for name in self.kind.doings if linked or name not in _ALONE]
        weights = [self.kind.doings[name] for name in names]
        for doing in self.chance.choices(names, weights, k=doings):
            getattr(self, "_" + doing.replace(" ", "_"))()

    def ids(self, markers: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return, by side and id, those of these markers that are on both sides."""
        return {
            side: {view[marker].id: marker for marker in markers}
            for side, view in self._views.items()
        }

    # What they do

    def _edit(self) -> None:
        for side, marker in self._someone():
            self._set(side, marker, self._field_of(marker))

    def _same_field(self) -> None:
        """Both sides' users set one field of one record, each to something else."""
        for _, marker in self._someone(both=True):
            name = self._field_of(marker)
            for side in self.chance.sample(["a", "b"], 2):
                self._set(side, marker, name)

    def _empty(self) -> None:
        for side, marker in self._someone():
            name = self._field_of(marker)
            if name in self._views[side][marker].values and name not in self.kind.never_empty:
                self._put(side, marker, name, None)

    def _tag(self) -> None:
        for side, marker in self._someone():
            self._retag(side, marker, f"tag {next(self.numbers)}", on=True)

    def _untag(self) -> None:
        for side, marker in self._someone():
            tags = sorted(self._views[side][marker].tags)
            # before two records are linked, a tag that only one has was added there
            if tags and (marker in self._known or marker not in self.begun):
                self._retag(side, marker, self.chance.choice(tags), on=False)

    def _add(self) -> None:
        side = self._side()
        self._create(side, self._made(), self._owner().get(side))

    def _add_keyless(self) -> None:
        person = self._made()
        del person["email"]
        if self.chance.random() < 0.5:
            del person["phone"]
        self._create(self._side(), person)

    def _add_relative(self) -> None:
        """Add somebody who shares the phone of another person, and has an e-mail or none."""
        for side, marker in self._someone():
            phone = self._views[side][marker].values.get("phone")
            person = self._made() | ({"phone": phone} if phone else {})
            if self.chance.random() < 0.5:
                del person["email"]
            self._create(side, person)

    def _add_twice(self) -> None:
        """Add one person in both apps at about the same time, with different cities."""
        person = self._made()
        for side in self.chance.sample(["a", "b"], 2):
            self._create(side, {**person, "city": f"City {next(self.numbers)}"})

    def _delete(self) -> None:
        for side, marker in self._someone(both=True):
            if marker not in self._known or marker in self.kept:
                continue  # whoever may not be linked yet would be new on the other side
            began, record = now(), self._views[side][marker]
            self.doors[side].remove(record)
            self._note(side, marker, record.id, "delete", began=began)
            self._times[marker] += MOST_EDITS

    def _bounce(self) -> None:
        """A third tool puts back what it wants, each time it looks."""
        for side, marker in self._someone():
            for _ in range(2):
                self._put(side, marker, "state", f"Third {self.chance.randrange(3)}")

    # How they do it

    def _look(self) -> None:
        self._views = {side: self._shown(door) for side, door in self.doors.items()}

    def _shown(self, door: Door) -> dict[str, Shown]:
        marker = self.kind.marker
        return {each.values[marker]: each for each in door.all_shown() if marker in each.values}

    def _made(self) -> Values:
        return self.kind.make(next(self.numbers), self.chance)

    def _owner(self) -> dict[str, str]:
        """Choose the contact a record is to belong to; return his ids by side."""
        if not self.kind.belongs:
            return {}
        chosen = self.chance.choice(sorted(self.parents["a"].values()))
        return {
            side: next(each for each, marker in ids.items() if marker == chosen)
            for side, ids in self.parents.items()
        }

    def _field_of(self, marker: str) -> str:
        names = [
            name
            for name in self.kind.edited
            if marker in self._known or name not in self.kind.identifying
        ]
        return self.chance.choice(names) if names else ""

    def _side(self) -> str:
        return self.chance.choice(["a", "b"])

    def _someone(self, *, both: bool = False) -> Iterable[tuple[str, str]]:
        """Yield one side and record to work on, or nothing."""
        side = self._side()
        there = [
            marker
            for marker in sorted(self._views[side])
            if self._times[marker] < MOST_EDITS
            and (not both or all(marker in view for view in self._views.values()))
        ]
        if there:
            yield side, self.chance.choice(there)

    def _set(self, side: str, marker: str, name: str) -> None:
        if name:
            value = self.kind.value(name, next(self.numbers), side, self.chance)
            self._put(side, marker, name, value)

    def _put(self, side: str, marker: str, name: str, value: object) -> None:
        self._change(side, marker, "set", name, value)

    def _retag(self, side: str, marker: str, tag: str, *, on: bool) -> None:
        self._change(side, marker, "tag" if on else "untag", tag, tag)

    def _change(self, side: str, marker: str, what: str, name: str, value: object) -> None:
        record, door = self._views[side].get(marker), self.doors[side]
        if record is None:
            return
        began = now()
        try:
            if what == "set":
                door.edit(record, name, value)
            else:
                door.tag(record.id, name, on=what == "tag")
        except KeyError:
            return  # somebody else has deleted it since we looked
        self._times[marker] += 1
        self._note(side, marker, record.id, what, name, value, began=began)

    def _create(self, side: str, values: Values, parent_id: str | None = None) -> None:
        began = now()
        record_id = self.doors[side].add(values, parent_id)
        marker = fold(values[self.kind.marker]) or ""
        self._note(side, marker, record_id, "add", began=began)
        for name, value in values.items():
            self._note(side, marker, record_id, "set", name, value, began=began)

    def _note(
        self,
        side: str,
        marker: str,
        record_id: str,
        what: str,
        name: str = "",
        value: object = None,
        *,
        began: int,
    ) -> None:
        ended = now() if began else 0
        folded = self.doors[side].folded(name, value)
        kind = self.kind.name
        edit = Edit(side, kind, marker, record_id, what, name, folded, began=began, ended=ended)
        self.ledger.note(edit)
