"""Alert rules in their table: those somebody has changed; the others are as usual."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import sqlalchemy as sa

from instep.core.alerting.rules import USUAL, Deliver, Kind, Rule
from instep.store import bulk
from instep.store.schema.alerts import alert_rule


def rules_of(tx: sa.Connection, workspace_id: str) -> dict[Kind, Rule]:
    """Return the rule of every kind."""
    mine = sa.select(alert_rule).where(alert_rule.c.workspace_id == workspace_id)
    changed = {Kind(row.kind): _read(Kind(row.kind), row.rule) for row in tx.execute(mine)}
    return {**USUAL, **changed}


def store(tx: sa.Connection, workspace_id: str, rules: Sequence[Rule]) -> None:
    """Store these rules in the place of those of their kinds."""
    rows = [
        {"workspace_id": workspace_id, "kind": each.kind.value, "rule": _dumped(each)}
        for each in rules
    ]
    conflict = "ON CONFLICT (workspace_id, kind) DO UPDATE SET rule = excluded.rule"
    bulk.insert(tx, alert_rule, rows, conflict)


def forget_channel(tx: sa.Connection, workspace_id: str, channel_id: str) -> None:
    """Take a channel out of every rule; one that told nobody else is off from now on.

    Otherwise it would tell all the others, whom nobody had chosen.
    """
    named = [each for each in rules_of(tx, workspace_id).values() if channel_id in each.channels]
    left = {each.kind: [one for one in each.channels if one != channel_id] for each in named}
    store(
        tx,
        workspace_id,
        [
            replace(each, channels=left[each.kind], on=each.on and bool(left[each.kind]))
            for each in named
        ],
    )


def _dumped(rule: Rule) -> str:
    fields: Mapping[str, object] = {**asdict(rule), "channels": [*rule.channels]}
    return json.dumps({name: each for name, each in fields.items() if name != "kind"})


def _read(kind: Kind, text: str) -> Rule:
    fields = json.loads(text)
    fields["deliver"], fields["channels"] = Deliver(fields["deliver"]), tuple(fields["channels"])
    return Rule(kind, **fields)
