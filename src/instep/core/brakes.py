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
    and is not held to the share.
    """

    min_changes: int = 100
    max_share: float = 0.3
    per_record_per_hour: int = 12


def check_limits(brakes: Brakes) -> None:
    """Raise UserError unless these limits make sense."""
    if brakes.min_changes < 0:
        raise UserError("A run cannot change fewer than 0 records; choose min_changes from 0 on.")
    if not 0 <= brakes.max_share <= 1:
        raise UserError("The share of records a run may change goes from 0 to 1: 0.3 is 30 %.")
    if brakes.per_record_per_hour < 1:
        raise UserError("One record has to be able to change at least once an hour.")


@dataclass(frozen=True, slots=True)
class Tripped:
    """A brake that has to be pulled. `reason` is its code, `sentence` what a person reads."""

    reason: str
    sentence: str


def check_emptied(app: str, links: int, seen: int) -> Tripped | None:
    """Check a complete read of one side: nothing there, though there were linked records."""
    if seen > 0 or links == 0:
        return None
    return Tripped(
        "emptied_side",
        f"{app} suddenly has no records, though {links} were linked. Nothing was changed. "
        "If that is right, release the sync; if not, look at the account first.",
    )


def check_changes(brakes: Brakes, changed: int, links: int) -> Tripped | None:
    """Check how many records one incremental run is about to change."""
    # exact, as the share was written: 0.29 of 100 is 29, though 0.29 * 100 is a little less
    allowed = max(brakes.min_changes, int(links * Fraction(str(brakes.max_share))))
    if changed <= allowed:
        return None
    return Tripped(
        "mass_change",
        f"This run would change {changed} of {links} linked records; the brake allows {allowed}. "
        "What was decided so far is kept. Look at the preview, then release the sync.",
    )


def check_record(brakes: Brakes, label: str, changes_last_hour: int) -> Tripped | None:
    """Check one record: changed too often, as when a third tool fights with us."""
    if changes_last_hour < brakes.per_record_per_hour:
        return None
    return Tripped(
        "restless_record",
        f"{label} was changed {changes_last_hour} times within an hour: another tool probably "
        "writes it too. It is left alone until you release it.",
    )
