"""The Version header: several dates and v3, of which the dates show one view and v3 another."""

from __future__ import annotations

from enum import StrEnum

from instep.sandbox.gohighlevel.refusals import unauthorized


class View(StrEnum):
    """How paths, keys and shapes look."""

    V2 = "v2"
    V3 = "v3"


# facts: ghl 2.2; an established path takes any published version
_PUBLISHED = {
    "2021-04-15": View.V2,
    "2021-07-28": View.V2,
    "2023-02-21": View.V2,
    "v3": View.V3,
}


def view_of(version: str | None) -> View:
    """Return the view this header asks for. Raises Refusal if it is missing or not published."""
    if version is None:
        raise unauthorized("version header was not found.")
    if version not in _PUBLISHED:
        raise unauthorized("version header is invalid")
    return _PUBLISHED[version]
