"""The events that operations fire. A webhook tells the marketplace app of each."""

from __future__ import annotations

from typing import Any

from instep.sandbox.clock import Clock
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.identifiers import new_trace_id
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.gohighlevel.webhooks.courier import dump
from instep.sandbox.gohighlevel.webhooks.dispatcher import now
from instep.sandbox.gohighlevel.webhooks.kinds import FIELDS
from instep.sandbox.gohighlevel.webhooks.marketplace import MarketplaceApp
from instep.sandbox.gohighlevel.webhooks.outbox import Outbox
from instep.sandbox.gohighlevel.webhooks.payloads import payload, record_key
from instep.sandbox.state import State


class Events:
    """Takes events in, within the transaction of the change that caused them.

    `app` is who may hear of them, `outbox` where their webhooks wait.
    """

    def __init__(self, state: State, clock: Clock, company: Company, settings: Settings) -> None:
        self._clock = clock
        self._company = company
        self._settings = settings
        self.app = MarketplaceApp(state, company)
        self.outbox = Outbox(state)

    def fire(self, kind: str, location_id: str, record: dict[str, Any]) -> None:
        """Say that `kind` ("TaskCreate" …) happened to this record of this location.

        `record` holds the fields by the names of the event's page, and may hold more. An
        appointment may be given as it is, or inside `appointment`. What happens in the agency
        itself has the agency's id as its location. Raises LookupError if no such event is
        documented.
        """
        if kind not in FIELDS:
            raise LookupError(f"GoHighLevel documents no event {kind}")
        if not self.app.hears(kind, location_id):
            return
        location = "" if location_id == self._company.id else location_id
        thin = self._settings.thin_webhooks
        # facts: ghl 5.1; not in the facts: the form of a webhookId
        body = {
            **payload(kind, self._company.app_id, location, record, thin=thin),
            "timestamp": iso(self._clock.milliseconds()),
            "webhookId": new_trace_id(),
        }
        delivery = {
            "id": body["webhookId"],
            "event": kind,
            "location_id": location_id,
            "record": record_key(kind, record),
            "body": dump(body),
        }
        self.outbox.add(delivery, now())
