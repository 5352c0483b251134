"""The records of one resource as the emulated app keeps them: in the app's own form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from instep.connectors.custom import times
from instep.connectors.custom.describing import OneResource
from instep.connectors.custom.places import UNTOLD, blended, dig, plant
from instep.core.records import FieldType
from instep.sandbox.clock import Clock
from instep.sandbox.state import Collection, Document, State

_MADE = ("created_at", "added_at")


class Shelf:
    """Every change stamps its record with the app's time, as the manifest says it is written."""

    def __init__(self, state: State, clock: Clock, name: str, resource: OneResource) -> None:
        self._state = state
        self._clock = clock
        self.resource = resource
        self._prefix = resource.kind[:3]
        columns: dict[str, Callable[[Document], Any]] = {
            "number": lambda each: each["number"],
            "changed": lambda each: each["changed"],
            "parent": lambda each: each["parent"],
        }
        self._kept = Collection(state, f"custom_{_plain(name)}", columns, ("number", "parent"))
        newest = self._kept.find(order="number DESC", limit=1)
        self._highest: int = newest[0]["number"] if newest else 0

    def add(self, body: Any, parent: str | None) -> Document:
        """Create a record."""
        self._highest += 1
        part = self.resource.id
        identifier = (
            self._highest if part.sent_as == "number" else f"{self._prefix}_{self._highest:07}"
        )
        record: Document = {"number": self._highest, "id": str(identifier), "parent": parent}
        body = plant(body, part.path, identifier)
        return self._stamped({**record, "body": self._born(body), "deleted": False})

    def add_many(self, bodies: Iterable[Any], parent: str | None = None) -> int:
        """Create many records in one transaction."""
        with self._state.transaction():
            return len([self.add(body, parent) for body in bodies])

    def get(self, identifier: str) -> Document | None:
        """Return a record that is there and not marked as deleted."""
        found = self._kept.get(identifier)
        return None if found is None or found["deleted"] else found

    def seen(self, identifier: str) -> Document | None:
        """Return a record as the app shows it, marked as deleted perhaps."""
        return self._kept.get(identifier)

    def change(self, record: Document, sent: Any) -> Document:
        """Put what was sent into a record; what it does not name stays."""
        return self._stamped({**record, "body": blended(record["body"], sent)})

    def join(self, record: Document, parent: str, body: Any) -> Document:
        """Put a record below a parent."""
        return self._stamped({**record, "parent": parent, "body": body})

    def remove(self, record: Document) -> None:
        """Delete a record; an app that marks deleted ones keeps it, marked."""
        rule = self.resource.deletions
        if rule.path is None:
            self._kept.delete(record["id"])
            return
        body = plant(record["body"], rule.path, rule.value)
        self._stamped({**record, "body": body, "deleted": True})

    def select(self, *, parent: str | None, since: tuple[int, bool] | None) -> Sequence[Document]:
        """Return records in the order they came, of one parent, or changed since a time.

        `since` is in milliseconds, with whether records of exactly that time are meant, too.
        """
        where, values = ["1"], []
        if parent is not None:
            where.append("parent = ?")
            values.append(parent)
        found = self._kept.find(" AND ".join(where), values, order="number")
        if since is None:
            return found
        moment, inclusive = since
        return [
            each
            for each in found
            if each["changed"] > moment or (inclusive and each["changed"] == moment)
        ]

    def count(self) -> int:
        """Return how many records there are."""
        return len([each for each in self._kept.find() if not each["deleted"]])

    def version(self, record: Document) -> str:
        """Return the version of a record: equal content, equal version."""
        text = json.dumps(record["body"], sort_keys=True)
        return f'"{blake2b(text.encode(), digest_size=8).hexdigest()}"'

    def _stamped(self, record: Document) -> Document:
        now, rule = self._clock.now(), self.resource.cursor
        changed = int(now.timestamp() * 1000)
        body = record["body"]
        if rule is not None:
            stamp = times.outgoing(_iso(now), rule.record_format, rule.timezone)
            body = plant(body, rule.field, stamp)
            changed = (
                milliseconds(times.instant(stamp, rule.record_format, rule.timezone)) or changed
            )
        record = {**record, "body": body, "changed": changed}
        version = self.resource.version
        if version is not None and version.path is not None:
            record["body"] = plant(body, version.path, self.version(record))
        self._kept.put(record["id"], record)
        return record

    def _born(self, body: Any) -> Any:
        """Return a new record with the time of its making, where the app tells that."""
        for name, field in self.resource.fields.items():
            tells = name in _MADE or name == self.resource.lookup.made
            if tells and field.type is FieldType.MOMENT and dig(body, field.path) is UNTOLD:
                now = _iso(self._clock.now())
                body = plant(
                    body, field.path, times.outgoing(now, field.format or "iso", field.timezone)
                )
        return body


def milliseconds(moment: str | None) -> int | None:
    """Return an instant in milliseconds since 1970; None for what is none."""
    try:
        return int(datetime.fromisoformat(moment or "").timestamp() * 1000)
    except ValueError:
        return None


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)
