"""The kinds of record that chaos works on, as data: what is edited, and who wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.doors import Door, GhlContacts, InsightlyContacts


@dataclass(frozen=True)
class Kind:
    """One kind. `marker` is the field nobody edits: by it a record is known on both sides.

    `mapping` are the rows of its sync; `edited` the fields that users edit, `identifying` those
    of them by which two records are recognised as one.
    """

    name: str
    marker: str
    a: type[Door]
    b: type[Door]
    mapping: Sequence[Mapping[str, Any]]
    edited: Sequence[str]
    identifying: Sequence[str] = ()

    @property
    def fields(self) -> list[str]:
        """Every mapped plain field."""
        return [row["a"] for row in self.mapping if row["a"] != "tags"]


CONTACT = Kind(
    name="contact",
    marker="last_name",
    a=GhlContacts,
    b=InsightlyContacts,
    mapping=(
        {"a": "first_name"},
        {"a": "last_name"},
        {"a": "email"},
        {"a": "phone", "authority": "b"},
        {"a": "address", "authority": "b"},
        {"a": "city", "authority": "newest", "clears": True},
        {"a": "state"},
        {"a": "postal_code", "authority": "ask"},
        {"a": "tags"},
    ),
    edited=("first_name", "email", "phone", "address", "city", "state", "postal_code"),
    identifying=("first_name", "email", "phone"),
)

KINDS = (CONTACT,)
