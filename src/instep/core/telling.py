"""Tell lines of history as people read them: plain values in, sentences out. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from instep.core.times import iso_seconds
from instep.core.why import show


@dataclass(frozen=True, slots=True)
class Told:
    """One line of history as it is stored; `app` is the connection of its side.

    `before` and `after` are JSON by field; `why` is JSON by field or a sentence. `at` is in epoch
    milliseconds.
    """

    id: int
    at: int
    what: str
    side: str | None
    app: str
    record: str
    record_id: str | None
    link: str | None
    run: str | None
    person: str | None
    before: str | None = None
    after: str | None = None
    why: str | None = None

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The fields that became another, each with before, after and why."""
        if self.what not in _WRITTEN:
            return []
        before, after = json.loads(self.before or "{}"), json.loads(self.after or "{}")
        why = self._reasons
        return [
            {
                "field": key,
                "before": before.get(key),
                "after": after.get(key),
                "why": why.get(key),
            }
            for key in {**before, **after}
            if before.get(key) != after.get(key)
        ]

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        said = _SENTENCES[self.what].format(record=self.record, app=self.app)
        if self.what == "updated":
            said = f"{said}: {'; '.join(map(_changed, self.changes)) or 'it held that already'}"
        elif reason := self._reason:
            said = f"{said}: {reason.rstrip('.')}"
        asked = f" Asked for by {self.person}." if self.person else ""
        return f"{said}.{asked}"

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "id": self.id,
            "at": iso_seconds(self.at),
            "what": self.what,
            "record": self.record,
            "side": self.side,
            "connection": self.app,
            "record_id": self.record_id,
            "link": self.link,
            "run": self.run,
            "person": self.person,
            "changes": self.changes,
            "why": self._reason,
            "said": self.sentence,
        }

    @property
    def _reasons(self) -> dict[str, str]:
        """Why, by field, where it is told so."""
        try:
            told = json.loads(self.why or "{}")
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}

    @property
    def _reason(self) -> str | None:
        """Why, in one sentence; where each field has its reason, those there are."""
        reasons = self._reasons
        return "; ".join(dict.fromkeys(reasons.values())) if reasons else self.why or None


_WRITTEN = frozenset({"created", "updated", "deleted"})

_SENTENCES = {
    "created": "{record} was created in {app}",
    "updated": "{record} was changed in {app}",
    "deleted": "{record} was deleted in {app}",
    "linked": "{record} was found in {app} and linked",
    "rejected": "{app} did not take a write for {record}",
    "gone": "{record} is not in {app} any more",
    "conflict": "{record} waits for a person",
    "review": "{record} waits for a person",
    "settled": "{record} was settled",
    "added": "Something was added to {record} in {app}",
    "superseded": "A write for {record} in {app} was given up before it was sent",
}


def _changed(change: dict[str, Any]) -> str:
    went = f"{change['field']} went from {_shown(change['before'])} to {_shown(change['after'])}"
    return f"{went} ({change['why']})" if change["why"] else went


def _shown(value: Any) -> str:
    return show(tuple(value) if isinstance(value, list) else value)
