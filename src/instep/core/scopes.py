"""The least scopes a connection needs, which sync or flow needs each, and which are missing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """The scopes that one sync, or one flow, needs at a connection; `sync` is what it is called."""

    sync: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A scope to grant, what it allows in words, who needs it, and whether it is asked for anyway."""

    scope: str
    allows: tuple[str, ...]
    needed_by: tuple[str, ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """What a connection needs, and has. `needed` is scope → the syncs and flows that need it.

    `granted` is what its credential carries; None where the app does not tell, as for tokens that
    are made by hand.
    """

    needed: Mapping[str, tuple[str, ...]]
    granted: tuple[str, ...] | None = None

    @property
    def missing(self) -> Mapping[str, tuple[str, ...]]:
        """The scopes that are surely missing, each with the syncs that need it."""
        if self.granted is None:
            return {}
        return {scope: syncs for scope, syncs in self.needed.items() if scope not in self.granted}

    @property
    def sentence(self) -> str | None:
        """What is missing, for people; None if nothing is known to be."""
        if not self.missing:
            return None
        each = (f"{scope} (for {_listed(syncs)})" for scope, syncs in self.missing.items())
        return f"Its credential lacks {', '.join(each)}. Grant it and connect again with --renew."


def needs(
    uses: Iterable[Use], always: Iterable[str] = (), granted: tuple[str, ...] | None = None
) -> Needs:
    """Return what a connection needs for its syncs, and for being a connection at all (`always`)."""
    by_scope: dict[str, set[str]] = {scope: set() for scope in always}
    for use in uses:
        for scope in use.scopes:
            by_scope.setdefault(scope, set()).add(use.sync)
    needed = {scope: tuple(sorted(by_scope[scope])) for scope in sorted(by_scope)}
    return Needs(needed, granted)


def asked(
    known: Needs, *, usual: Iterable[str], has_syncs: bool, added: Iterable[str]
) -> tuple[str, ...]:
    """Return the scopes to ask a person to grant.

    Those that its syncs need; the app's usual ones while it has no sync; and those that were added.
    """
    base = known.needed if has_syncs else {*known.needed, *usual}
    return tuple(sorted({*base, *added}))


def _listed(syncs: tuple[str, ...]) -> str:
    return ", ".join(syncs) if syncs else "the connection itself"
