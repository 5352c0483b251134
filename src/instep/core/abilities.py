"""What an app can do about a record whose partner is gone, checked before a policy is taken. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from instep.core.errors import UserError
from instep.core.pairs import SideName
from instep.core.records import Values
from instep.core.rules import Deletes


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
