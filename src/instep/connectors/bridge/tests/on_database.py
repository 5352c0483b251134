"""A bridge's connection in a database of its own."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from instep.connectors.bridge import connector
from instep.core.keeping import News
from instep.sdk.auth import Credential
from instep.sdk.clock import SystemClock
from instep.sdk.kept import Answering
from instep.store import kept
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.keeper import StoredKeeper
from instep.store.kept import Telling
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

CONFIG = {
    "outbound_url": "https://listener.example/hook",
    "custom_fields": "Policy number, Premium",
}
SECRETS = {
    "inbound_secret": "a-secret-of-enough-letters",
    "signing_secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}
CREDENTIAL = Credential("shared_secret", SECRETS)


@contextmanager
def opened(url):
    """A migrated database with nothing in it."""
    with closing(Database(url)) as database:
        yield database


async def bridge_in(database):
    """Store a bridge's connection."""
    stored = Connections(database, Vault(os.urandom(32)), DEFAULT_WORKSPACE)
    new = NewConnection("bridge", "bridge", "shared_secret", "bridge", "US", CONFIG)
    return await stored.create(new, CREDENTIAL)


def answering(database, connection):
    """Answer for a bridge out of its database."""
    keeper = StoredKeeper(database, connection, connector.resources, SystemClock())
    return Answering(keeper, connector.resources)


async def tell(database, connection, kind, told, parent_id=None):
    """Tell of records of a kind as a webhook would: values by id."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    tellings = [
        Telling(DEFAULT_WORKSPACE, connection.id, kind, each, News(now, values, parent_id))
        for each, values in told.items()
    ]
    await database.run(lambda tx: kept.tell(tx, tellings, now))
