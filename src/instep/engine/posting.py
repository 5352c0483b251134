"""Post one connection's postings: a few at a time, each signed, and judge what came of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from instep.core.errors import ConnectionBroken, InstepError, UserError
from instep.core.posting import Answer, Next, judge, told
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.connector import Transport
from instep.sdk.kept.outbox import OUTBOUND_URL
from instep.sdk.refusals import retry_after
from instep.sdk.request import Request
from instep.sdk.standard_webhooks import signed
from instep.sdk.transport import where_of
from instep.store.connections import Connection
from instep.store.postings import Posting, Tried

AT_ONCE = 4
"""Postings of one connection on their way at once."""

SIGNED_BY = "signing_secret"
"""The secret that postings are signed with; it is sealed with the connection's credential."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where a connection's postings go, and what they are signed with."""

    url: str = field(repr=False)  # who knows the address of a hook can often call it
    secret: str = field(repr=False)

    @property
    def where(self) -> str:
        """Host and port, for a sentence."""
        return where_of(self.url)


def open_outlet(found: Connection, secrets: Mapping[str, str]) -> Outlet:
    """Return a connection's outlet. Raises UserError that names the setting it lacks."""
    url, secret = found.config.get(OUTBOUND_URL, ""), secrets.get(SIGNED_BY, "")
    for name, value in ((OUTBOUND_URL, url), (SIGNED_BY, secret)):
        if not value:
            raise UserError(
                f"The connection {found.name!r} has no {name}, so nothing can be posted. Set it by "
                f"instep connect {found.connector} --name {found.name} --renew --set {name}=…"
            )
    return Outlet(url, secret)


def body_of(each: Posting) -> bytes:
    """Return the bytes of a posting, the same at every attempt: docs/reference/webhooks-out.md."""
    made_at = datetime.fromtimestamp(each.created_at / 1000, UTC)
    body = {
        "type": each.event,
        "timestamp": made_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"id": each.record_id, "kind": each.kind, "record": dict(each.values)},
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True)
class Round:
    """Some due postings of one connection, being posted.

    It ends early when they are `stopped` (the sentence for a person) or when the receiver as a whole
    is `busy`; `retry_at` is when it wants to be asked again, if it said so.
    """

    outlet: Outlet
    transport: Transport
    clock: Clock
    chance: Callable[[], float]
    tried: list[Tried] = field(default_factory=list)
    stopped: str | None = None
    busy: bool = False
    retry_at: datetime | None = None

    async def post(self, due: Sequence[Posting]) -> None:
        """Post these, a few at a time; what came of them is in `tried`."""
        waiting = iter(due)
        await asyncio.gather(*(self._take_turns(waiting) for _ in range(AT_ONCE)))

    async def _take_turns(self, waiting: Iterator[Posting]) -> None:
        for each in waiting:
            await self._post(each)
            if self.busy or self.stopped:
                return

    async def _post(self, each: Posting) -> None:
        began = self.clock.monotonic()
        answer = await self._answer(each)
        now = self.clock.now()
        verdict = judge(answer, each.attempts + 1, now, self.chance())
        due = now + timedelta(seconds=verdict.wait or 0.0)
        milliseconds = int((self.clock.monotonic() - began) * 1000)
        log.debug(
            "posted",
            id=each.key,
            where=self.outlet.where,
            status=answer.status,
            milliseconds=milliseconds,
        )
        if verdict.next is Next.STOPPED:
            self.stopped = answer.sentence
        if verdict.busy:
            self.busy = True
            self.retry_at = max(filter(None, (self.retry_at, answer.retry_at)), default=None)
        self.tried.append(
            Tried(
                posting=each,
                # one that stopped all others is not lost: it waits for the person, like them
                state="waiting" if verdict.next is Next.STOPPED else verdict.next.value,
                due_at=to_ms(due),
                at=to_ms(now),
                milliseconds=milliseconds,
                status=answer.status,
                sentence=answer.sentence or None,
            )
        )

    async def _answer(self, each: Posting) -> Answer:
        """Send one posting once. Nothing of what is answered is kept but its status."""
        body, now = body_of(each), self.clock.now()
        # as bytes: an answer is a yes by its status alone, whatever its body claims to be
        request = Request("POST", self.outlet.url, content=body, raw=True)
        try:
            headers = signed(self.outlet.secret, each.key, now, body)
            reply = await self.transport.send(
                request, {**headers, "content-type": "application/json"}
            )
        except (UserError, ConnectionBroken) as error:
            return Answer(None, str(error), ours=True)
        except InstepError as error:
            return Answer(None, str(error))
        sentence = told(reply.status, self.outlet.where)
        return Answer(reply.status, sentence, retry_after(reply, self.clock.now()))
