"""Store what became of effects: the second transaction of a batch.

The answered values become the written side's base, the values the decision stood on become the
other side's; the history row is written and the effect is gone, all at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.bases import Bases, WordsMoved, as_set, settle_words
from instep.core.deleting import OVER
from instep.core.fingerprint import dump, load
from instep.core.mapping import SideName
from instep.core.merge import Reason
from instep.core.pairs import SIDES, other_side
from instep.core.plan import Action
from instep.core.records import Value
from instep.store import records, relinking, tallies
from instep.store.decisions import bases_of, hold, insert_links, set_bases
from instep.store.history import NO_RUN, Entry, write
from instep.store.records import Scope, Seen
from instep.store.schema.syncs import effect, link


@dataclass(frozen=True, slots=True)
class Done:
    """It happened: `seen` is the written record as the app answered it.

    `how` is created, look-up or duplicate for a create; it says how the link came about. `unsent`
    names the target's fields that could not be written after the create.
    """

    effect: sa.Row[Any]
    seen: Seen
    how: str = "created"
    unsent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """Not sent, or overtaken: the target changed (`seen`) or the pair has to be decided again.

    `partner` is the record on the other side, where that turned out to be the reason.
    """

    effect: sa.Row[Any]
    seen: Seen | None
    sentence: str
    partner: Seen | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """The target is not there any more. `how` says so where it was not our doing."""

    effect: sa.Row[Any]
    how: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """To be tried again at `at` (epoch milliseconds); `unknown`: to be looked up first."""

    effect: sa.Row[Any]
    at: int
    sentence: str
    unknown: bool = False
    counted: bool = True  # whether this was an attempt of the effect's own


@dataclass(frozen=True, slots=True)
class Failed:
    """Given up: a dead letter. `gone` says that the target is not there any more."""

    effect: sa.Row[Any]
    sentence: str
    gone: bool = False


Outcome = Done | Deleted | Moved | Later | Failed


def store(tx: sa.Connection, scope: Scope, outcomes: Sequence[Outcome]) -> None:
    """Store these outcomes in the caller's one transaction."""
    done = [each for each in outcomes if isinstance(each, Done)]
    done, overtaken = _without_taken(tx, scope, done)
    moved = overtaken + [each for each in outcomes if isinstance(each, Moved)]
    failed = [each for each in outcomes if isinstance(each, Failed)]
    deleted = [each for each in outcomes if isinstance(each, Deleted)]
    _store_done(tx, scope, done)
    _store_deleted(tx, scope, deleted)
    _store_moved(tx, scope, moved)
    _store_failed(tx, scope, failed)
    _postpone(tx, [each for each in outcomes if isinstance(each, Later)])
    made = [*(each.effect for each in done), *(each.effect for each in deleted)]
    tallies.count_writes(tx, scope, made, len(failed))
    ended: list[Done | Deleted | Moved] = [*done, *deleted, *moved]
    _remove(tx, [each.effect.id for each in ended])


def _without_taken(
    tx: sa.Connection, scope: Scope, done: Sequence[Done]
) -> tuple[list[Done], list[Moved]]:
    """Set aside creates whose record, or its source, has been linked meanwhile."""
    creates = [each for each in done if each.effect.record_id is None]
    taken: set[tuple[str, str]] = set()
    for side, column in (("a", link.c.a_id), ("b", link.c.b_id)):
        ids = [end for each in creates for of, end in _ends(each) if of == side]
        if ids:
            query = sa.select(column).where(link.c.sync_id == scope.sync_id, column.in_(ids))
            taken.update((side, found) for found in tx.execute(query).scalars())
    kept: list[Done] = []
    overtaken: list[Moved] = []
    for each in done:
        ends = _ends(each)
        if each.effect.record_id is None and ends & taken:
            sentence = "the record is linked to another one already"
            overtaken.append(Moved(each.effect, each.seen, sentence))
        else:
            kept.append(each)
            if each.effect.record_id is None:
                taken |= ends  # two creates that found the same record: only the first may link
    return kept, overtaken


def _ends(done: Done) -> set[tuple[str, str]]:
    """Return the records that a create links; the source of one made again has its link already."""
    made = (done.effect.side, done.seen.id)
    source = (other_side(done.effect.side), done.effect.source_id)
    return {made, source} if done.effect.link_id is None else {made}


def _end(done: Done, side: str) -> str:
    source: str = done.effect.source_id
    return done.seen.id if done.effect.side == side else source


def _store_done(tx: sa.Connection, scope: Scope, done: Sequence[Done]) -> None:
    entries: list[Entry] = []
    for side in SIDES:
        ours = [each for each in done if each.effect.side == side]
        before = records.fields_of(tx, scope.sync_id, side, [each.seen.id for each in ours])
        records.put(tx, scope, side, [each.seen for each in ours], written=True)
        created = [each for each in ours if each.effect.record_id is None]
        stray = _link_created(tx, scope, side, [e for e in created if e.effect.link_id is None])
        again = [(e.effect, e.seen.id, _first_bases(e)[0]) for e in created if e.effect.link_id]
        relinking.relink(tx, scope, side, again)
        updated = [each for each in ours if each.effect.record_id is not None]
        stray += _rebase(tx, side, updated, before)
        records.mark(tx, scope, side, stray, source="delivery")
        entries += [_done_entry(each) for each in ours]
    write(tx, scope, entries)


def _link_created(
    tx: sa.Connection, scope: Scope, side: SideName, created: Sequence[Done]
) -> list[str]:
    """Link what was created with its source; return ids that have to be decided once more.

    A record that was found instead of created agrees on nothing yet. One that we created agrees
    on everything, unless the app filled fields by itself.
    """
    rows = []
    stray = []
    for each in created:
        mine, other = _first_bases(each)
        base = {side: dump(mine), other_side(side): dump(other)}
        rows.append(
            {
                "a_id": _end(each, "a"),
                "b_id": _end(each, "b"),
                "base_a": base["a"],
                "base_b": base["b"],
                "linked_by": each.how,
            }
        )
        # what was found again may hold an edit where we had written nothing at all
        agreed = mine if each.how == "look-up" else load(each.effect.after)
        if not mine or each.unsent or _differs(load(each.seen.fields), agreed):
            stray.append(each.seen.id)
    insert_links(tx, scope, rows)
    return stray


def _first_bases(done: Done) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return the new link's bases: of the written side, of the source.

    What was looked up is ours: it agreed on what we wrote, and whatever differs is an edit made
    there since. A duplicate is somebody else's: nothing is agreed yet.
    """
    if done.how == "duplicate":
        return {}, {}
    answered, source = load(done.seen.fields), load(done.effect.source)
    other = {**dict.fromkeys(answered), **source}
    if done.how != "look-up":
        unsent = load(done.effect.after).keys() - answered.keys() if done.unsent else ()
        return answered, {key: value for key, value in other.items() if key not in unsent}
    return {**dict.fromkeys(answered), **load(done.effect.after)}, other


def _rebase(
    tx: sa.Connection, side: SideName, updated: Sequence[Done], before: Mapping[str, str]
) -> list[str]:
    """Move the bases of updated links; return ids that somebody else changed as well.

    `before` is what we had read of these records, dumped, by id.
    """
    ids = [each.effect.link_id for each in updated]
    links = {row.id: row for row in tx.execute(sa.select(link).where(link.c.id.in_(ids))) if ids}
    rows = []
    stray = []
    for each in updated:
        row = links.get(each.effect.link_id)
        if row is None:
            continue
        base_a, base_b = bases_of(row)
        mine, other = (base_a, base_b) if side == "a" else (base_b, base_a)
        answered = load(each.seen.fields)
        _settle(each, _agreed(each), mine, other)
        rows.append({"of_link": row.id, "to_a": dump(base_a), "to_b": dump(base_b)})
        in_part = each.how == "edited since"
        if in_part or _differs(answered, mine) or _edited(each, answered, before):
            stray.append(each.seen.id)
    set_bases(tx, rows)
    return stray


def _agreed(done: Done) -> dict[str, Value]:
    """Return what the written side agrees on: what it answered.

    Of an update that was found edited since it is what we wrote: the edits have yet to travel.
    """
    answered = load(done.seen.fields)
    if done.how != "edited since":
        return answered
    words = json.loads(done.effect.moved)
    wrote = load(done.effect.after)
    return answered | {
        key: value for key, value in wrote.items() if key in answered and key not in words
    }


def _carried(done: Done, words: WordsMoved, answered: Value) -> WordsMoved:
    """Return the words that an update has carried over.

    One that was looked up may have arrived in part: its fields go in one call, words in others. The
    rest has still to travel.
    """
    if done.how != "edited since":
        return words
    now = as_set(answered)
    added = tuple(word for word in words.added if word in now)
    removed = tuple(word for word in words.removed if word not in now)
    return WordsMoved(added, removed)


def _settle(
    done: Done, answered: dict[str, Value], mine: dict[str, Value], other: dict[str, Value]
) -> None:
    """Move both sides' bases by what one update carried over."""
    basis, source = load(done.effect.basis), load(done.effect.source)
    moved = json.loads(done.effect.moved)
    for key in basis.keys() & answered.keys():
        if key in moved:
            words = _carried(done, WordsMoved(**moved[key]), answered[key])
            old = Bases(mine.get(key), other.get(key))
            new = settle_words(old, words, basis[key], answered[key])
            mine[key], other[key] = new.target, new.source
        else:
            mine[key], other[key] = answered[key], source[key]


def _edited(done: Done, answered: Mapping[str, Value], before: Mapping[str, str]) -> bool:
    """Whether an answer shows an edit of a field that we did not write.

    The base alone does not tell: a field has none while its own change is on its way to the other
    side, and what that change carries is agreed on once it is there.
    """
    known = load(before.get(done.seen.id) or "{}")
    basis = load(done.effect.basis)
    return any(answered.get(key) != value for key, value in known.items() if key not in basis)


def _differs(answered: Mapping[str, Value], base: Mapping[str, Value]) -> bool:
    return any(key in base and base[key] != value for key, value in answered.items())


def _done_entry(done: Done) -> Entry:
    row = done.effect
    return Entry(
        what=_what(done),
        side=row.side,
        record_id=done.seen.id,
        label=row.label,
        link_id=row.link_id,
        effect_key=row.key,
        before=row.basis,
        after=dump(_after(done)),
        why=row.why,
        person=row.person,
        run_id=_run_of(row),
    )


def _run_of(row: sa.Row[Any]) -> str | None:
    """Return the run that decided a write: another one may have sent it, after a time-out."""
    return None if row.run_id == NO_RUN else str(row.run_id)


def _what(done: Done) -> str:
    if done.effect.record_id is not None:
        return "updated"
    return "linked" if done.how == "duplicate" else "created"


def _after(done: Done) -> dict[str, Value]:
    """Return what a write left: of a new record all that its app kept, so that it can be undone.

    What was looked up may hold somebody's edit as well: then it is what we wrote.
    """
    after = load(done.effect.after)
    if done.effect.record_id is None:
        return after if done.how == "look-up" else load(done.seen.fields)
    # of a field the mapping leaves out no answer tells: what was written stands for it
    told = {**after, **_agreed(done)}
    return {key: told[key] for key in load(done.effect.basis) if key in told}


def _store_deleted(tx: sa.Connection, scope: Scope, deleted: Sequence[Deleted]) -> None:
    """Bury what was deleted, and keep what it was, so that it can be made again."""
    rows = [each.effect for each in deleted]
    states = [
        (row.side, row.record_id, "gone", f"This sync deleted it: {_why(row)}.") for row in rows
    ]
    records.set_states(tx, scope, states)
    records.clear_notices(tx, scope, [(row.side, row.record_id) for row in rows])
    write(tx, scope, [_deleted_entry(each) for each in deleted])
    # if one of the two comes back, the policy that deleted the other must not follow it
    hold(tx, [row.link_id for row in rows if _why(row) == Reason.PARTNER_GONE.value], OVER)
    relinking.hold(tx, scope, rows)


def _why(row: sa.Row[Any]) -> str:
    """Return why a record was deleted: all of its fields say the same."""
    said: list[str] = [*json.loads(row.why).values()]
    return said[0] if said else "somebody asked for it"


def _deleted_entry(deleted: Deleted) -> Entry:
    row = deleted.effect
    if deleted.how is not None:
        return _entry(row, "gone", deleted.how)
    return _entry(row, "deleted", row.why)


def _store_moved(tx: sa.Connection, scope: Scope, moved: Sequence[Moved]) -> None:
    """Forget the effect, keep what was read, and have the pair decided again."""
    for side in SIDES:
        ours = [each for each in moved if each.effect.side == side]
        seen = [each.seen for each in ours if each.seen is not None]
        records.put(tx, scope, side, seen)
        records.mark(tx, scope, side, [each.id for each in seen], source="delivery")
        partners = [each.partner for each in ours if each.partner is not None]
        records.put(tx, scope, other_side(side), partners)
        sources = [each.effect.source_id for each in ours]
        records.mark(tx, scope, other_side(side), sources, source="delivery")
        # nothing came of what was decided: also not of what is done once, when a record leaves
        records.set_states(tx, scope, [(side, each.id, "known", None) for each in seen])
        records.set_states(tx, scope, [(other_side(side), each, "known", None) for each in sources])
    write(tx, scope, [_entry(each.effect, "superseded", each.sentence) for each in moved])


def _store_failed(tx: sa.Connection, scope: Scope, failed: Sequence[Failed]) -> None:
    states = []
    for each in failed:
        source = other_side(each.effect.side)
        states.append((source, each.effect.source_id, "failed", each.sentence))
        if each.effect.action == Action.DELETE:  # its source is gone, and shows no state
            states.append((each.effect.side, each.effect.record_id, "failed", each.sentence))
        if each.gone and each.effect.record_id is not None:
            states.append((each.effect.side, each.effect.record_id, "gone", each.sentence))
    records.set_states(tx, scope, states)
    write(
        tx,
        scope,
        [
            _entry(each.effect, "gone" if each.gone else "rejected", each.sentence)
            for each in failed
        ],
    )
    if failed:
        tx.execute(
            sa.update(effect)
            .where(effect.c.id == sa.bindparam("of_effect"))
            .values(state="failed", sentence=sa.bindparam("to_sentence")),
            [{"of_effect": each.effect.id, "to_sentence": each.sentence} for each in failed],
        )


def _postpone(tx: sa.Connection, later: Sequence[Later]) -> None:
    if later:
        tx.execute(
            sa.update(effect)
            .where(effect.c.id == sa.bindparam("of_effect"))
            .values(
                state=sa.bindparam("to_state"),
                due_at=sa.bindparam("to_due"),
                sentence=sa.bindparam("to_sentence"),
                attempts=effect.c.attempts - sa.bindparam("uncounted"),
            ),
            [
                {
                    "of_effect": each.effect.id,
                    "to_state": "unknown" if each.unknown else "ready",
                    "to_due": each.at,
                    "to_sentence": each.sentence,
                    "uncounted": 0 if each.counted else 1,
                }
                for each in later
            ],
        )


def _entry(row: sa.Row[Any], what: str, sentence: str) -> Entry:
    return Entry(
        what=what,
        side=row.side,
        record_id=row.record_id or row.source_id,
        label=row.label,
        link_id=row.link_id,
        effect_key=row.key,
        before=row.basis,
        why=sentence,
        person=row.person,
        run_id=_run_of(row),
    )


def _remove(tx: sa.Connection, ids: Sequence[int]) -> None:
    if ids:
        tx.execute(sa.delete(effect).where(effect.c.id.in_(ids)))
