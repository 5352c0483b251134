"""When a sync has to stop and wait for a person. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from instep.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Brakes:
    """The limits of one sync.

    A run may change `min_changes` records, or `max_share` of the linked ones if that is more.
    One record may change `per_record_per_hour` times. A first run (backfill) has been previewed
    and is not held to the share. A run may find `min_deletes` records missing, or delete as many,
    or `max_delete_share` of the linked ones if that is more (facts: apps 7, rule 8).
    """

    min_changes: int = 100
    max_share: float = 0.3
    per_record_per_hour: int = 12
    min_deletes: int = 20
    max_delete_share: float = 0.05


def check_limits(brakes: Brakes) -> None:
    """Raise UserError unless these limits make sense."""
    if brakes.min_changes < 0:
        raise UserError("A run cannot change fewer than 0 records; choose min_changes from 0 on.")
    if not 0 <= brakes.max_share <= 1:
        raise UserError("The share of records a run may change goes from 0 to 1: 0.3 is 30 %.")
    if brakes.per_record_per_hour < 1:
        raise UserError("One record has to be able to change at least once an hour.")
    if brakes.min_deletes < 0:
        raise UserError("A run cannot delete fewer than 0 records; choose min_deletes from 0 on.")
    if not 0 <= brakes.max_delete_share <= 1:
        raise UserError("The share of records a run may delete goes from 0 to 1: 0.05 is 5 %.")


BRAKES = frozenset({"emptied_side", "mass_change", "mass_delete"})
"""The reasons for which a whole sync is stopped by a brake."""


@dataclass(frozen=True, slots=True)
class Tripped:
    """A brake that has to be pulled. `reason` is its code, `sentence` what a person reads."""

    reason: str
    sentence: str


def check_emptied(app: str, links: int, seen: int, kind: str = "records") -> Tripped | None:
    """Check a complete read of one side: nothing there, though there were linked records."""
    if seen > 0 or links == 0:
        return None
    return Tripped(
        "emptied_side",
        f"{app} suddenly has no {kind}, though {links} were linked. Nothing was changed. "
        "If that is right, release the sync; if not, look at the account first.",
    )


def check_changes(brakes: Brakes, changed: int, links: int) -> Tripped | None:
    """Check how many records one incremental run is about to change."""
    allowed = _larger(brakes.min_changes, brakes.max_share, links)
    if changed <= allowed:
        return None
    return Tripped(
        "mass_change",
        f"This run would change {changed} of {links} linked records; the brake allows {allowed}. "
        "What was decided so far is kept. Look at the preview, then release the sync.",
    )


def check_missing(brakes: Brakes, app: str, kind: str, missing: int, links: int) -> Tripped | None:
    """Check a complete read of one side: too many linked records are not in it any more."""
    allowed = _larger(brakes.min_deletes, brakes.max_delete_share, links)
    if missing <= allowed:
        return None
    return Tripped(
        "mass_delete",
        f"{app} does not list {missing} of {links} linked {kind} any more; the brake allows "
        f"{allowed}. Nothing was changed. If they were deleted on purpose, release the sync; if "
        "not, look at the account first.",
    )


def check_deletes(brakes: Brakes, deletes: int, links: int) -> Tripped | None:
    """Check how many records one run is about to delete."""
    allowed = _larger(brakes.min_deletes, brakes.max_delete_share, links)
    if deletes <= allowed:
        return None
    return Tripped(
        "mass_delete",
        f"This run would delete {deletes} of {links} linked records; the brake allows {allowed}. "
        "What was decided so far is kept, and nothing was deleted. Look at the preview, then "
        "release the sync.",
    )


def _larger(least: int, share: float, links: int) -> int:
    """Return a number, or a share of the links if that is more."""
    # exact, as the share was written: 0.29 of 100 is 29, though 0.29 * 100 is a little less
    return max(least, int(links * Fraction(str(share))))


def check_record(brakes: Brakes, label: str, changes_last_hour: int) -> Tripped | None:
    """Check one record: changed too often, as when a third tool fights with us."""
    if changes_last_hour < brakes.per_record_per_hour:
        return None
    return Tripped(
        "restless_record",
        f"{label} was changed {changes_last_hour} times within an hour: another tool probably "
        "writes it too. It is left alone until you release it.",
    )
