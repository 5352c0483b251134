"""What is in trouble, read from the tables: a small function for each sort of trouble.

A finder is `(tx, sought) -> list[Finding]`. It reads and changes nothing, asks the database once or
a few times however much there is, and says of each trouble since when it is. Its sentence stays the
same while the trouble does, so that an alert is not written anew at every look: no ages, no clock.
Names of syncs, flows, connections and channels are all it may hold of anybody's data.

Their subject is the sync, flow, connection or channel. Each `kind` means of a flow:

- FAILURE: its newest run failed, or it was paused because it kept failing; since the first failure
  after its last success.
- DEAD_LETTER: it has runs that were given up on and wait for a replay, or for an answer; since the
  oldest of them.
- DELAY: its oldest arrival or run that waits to be worked on is older than
  `sought.oldest_allowed()`, not counting runs that a delay step of their own holds; since then.
- SILENCE: a published flow whose trigger was not polled, or has heard nothing, since
  `sought.silent_since()`; since it last did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from instep.core.alerting.incidents import Finding
from instep.store.alert_findings import channels, connections, flows, postings, syncs
from instep.store.alert_findings.sought import Sought

Finder = Callable[[sa.Connection, Sought], Sequence[Finding]]

FINDERS: Sequence[Finder] = (
    connections.broken,
    connections.short_of_calls,
    syncs.stopped,
    syncs.behind,
    syncs.dead_letters,
    flows.failing,
    flows.behind,
    flows.dead_letters,
    flows.silent,
    postings.stopped,
    postings.behind,
    postings.dead_letters,
    channels.failing,
)


def find_all(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Return everything that is in trouble now."""
    return [finding for finder in FINDERS for finding in finder(tx, sought)]
