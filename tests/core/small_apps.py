"""Two small apps that keep contacts, each in its own way, and the mapping between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instep.core.mapping import Authority, Direction, FieldMapping, Pair, SideName
from instep.core.records import Field, FieldType, Identity, Write

MAPPING = FieldMapping(
    (
        Pair(Field("first_name", "f"), Field("given_name", "G")),
        Pair(
            Field("email", "e", FieldType.EMAIL, identity=Identity.STRONG),
            Field("email", "E", FieldType.EMAIL, identity=Identity.STRONG),
            authority=Authority.B,
        ),
        Pair(
            Field("phone", "p", FieldType.PHONE, identity=Identity.WEAK),
            Field("phone", "P", FieldType.PHONE, identity=Identity.WEAK),
        ),
        Pair(Field("city", "c"), Field("town", "T"), authority=Authority.NEWEST, clears=True),
        Pair(Field("zip", "z"), Field("zip", "Z"), Direction.TO_B),
        Pair(Field("note", "n"), Field("note", "N"), authority=Authority.ASK),
        Pair(Field("company", "co", create_only=True), Field("company", "CO")),
        Pair(
            Field("opted_out", "o", FieldType.CONSENT), Field("opted_out", "O", FieldType.CONSENT)
        ),
        Pair(Field("tags", "t", FieldType.WORDS), Field("labels", "L", FieldType.WORDS)),
    )
)


def lower_and_cut(value: Any) -> Any:
    """Keep text as an app might that lower-cases it and has a limit nobody declared."""
    return value[:6].strip().lower() if isinstance(value, str) else value


class App:
    """One app: records by id, as it kept them, by its own canonical names."""

    def __init__(self, side: SideName, keeps: dict[str, Callable[[Any], Any]]) -> None:
        self.side = side
        self.keeps = keeps
        self.records: dict[str, dict[str, Any]] = {}
        self.changed_at: dict[str, int] = {}
        self.clock = 0

    def create(self, values: dict[str, Any]) -> str:
        """Create a record; fields that are not named are empty."""
        record_id = f"{self.side}{len(self.records) + 1}"
        self.records[record_id] = dict.fromkeys(self._names())
        self._store(record_id, values)
        return record_id

    def update(self, record_id: str, write: Write) -> None:
        self._store(record_id, write.applied_to(self.records[record_id]))

    def read(self, record_id: str) -> dict[str, Any]:
        """Return a record as it is compared: normalised, by pair key."""
        return MAPPING.project(self.records[record_id], self.side, None)

    def kept(self, key: str, value: Any) -> Any:
        """Return what this app makes of a value it is sent for this pair."""
        return self.keeps.get(MAPPING.by_key[key].field(self.side).name, _as_sent)(value)

    def _store(self, record_id: str, values: dict[str, Any]) -> None:
        self.clock += 1
        self.changed_at[record_id] = self.clock
        for name, value in values.items():
            self.records[record_id][name] = self.keeps.get(name, _as_sent)(value)

    def _names(self) -> list[str]:
        return [pair.field(self.side).name for pair in MAPPING.pairs]


def _as_sent(value: Any) -> Any:
    return value


def two_apps() -> dict[str, App]:
    """Return one app that keeps what it is sent, and one that does not."""
    careless = {"given_name": lower_and_cut, "town": lower_and_cut}
    return {"a": App("a", {}), "b": App("b", careless)}
