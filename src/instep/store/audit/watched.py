"""Which tables the audit log follows, and as what it tells of them.

Small tables that say how Instep is set up are told row by row, before and after. Of large ones an
act is told once, with how many rows it touched first: their rows have a history of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store.schema.alerts import alert, alert_channel, alert_rule
from instep.store.schema.connections import connection, sealing_key
from instep.store.schema.flows import flow, flow_version
from instep.store.schema.people import api_token, local_user, one_time_link, session
from instep.store.schema.retention import retention
from instep.store.schema.syncs import sync


@dataclass(frozen=True, slots=True)
class Told:
    """A table that is told row by row: what its rows are called, and what of them is left out.

    `name` is the column of their name; empty if they have none.
    Left out are secrets, sealed or hashed, and what the engine itself writes as it works.
    """

    noun: str
    table: sa.Table
    without: Collection[str] = ()
    key: tuple[str, ...] = ("id",)
    name: str = "name"

    def rows(self, tx: sa.Connection, *, ours: bool = False) -> dict[str, Mapping[str, Any]]:
        """Return its rows by their keys; with `ours` those that this transaction wrote.

        On SQLite there is one writer at a time, so all of them count as ours.
        """
        hidden = {*self.without, "workspace_id"}
        columns = [each for each in self.table.c if each.name not in hidden]
        query = sa.select(*columns)
        if ours and tx.dialect.name == "postgresql":
            query = query.where(_WRITTEN_HERE)
        found: dict[str, Mapping[str, Any]] = {}
        for row in tx.execute(query).mappings():
            values = {**row}
            key = "/".join(str(values[each]) for each in self.key)
            found[key] = {"name": values.get(self.name), **values}
        return found


# which transaction a row is from: https://www.postgresql.org/docs/current/ddl-system-columns.html
_WRITTEN_HERE = sa.text("xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296")

ROW_BY_ROW: Mapping[str, Told] = {
    each.table.name: each
    for each in (
        Told("sync", sync, ("due_at", "poll_at", "reconcile_at", "pair_key", "shard", "halted_by")),
        Told("connection", connection, ("budget",)),
        Told("flow", flow, ("failures", "failing_since", "shard", "changed_at")),
        Told("flow version", flow_version, ("document",), ("flow_id", "number"), "flow_id"),
        Told("alert rule", alert_rule, (), ("kind",), "kind"),
        Told("alert channel", alert_channel, ("sealed", "problem", "problem_at")),
        Told("alert", alert, ("absent_since",), ("key",)),
        Told("user", local_user, ("password", "name_key", "seen_at")),
        Told("session", session, ("digest", "seen_at"), ("id",), ""),
        Told("token", api_token, ("digest", "seen_at", "seen_from")),
        Told("key", sealing_key, (), ("id",), "id"),
        Told("retention", retention, (), ("what",), "what"),
        Told("one-time link", one_time_link, ("digest",), ("kind", "user_id"), "kind"),
    )
}

COUNTED: Mapping[str, str] = {
    "checkpoint": "sync",
    "effect": "write",
    "history": "record",
    "plan": "plan",
    "posting": "webhook that goes out",
    "flow_run": "flow run",
    "flow_replay": "replay",
}
"""Of these tables only how many rows an act touched is told; and as what."""
