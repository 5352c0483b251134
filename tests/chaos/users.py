"""The users of both apps: they edit, tag, add and delete as chance has it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from tests.chaos.doors import Door, Shown
from tests.chaos.kinds import Kind
from tests.chaos.ledger import Edit, Ledger, now

MOST_EDITS = 7
"""Of one record: what is edited more often in an hour is a third tool's doing, and is left alone."""

_DOINGS = {
    "edit": 10,
    "same field": 3,
    "empty": 2,
    "tag": 4,
    "untag": 2,
    "add": 2,
    "add keyless": 1,
    "add relative": 1,
    "add twice": 1,
    "delete": 1,
    "bounce": 1,
}
"""What users do, and how often compared with each other."""


@dataclass
class Users:
    """The users of one kind of record. `doors` are both sides' by name."""

    kind: Kind
    doors: Mapping[str, Door]
    chance: random.Random
    ledger: Ledger
    begun: frozenset[str] = frozenset()
    _known: frozenset[str] = frozenset()
    _times: Counter[str] = field(default_factory=Counter)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _views: dict[str, dict[str, Shown]] = field(default_factory=dict)

    def begin(self) -> None:
        """Note what everybody has at the beginning."""
        self._look()
        for side, view in self._views.items():
            for marker, record in view.items():
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
        names = [name for name in _DOINGS if linked or name != "delete"]
        weights = [_DOINGS[name] for name in names]
        for doing in self.chance.choices(names, weights, k=doings):
            getattr(self, "_" + doing.replace(" ", "_"))()

    # What they do

    def _edit(self) -> None:
        for side, marker in self._someone():
            self._set(side, marker, self._field_of(marker))

    def _same_field(self) -> None:
        """Both sides' users set one field of one person, each to something else."""
        for _, marker in self._someone(both=True):
            name = self._field_of(marker)
            for side in self.chance.sample(["a", "b"], 2):
                self._set(side, marker, name)

    def _empty(self) -> None:
        for side, marker in self._someone():
            name = self._field_of(marker)
            if name in self._views[side][marker].values:
                self._put(side, marker, name, None)

    def _tag(self) -> None:
        for side, marker in self._someone():
            self._retag(side, marker, f"tag {next(self._numbers)}", on=True)

    def _untag(self) -> None:
        for side, marker in self._someone():
            tags = sorted(self._views[side][marker].tags)
            # before two records are linked, a tag that only one has was added there
            if tags and (marker in self._known or marker not in self.begun):
                self._retag(side, marker, self.chance.choice(tags), on=False)

    def _add(self) -> None:
        self._create(self._side(), self._person())

    def _add_keyless(self) -> None:
        person = self._person()
        del person["email"]
        if self.chance.random() < 0.5:
            del person["phone"]
        self._create(self._side(), person)

    def _add_relative(self) -> None:
        """Add somebody who shares the phone of another person, and has an e-mail or none."""
        for side, marker in self._someone():
            phone = self._views[side][marker].values.get("phone")
            person = self._person() | ({"phone": phone} if phone else {})
            if self.chance.random() < 0.5:
                del person["email"]
            self._create(side, person)

    def _add_twice(self) -> None:
        """Add one person in both apps at about the same time, with different cities."""
        person = self._person()
        for side in self.chance.sample(["a", "b"], 2):
            self._create(side, {**person, "city": f"City {next(self._numbers)}"})

    def _delete(self) -> None:
        for side, marker in self._someone(both=True):
            if marker not in self._known:
                continue  # whoever may not be linked yet would be new on the other side
            began, record = now(), self._views[side][marker]
            self.doors[side].remove(record.id)
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

    def _field_of(self, marker: str) -> str:
        names = [
            name
            for name in self.kind.edited
            if marker in self._known or name not in self.kind.identifying
        ]
        return self.chance.choice(names)

    def _side(self) -> str:
        return self.chance.choice(["a", "b"])

    def _someone(self, *, both: bool = False) -> Iterable[tuple[str, str]]:
        """Yield one side and person to work on, or nobody."""
        side = self._side()
        there: Sequence[str] = [
            marker
            for marker in sorted(self._views[side])
            if self._times[marker] < MOST_EDITS
            and (not both or all(marker in view for view in self._views.values()))
        ]
        if there:
            yield side, self.chance.choice(there)

    def _set(self, side: str, marker: str, name: str) -> None:
        number = next(self._numbers)
        value = {
            "email": f"mail{number}.{self.chance.randrange(10**6)}@example.com",
            "phone": f"+1{self.chance.choice(['212', '415', '305'])}555{number % 10000:04}",
        }.get(name, f"{name} {number} {side}")
        self._put(side, marker, name, value)

    def _put(self, side: str, marker: str, name: str, value: str | None) -> None:
        self._change(side, marker, "set", name, value)

    def _retag(self, side: str, marker: str, tag: str, *, on: bool) -> None:
        self._change(side, marker, "tag" if on else "untag", tag, tag)

    def _change(self, side: str, marker: str, what: str, name: str, value: str | None) -> None:
        record, door = self._views[side].get(marker), self.doors[side]
        if record is None:
            return
        began = now()
        try:
            if what == "set":
                door.edit(record.id, name, value)
            else:
                door.tag(record.id, name, on=what == "tag")
        except KeyError:
            return  # somebody else has deleted it since we looked
        self._times[marker] += 1
        self._note(side, marker, record.id, what, name, value, began=began)

    def _create(self, side: str, person: dict[str, str]) -> None:
        began = now()
        record_id = self.doors[side].add(person)
        marker = person[self.kind.marker].casefold()
        self._note(side, marker, record_id, "add", began=began)
        for name, value in person.items():
            self._note(side, marker, record_id, "set", name, value, began=began)

    def _person(self) -> dict[str, str]:
        number = next(self._numbers)
        return {
            "first_name": f"New {number}",
            "last_name": f"Comer{number}",
            "email": f"comer{number}@example.com",
            "phone": f"+1646555{number % 10000:04}",
            "city": f"City {number}",
        }

    def _note(
        self,
        side: str,
        marker: str,
        record_id: str,
        what: str,
        name: str = "",
        value: str | None = None,
        *,
        began: int,
    ) -> None:
        ended = now() if began else 0
        folded = None if value is None else " ".join(value.split()).casefold()
        kind = self.kind.name
        self.ledger.note(
            Edit(side, kind, marker, record_id, what, name, folded, began=began, ended=ended)
        )
