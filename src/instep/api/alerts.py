"""Alerts over REST: what is in trouble, a person's word on it, and the rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import ADMIN, OPERATOR, VIEWER, person
from instep.bootstrap import Instep
from instep.core.alerting.rules import Deliver, Kind
from instep.engine.alert_services import RuleChange


class SubjectView(BaseModel):
    """What is in trouble: a sync, flow, connection or channel."""

    what: str
    id: str
    name: str


class AlertView(BaseModel):
    """One alert: what is the matter, since when, and what to do (a command)."""

    id: str
    kind: Kind
    subject: SubjectView
    sentence: str
    advice: str
    since: str
    opened_at: str
    over_at: str | None
    snoozed_until: str | None
    acknowledged_by: str | None


class AlertList(BaseModel):
    """A page of alerts, newest first; `open` are all that are; `next` is the following `before`."""

    alerts: list[AlertView]
    open: int
    next: str | None


class Snooze(BaseModel):
    """For how long (2h, 3d) or until when (ISO 8601) nothing is said of an alert."""

    model_config = ConfigDict(extra="forbid")

    until: str = Field(max_length=64)


class RuleView(BaseModel):
    """How one kind of trouble is told; no `channels` means every one there is.

    `threshold` is from what size on, counted in `unit`; null for kinds that have none.
    """

    kind: Kind
    on: bool
    threshold: int | None
    unit: str | None
    deliver: Deliver
    at: str
    zone: str
    remind_hours: int
    channels: list[str]


class RuleWanted(BaseModel):
    """What is to be different about a rule; what is left out, or null, stays.

    `channels` are names; an empty list means every channel.
    """

    model_config = ConfigDict(extra="forbid")

    on: bool | None = None
    threshold: int | None = None
    deliver: Deliver | None = None
    at: str | None = None
    zone: str | None = None
    remind_hours: int | None = None
    channels: list[str] | None = Field(default=None, max_length=100)


def router(instep: Instep) -> APIRouter:
    """Return the routes of alerts and their rules."""
    routes = APIRouter(prefix="/api/alerts", tags=["alerts"])

    @routes.get("", dependencies=[VIEWER])
    async def list_alerts(
        state: Literal["open", "past"] = "open",
        before: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    ) -> AlertList:
        """List the alerts that are open, or those that are over."""
        page = await instep.alerts.list(past=state == "past", limit=limit, before=before)
        return AlertList(**page.as_json())

    @routes.post("/{alert}/snooze", dependencies=[OPERATOR])
    async def snooze(alert: str, wanted: Snooze) -> AlertView:
        """Say nothing of an alert for a while; that it is over is told."""
        return _view((await instep.alerts.snooze(alert, wanted.until)).as_json())

    @routes.post("/{alert}/acknowledge", dependencies=[OPERATOR])
    async def acknowledge(alert: str) -> AlertView:
        """Note that somebody knows of an alert: no more reminders, only that it is over."""
        return _view((await instep.alerts.acknowledge(alert, person())).as_json())

    @routes.get("/rules", dependencies=[VIEWER])
    async def rules() -> list[RuleView]:
        """List the rules: one for each kind of trouble."""
        return [RuleView(**each.as_json()) for each in await instep.alerts.rules()]

    @routes.patch("/rules/{kind}", dependencies=[ADMIN])
    async def set_rule(kind: Kind, wanted: RuleWanted) -> RuleView:
        """Change how one kind of trouble is told."""
        [told] = await instep.alerts.set_rules([kind], RuleChange(**dict(wanted)))
        return RuleView(**told.as_json())

    return routes


def _view(told: dict[str, Any]) -> AlertView:
    return AlertView(**told)
