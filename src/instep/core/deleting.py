"""What becomes of a record whose partner is gone, by the sync's policy. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from instep.core.bases import as_set
from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, Pair, SideName
from instep.core.merge import FieldChange, Reason
from instep.core.normalise import normalise
from instep.core.records import Value, Values
from instep.core.rules import Deletes

TAGS = "tags"
"""The canonical field of words that the tag goes into."""


OVER = "both records were gone; whichever comes back is left alone"
"""Why a pair is left alone once it is gone on both sides: no policy may follow a record back."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a side's resource can do about a record whose partner is gone.

    `app` and `records` are what people call the app and its records; `tags` says whether it has a
    words field of that name, `archived` holds the values that put a record away, if there are any.
    """

    app: str
    records: str
    tags: bool
    archived: Values
    deletes: bool


def check(policy: Deletes, side: SideName, abilities: Abilities) -> None:
    """Check that `side` can do what the policy asks of it. Raises UserError."""
    able = {
        Deletes.IGNORE: True,
        Deletes.TAG: abilities.tags,
        Deletes.ARCHIVE: bool(abilities.archived),
        Deletes.DELETE: abilities.deletes,
    }
    if able[policy]:
        return
    there = ", ".join(each.value for each, can in able.items() if can)
    raise UserError(
        f"The {abilities.records} of {abilities.app} {_UNABLE[policy]}: choose {there} for what "
        f"becomes of side {side.upper()}'s record when its partner is gone."
    )


_UNABLE = {
    Deletes.TAG: "have no tags",
    Deletes.ARCHIVE: "cannot be put away without deleting them",
    Deletes.DELETE: "cannot be deleted",
}


@dataclass(frozen=True, slots=True)
class Follow:
    """What becomes of one side's record: the policy, the partner's app, and how to put it away."""

    policy: Deletes = Deletes.IGNORE
    partner: str = ""
    archived: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one linked pair beside its mapping. `held`: why it is left alone, if it is."""

    a: Follow = Follow()
    b: Follow = Follow()
    held: str | None = None

    def side(self, name: SideName) -> Follow:
        """Return what holds on one side."""
        return self.a if name == "a" else self.b


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class Followed:
    """What is to be done on the side that is left, and why. No change: nothing is."""

    why: str
    changes: tuple[FieldChange, ...] = ()
    deletes: bool = False


def tag_for(app: str) -> str:
    """Return the tag that says where a record's partner was deleted, as tags are compared."""
    # facts: apps 7, rule 8
    return f"deleted in {app}".lower()


def follow(
    mapping: FieldMapping, side: SideName, terms: Follow, values: Values, agreed: Values
) -> Followed:
    """Say what becomes of the record of `side` whose partner is gone.

    `values` are its own by pair key, `agreed` what the partner last agreed on: that stays its base
    if it comes back.
    """
    here, there = side.upper(), "B" if side == "a" else "A"
    gone = f"it is gone on side {there}"
    if terms.policy is Deletes.IGNORE:
        return Followed(f"{gone}; nothing is deleted on side {here}")
    if terms.policy is Deletes.DELETE:
        changes = tuple(
            FieldChange(key, side, value, None, agreed.get(key), Reason.PARTNER_GONE)
            for key, value in values.items()
        )
        return Followed(f"{gone}: it is deleted on side {here}, too", changes, deletes=True)
    if terms.policy is Deletes.TAG:
        wanted: Mapping[str, Value] = {TAGS: (tag_for(terms.partner),)}
        done = f"{gone}: tagged {tag_for(terms.partner)!r} on side {here}"
    else:
        wanted = terms.archived
        done = f"{gone}: put away on side {here}"
    return Followed(done, tuple(_marks(mapping, side, wanted, values, agreed)))


def _marks(
    mapping: FieldMapping,
    side: SideName,
    wanted: Mapping[str, Value],
    values: Values,
    agreed: Values,
) -> Iterator[FieldChange]:
    """Yield the changes that mark a record, by its side's own names; none where it is marked."""
    pairs = {pair.field(side).name: pair for pair in mapping.pairs}
    for name, value in wanted.items():
        pair = pairs.get(name)
        key = name if pair is None else pair.key
        before = None if pair is None else values.get(key)
        after = _after(pair, side, value, before)
        if before != after:
            source = None if pair is None else agreed.get(key)
            yield FieldChange(
                key, side, before, after, source, Reason.PARTNER_GONE, unmapped=pair is None
            )


def _after(pair: Pair | None, side: SideName, value: Value, before: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted(as_set(before) | as_set(value)))
    if pair is None:
        return value
    return pair.inward(normalise(value, pair.field(side), None), side)
