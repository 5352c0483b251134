"""Polls of GoHighLevel: the reads of the catalogue, again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from instep.catalogue import Operation
from instep.catalogue.paging import next_arguments, with_size
from instep.catalogue.watching import items_in, watch_of
from instep.core.errors import Gone, RecordRejected
from instep.core.flow.arrivals import ids_of
from instep.engine import app_time
from instep.engine.flows.triggers import narrowing
from instep.engine.flows.triggers.polling import Polled
from instep.engine.flows.triggers.progress import Page, Progress, follow
from instep.engine.operation_services import Line, call, prepare
from instep.sdk.clock import Clock
from instep.sdk.limits import Purpose
from instep.sdk.request import Reply

WHOLE_EVERY = timedelta(days=1)
"""How often a list is read whole that is otherwise read as far as it changed."""

# they come some time after the message that is asked about (not in the facts: how long)
_COMES_LATER = frozenset(
    {
        "conversations.get_recording",
        "conversations.get_transcription",
        "conversations.download_transcription",
    }
)
_SLIPPING = frozenset({"offset", "page"})


class OperationPolls:
    """Reads operations of the catalogue for triggers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def pages(
        self, line: Line, operation: Operation, inputs: Mapping[str, Any], cursor: str | None
    ) -> AsyncIterator[Polled]:
        """Yield the pages of one poll.

        Raises UserError for inputs that do not fit, and what the app answers: Gone for a record
        that is not there at the first poll.
        """
        progress = Progress.load(cursor)
        if not progress.is_under_way:
            progress = progress.through(whole=self._is_whole(operation, progress))

        async def read(at: Progress) -> Page:
            return await self._read(line, operation, inputs, at)

        return follow(progress, read)

    def _is_whole(self, operation: Operation, progress: Progress) -> bool:
        if progress.whole_at is None or not narrowing.can_narrow(operation):
            return True
        return self._clock.now() - datetime.fromisoformat(progress.whole_at) >= WHOLE_EVERY

    async def _read(
        self, line: Line, operation: Operation, inputs: Mapping[str, Any], at: Progress
    ) -> Page:
        begun = at.following or {}
        arguments = begun.get("arguments") or self._first(operation, inputs, at)
        reply = await self._send(line, operation, arguments, at)
        items = items_in(operation, reply.body)
        watch = watch_of(operation, items)
        first = ids_of(items[:1], watch)
        following = None
        # facts: ghl 7 row 1 (a wrong cursor hands out the first page again)
        if first != begun.get("first"):
            following = _following(operation, arguments, reply.body, at)
        return Page(
            items,
            watch,
            app_time.began(reply, narrowing.OVERLAP_SECONDS, self._clock.now()),
            None if following is None else {"arguments": following, "first": first},
            slips=operation.paging is not None and operation.paging.kind in _SLIPPING,
        )

    def _first(
        self, operation: Operation, inputs: Mapping[str, Any], at: Progress
    ) -> dict[str, Any]:
        """Return the arguments of the first page of a time through."""
        since = None if at.whole else at.since
        given = {**narrowing.window(operation, inputs, self._clock.now()), **inputs}
        paging = operation.paging
        if paging is not None and paging.size is not None and paging.largest is not None:
            given.setdefault(paging.size, paging.largest)
        return with_size(operation, narrowing.narrowed(operation, given, since), None)

    async def _send(
        self, line: Line, operation: Operation, arguments: Mapping[str, Any], at: Progress
    ) -> Reply:
        prepared = prepare(operation, "v2", arguments, line.defaults)
        try:
            return await call(line, prepared, Purpose.READ)
        except RecordRejected:
            if operation.id not in _COMES_LATER:
                raise
        except Gone:
            # a person who just typed the id is told; later on the record was deleted
            if at.is_baseline and operation.id not in _COMES_LATER:
                raise
        return Reply(HTTPStatus.OK)


def _following(
    operation: Operation, arguments: Mapping[str, Any], body: Any, at: Progress
) -> dict[str, Any] | None:
    """Return the arguments of the next page; None at the end, or where the rest is known."""
    following = next_arguments(operation, arguments, body)
    if following is None or (not at.whole and narrowing.reaches_back(operation, body, at.since)):
        return None
    return narrowing.with_ties(operation, arguments, following)
