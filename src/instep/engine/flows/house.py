"""Puts the parts of flows together, over one workspace's connections."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from instep.engine.channel_services import Notifier
from instep.engine.clients import Clients
from instep.engine.flows.actions import own_actions
from instep.engine.flows.actions.acting import caller
from instep.engine.flows.actions.calling import Caller
from instep.engine.flows.actions.own_actions import OwnActions
from instep.engine.flows.names.choices import Choices
from instep.engine.flows.names.named_ids import NamedIds
from instep.engine.flows.offer_told import OfferTold
from instep.engine.flows.offers import OWN, WorkspaceOffers
from instep.engine.flows.runs.carrying import SyncRunner
from instep.engine.flows.runs.draining import Flows
from instep.engine.flows.runs.replay_services import Replays
from instep.engine.flows.runs.run_services import Runs
from instep.engine.flows.secrets import Secrets
from instep.engine.flows.services import FlowServices
from instep.engine.flows.triggers.addresses import Addresses
from instep.engine.flows.triggers.app_polls import AppPolls
from instep.engine.flows.triggers.offered_triggers import events, polls
from instep.engine.flows.triggers.starting import Starter
from instep.engine.flows.trying.trial_items import TrialItems
from instep.engine.flows.trying.trials import Trials
from instep.engine.flows.trying.unasked import Unasked
from instep.sdk.clock import Clock
from instep.store.connections import Connections
from instep.store.database import Database
from instep.store.vault import Vault


class House:
    """What flows need, made once for a workspace."""

    def __init__(
        self,
        db: Database,
        clients: Clients,
        clock: Clock,
        connections: Connections,
        notifier: Notifier,
        workspace_id: str,
    ) -> None:
        self._db = db
        self._clients = clients
        self._clock = clock
        self._connections = connections
        self._workspace_id = workspace_id
        self._own = {OWN: OwnActions(db, notifier, workspace_id)}
        self.caller: Caller = caller(clients, clock, self._own)
        self.choices = Choices(clients, clock)
        self.names = NamedIds(clients, self.choices)
        self.poller = AppPolls(clients, clock)
        self.secrets = Secrets(connections, clock)
        self.offers = WorkspaceOffers(
            db, clients, clock, workspace_id, own_actions.OFFERED, polls, events
        )

    def flows(self, run_sync: SyncRunner, keep: timedelta) -> Flows:
        """Return what carries flows out; ended runs are kept for so long."""
        return Flows(
            db=self._db,
            clock=self._clock,
            caller=self.caller,
            starter=Starter(self._db, self.poller, self._clock),
            run_sync=run_sync,
            secrets_of=self.secrets.of,
            keep=keep,
        )

    def runs(self) -> Runs:
        """Return what people see of runs and do to them."""
        return Runs(self._db, self._clock, self.secrets.of, self._workspace_id)

    def replays(self) -> Replays:
        """Return what people do to have runs done again."""
        return Replays(self._db, self._clock, self._workspace_id)

    @cached_property
    def services(self) -> FlowServices:
        """What people do with flows."""
        return FlowServices(
            self._db,
            self._connections,
            self.offers,
            self.names,
            self._clock,
            self._workspace_id,
        )

    def trials(self, run_sync: SyncRunner) -> Trials:
        """Return what tests flows."""
        return Trials(
            services=self.services,
            offers=self.offers,
            items=TrialItems(self._db, self.poller, self._clock),
            caller=self.caller,
            unasked=caller(Unasked(self._clients), self._clock, self._own),
            run_sync=run_sync,
            secrets_of=self.secrets.of,
            clock=self._clock,
        )

    def offer(self) -> OfferTold:
        """Return what tells people and editors what there is to use."""
        return OfferTold(self.offers, self._clients, self.choices)

    def addresses(self, vault: Vault) -> Addresses:
        """Return what takes in what is posted to flows' own addresses."""
        return Addresses(self._db, vault, self._clock, self._workspace_id)
