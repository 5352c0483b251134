"""Alerts in their table, and what each channel knows of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from instep.core.alerting.incidents import Alert, Finding, Look, Subject
from instep.core.alerting.rules import Kind
from instep.core.alerting.telling import Known, Telling
from instep.core.errors import UserError
from instep.store import bulk
from instep.store.ids import new_id
from instep.store.schema.alerts import alert, alert_telling

_FORGOTTEN_AT_ONCE = 10_000


def open_ones(tx: sa.Connection, workspace_id: str) -> list[Alert]:
    """Return the alerts that are not over, oldest first."""
    mine = (alert.c.workspace_id == workspace_id) & alert.c.over_at.is_(None)
    return [_read(row) for row in tx.execute(sa.select(alert).where(mine).order_by(alert.c.id))]


def to_tell(tx: sa.Connection, workspace_id: str) -> tuple[list[Alert], list[Telling]]:
    """Return the alerts of which somebody may have to be told, and what is known of each."""
    unended = sa.select(alert_telling.c.alert_id).where(alert_telling.c.known != Known.OVER.value)
    which = sa.or_(alert.c.over_at.is_(None), alert.c.key.in_(unended))
    mine = sa.select(alert).where(alert.c.workspace_id == workspace_id, which)
    alerts = [_read(row) for row in tx.execute(mine.order_by(alert.c.id))]
    told = sa.select(alert_telling).where(
        bulk.among(tx, alert_telling.c.alert_id, [each.id for each in alerts])
    )
    return alerts, [_read_telling(row) for row in tx.execute(told)]


def store_look(tx: sa.Connection, workspace_id: str, look: Look, now: int) -> None:
    """Store what a look made of the alerts."""
    bulk.insert(tx, alert, [_row(workspace_id, each, now) for each in look.opened])
    found = [
        {
            "key": each.id,
            "name": each.finding.subject.name,
            "sentence": each.finding.sentence,
            "advice": each.finding.advice,
            "since": each.finding.since,
            "absent_since": None,
        }
        for each in look.found
    ]
    bulk.update(tx, alert, found, key=("key",))
    absent = [{"key": each.id, "absent_since": now} for each in look.absent]
    bulk.update(tx, alert, absent, key=("key",))
    over = [{"key": each.id, "over_at": each.absent_since} for each in look.over]
    bulk.update(tx, alert, over, key=("key",))


def _row(workspace_id: str, finding: Finding, now: int) -> dict[str, Any]:
    return {
        "key": new_id("alr"),
        "workspace_id": workspace_id,
        "kind": finding.kind.value,
        "what": finding.subject.what,
        "subject_id": finding.subject.id,
        "name": finding.subject.name,
        "sentence": finding.sentence,
        "advice": finding.advice,
        "since": finding.since,
        "opened_at": now,
    }


def store_tellings(tx: sa.Connection, workspace_id: str, tellings: Sequence[Telling]) -> None:
    """Store what channels know from now on."""
    rows = [
        {**asdict(each), "known": each.known.value, "workspace_id": workspace_id}
        for each in tellings
    ]
    changed = "known = excluded.known, told_at = excluded.told_at, due_at = excluded.due_at"
    bulk.insert(
        tx, alert_telling, rows, f"ON CONFLICT (alert_id, channel_id) DO UPDATE SET {changed}"
    )


def page(
    tx: sa.Connection, workspace_id: str, *, past: bool, limit: int, before: str | None
) -> list[Alert]:
    """Return alerts, newest first: open or past ones, those before one of them (its id)."""
    query = sa.select(alert).where(alert.c.workspace_id == workspace_id)
    query = query.where(alert.c.over_at.is_not(None) if past else alert.c.over_at.is_(None))
    if before is not None:
        query = query.where(alert.c.id < _number(tx, workspace_id, before))
    rows = tx.execute(query.order_by(alert.c.id.desc()).limit(limit))
    return [_read(row) for row in rows]


def count_open(tx: sa.Connection, workspace_id: str) -> int:
    """Count the alerts that are not over."""
    mine = (alert.c.workspace_id == workspace_id) & alert.c.over_at.is_(None)
    return tx.execute(sa.select(sa.func.count()).select_from(alert).where(mine)).scalar_one()


def leave_alone(
    tx: sa.Connection,
    workspace_id: str,
    alert_id: str,
    *,
    until: int | None = None,
    by: str | None = None,
) -> Alert:
    """Say that an alert is snoozed until then, or that somebody knows of it, and return it.

    Raises UserError for an alert there is not, or that is over.
    """
    number = _number(tx, workspace_id, alert_id)
    said = {"acknowledged_by": by} if by is not None else {"snoozed_until": until}
    mine = (alert.c.id == number) & alert.c.over_at.is_(None)
    if not tx.execute(sa.update(alert).where(mine).values(said)).rowcount:
        raise UserError(f"The alert {alert_id} is over already; nothing has to be left alone.")
    return _read(tx.execute(sa.select(alert).where(alert.c.id == number)).one())


def forget(tx: sa.Connection, before: int) -> int:
    """Forget alerts that were over before then (epoch milliseconds), and who knew of them."""
    old = (
        sa.select(alert.c.key)
        .where(alert.c.over_at < before)
        .order_by(alert.c.over_at)
        .limit(_FORGOTTEN_AT_ONCE)
    )
    keys = list(tx.execute(old).scalars())
    if not keys:
        return 0
    tx.execute(sa.delete(alert_telling).where(bulk.among(tx, alert_telling.c.alert_id, keys)))
    return tx.execute(sa.delete(alert).where(bulk.among(tx, alert.c.key, keys))).rowcount


def forget_channels(tx: sa.Connection, channels: Collection[str]) -> None:
    """Forget what these channels (by id) knew: they go."""
    mine = bulk.among(tx, alert_telling.c.channel_id, channels)
    tx.execute(sa.delete(alert_telling).where(mine))


def _number(tx: sa.Connection, workspace_id: str, alert_id: str) -> int:
    query = sa.select(alert.c.id).where(
        alert.c.workspace_id == workspace_id, alert.c.key == alert_id
    )
    number: int | None = tx.execute(query).scalar()
    if number is None:
        raise UserError(f"There is no alert {alert_id!r}. instep alerts shows those there are.")
    return number


def _read(row: sa.Row[Any]) -> Alert:
    subject = Subject(row.what, row.subject_id, row.name)
    finding = Finding(Kind(row.kind), subject, row.since, row.sentence, row.advice)
    return Alert(
        row.key,
        finding,
        row.opened_at,
        row.absent_since,
        row.over_at,
        row.snoozed_until,
        row.acknowledged_by,
    )


def _read_telling(row: sa.Row[Any]) -> Telling:
    return Telling(row.alert_id, row.channel_id, Known(row.known), row.told_at, row.due_at)
