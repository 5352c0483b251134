"""What somebody typed to find a person: a name, an e-mail address, or a telephone number. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from instep.core.errors import UserError

LONGEST = 200
FEWEST_DIGITS = 3

_PHONE = re.compile(r"[+\d][\d\s()./-]*", re.ASCII)


class By(StrEnum):
    """What is searched."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched, and the parts that have to be in it; none: everybody is meant.

    `whole`: the one part is all of it.
    """

    by: By
    parts: tuple[str, ...] = ()
    whole: bool = False

    def exactly(self) -> Search:
        """Return the search for what is this and nothing more."""
        return replace(self, whole=True)

    def finds(self, key: str | None) -> bool:
        """Return whether what a record is found by fits."""
        if key is None:
            return False
        return key in self.parts if self.whole else all(part in key for part in self.parts)


def read_search(text: str) -> Search:
    """Read what was typed. Raises UserError for a text that is too long to be anybody's."""
    if len(text) > LONGEST or "\0" in text:
        raise UserError(f"Search for at most {LONGEST} characters of a name, e-mail or phone.")
    folded = " ".join(text.split()).casefold()
    if "@" in folded:
        return Search(By.EMAIL, (folded,))
    digits = re.sub(r"\D", "", folded)
    if len(digits) >= FEWEST_DIGITS and _PHONE.fullmatch(folded):
        # numbers are stored with their country's code, and people type the zero that stands for it
        return Search(By.PHONE, (digits.lstrip("0") or digits,))
    return Search(By.NAME, tuple(folded.split(" ")) if folded else ())
