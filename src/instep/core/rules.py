"""The rules of one sync beside its mapping: whom it is about, what follows a delete, defaults. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from instep.core.pairs import SideName


class Deletes(StrEnum):
    """What becomes of a record whose partner is gone. Nothing is deleted unless somebody says so."""

    IGNORE = "ignore"  # it stays as it is, and its partner is not created again
    TAG = "tag"  # it gets a tag that says where its partner was deleted
    ARCHIVE = "archive"  # it is put away in the way its app has for that
    DELETE = "delete"


class Leaving(StrEnum):
    """What becomes of a linked pair when one of the two leaves the sync's filter."""

    STOP = "stop"  # both stay as they are, and go on where they stopped if it comes back
    KEEP = "keep"  # the filter only decides who gets in: linked pairs are kept equal
    TAG = "tag"  # as stop, and the partner gets a tag that says so


@dataclass(frozen=True, slots=True)
class SideRules:
    """What holds on one side.

    `filter` is in its stored form (`core.filters.filter_rows`); None: everybody. `deletes` is what
    becomes of this side's record when its partner is gone. `defaults` are values by this side's
    canonical names, for fields that this side's app insists on and the other record has empty;
    they are used when a record is created here, and never travel back.
    """

    filter: Mapping[str, Any] | None = None
    deletes: Deletes = Deletes.IGNORE
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one sync."""

    a: SideRules = SideRules()
    b: SideRules = SideRules()
    leaving: Leaving = Leaving.STOP

    def side(self, name: SideName) -> SideRules:
        """Return one side's rules."""
        return self.a if name == "a" else self.b

    def as_json(self) -> dict[str, Any]:
        """Return the stored form; `load_rules` reads it back."""
        return {"a": _dumped(self.a), "b": _dumped(self.b), "leaving": self.leaving.value}


def load_rules(stored: Mapping[str, Any]) -> Rules:
    """Read the stored form."""
    return Rules(_loaded(stored["a"]), _loaded(stored["b"]), Leaving(stored["leaving"]))


def _dumped(rules: SideRules) -> dict[str, Any]:
    return {
        "filter": rules.filter,
        "deletes": rules.deletes.value,
        "defaults": dict(rules.defaults),
    }


def _loaded(stored: Mapping[str, Any]) -> SideRules:
    return SideRules(stored["filter"], Deletes(stored["deletes"]), stored["defaults"])
