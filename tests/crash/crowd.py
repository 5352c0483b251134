"""The people of the crash test: dealt out to both apps, edited while nobody looks, then counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from instep.sandbox import Person
from tests.crash.two_apps import GoHighLevel, Insightly, Seen


@dataclass(frozen=True)
class Dealt:
    """Who begins where."""

    ghl: Sequence[Person]
    insightly: Sequence[Person]


def deal(people: Sequence[Person]) -> Dealt:
    """Of ten people, four are equal on both sides, two here, two there, two on both but differing.

    One of each kind has no e-mail, so that it can be recognised by its phone only.
    """
    known = [
        replace(person, email=None) if number % 40 in {3, 14, 26, 38} else person
        for number, person in enumerate(people)
    ]
    ghl = [person for number, person in enumerate(known) if number % 10 not in {6, 7}]
    insightly = [
        replace(person, city="Elsewhere", state=None) if number % 10 >= 8 else person
        for number, person in enumerate(known)
        if number % 10 not in {4, 5}
    ]
    return Dealt(ghl, insightly)


@dataclass
class Verdict:
    """What reading both apps says in the end; each trouble by name."""

    people: int
    edits: int
    lost_people: list[str] = field(default_factory=list)
    lost_edits: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> list[str]:
        """Return every trouble as a line."""
        return [
            f"{kind}: {each}"
            for kind in ("lost_people", "lost_edits", "doubled", "differing")
            for each in getattr(self, kind)
        ]

    @property
    def well(self) -> bool:
        return not self.troubles


@dataclass
class Crowd:
    """Everybody who has to be on both sides in the end, and every edit that has to show there.

    Each app's users edit fields of their own, so that no edit overrules another: which of two
    edits of one field wins is a matter of authority, not of crashes. Until the first run has
    linked the pairs, Insightly's users edit only people whom Insightly alone has: GoHighLevel has
    authority over pairs that are matched for the first time.
    """

    ghl: GoHighLevel
    insightly: Insightly
    chance: random.Random
    keys: set[str]
    only_insightly: set[str]
    edits: dict[tuple[str, str], str] = field(default_factory=dict)
    tags: dict[str, set[str]] = field(default_factory=dict)
    _numbers: count = field(default_factory=lambda: count(1))

    def change_something(self, *, linked: bool, edits: int, newcomers: int) -> None:
        """Edit, tag and add people in both apps, as their users would."""
        ghl, insightly = self.ghl.everyone(), self.insightly.everyone()
        theirs = [each for each in insightly if linked or each.key in self.only_insightly]
        self._edit(self.ghl, self._some(ghl, edits), "city")
        self._edit(self.insightly, self._some(theirs, edits), "address")
        for app, present in ((self.ghl, ghl), (self.insightly, insightly)):
            for person in self._some(present, edits // 2):
                tag = f"{app.name} {next(self._numbers)}"
                app.tag(person.id, tag)
                self.tags.setdefault(person.key, set()).add(tag)
            for _ in range(newcomers):
                self._add(app)

    def _some(self, present: Sequence[Seen], number: int) -> list[Seen]:
        return self.chance.sample(present, min(number, len(present)))

    def _edit(self, app: GoHighLevel | Insightly, people: Sequence[Seen], name: str) -> None:
        for person in people:
            value = f"{name} {next(self._numbers)}"
            app.edit(person.id, name, value)
            self.edits[person.key, name] = value

    def _add(self, app: GoHighLevel | Insightly) -> None:
        number = next(self._numbers)
        email = f"newcomer{number}@example.com"
        app.add({"first_name": "New", "last_name": f"Comer {number}", "email": email})
        self.keys.add(email)

    def judge(self) -> Verdict:
        """Read both apps and say what is lost, doubled or different."""
        sides = {app.name: app.everyone() for app in (self.ghl, self.insightly)}
        by_key = {name: {person.key: person for person in side} for name, side in sides.items()}
        verdict = Verdict(len(self.keys), len(self.edits) + sum(map(len, self.tags.values())))
        for name, side in sides.items():
            counts = Counter(person.key for person in side)
            verdict.doubled += [f"{key} in {name}" for key in counts - Counter(self.keys)]
            verdict.lost_people += [f"{key} in {name}" for key in self.keys - counts.keys()]
            verdict.lost_edits += [f"{each} in {name}" for each in self._lost_edits(by_key[name])]
        here, there = by_key.values()
        verdict.differing += [
            f"{here[key]} and {there[key]}"
            for key in here.keys() & there.keys()
            if _shown(here[key]) != _shown(there[key])
        ]
        return verdict

    def _lost_edits(self, side: dict[str, Seen]) -> Iterator[str]:
        for (key, name), value in self.edits.items():
            if key in side and side[key].fields.get(name) != value:
                yield f"{value} of {key}"
        for key, tags in self.tags.items():
            if key in side:
                yield from (f"tag {tag} of {key}" for tag in tags - side[key].tags)


def _shown(person: Seen) -> tuple[dict[str, str], frozenset[str]]:
    return person.fields, person.tags


def make_crowd(
    ghl: GoHighLevel, insightly: Insightly, dealt: Dealt, chance: random.Random
) -> Crowd:
    """Make the crowd of the people dealt out."""
    here, there = (
        {(person.email or str(person.phone)).casefold() for person in side}
        for side in (dealt.ghl, dealt.insightly)
    )
    return Crowd(ghl, insightly, chance, here | there, there - here)
