"""Which column of people's files is which field."""

from __future__ import annotations

from collections.abc import Sequence

from instep.core.synonyms import CONTACT, plain

IDENTIFYING = ("first_name", "last_name", "full_name", "email", "phone")

_RANKS = {
    word: (field, rank) for field, words in CONTACT.items() for rank, word in enumerate(words)
}


def assign(headers: Sequence[str]) -> dict[str, int]:
    """Return canonical field → column.

    Where two columns are called by words for the same field, the more telling word wins. A phone
    column left over is the other phone.
    """
    chosen: dict[str, int] = {}
    best: dict[str, int] = {}
    spare: list[int] = []
    for column, header in enumerate(headers):
        field, rank = _RANKS.get(plain(header), (None, 0))
        if field is None:
            continue
        if field not in best or rank < best[field]:
            if field == "phone" and field in chosen:
                spare.append(chosen[field])
            chosen[field], best[field] = column, rank
        elif field == "phone":
            spare.append(column)
    if spare and "phone_other" not in chosen:
        chosen["phone_other"] = spare[0]
    return chosen
