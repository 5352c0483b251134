"""Writes down every call of one app, so that a test can say afterwards who did what and when."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BY_HAND = "sandbox.by_hand"
"""Set in the scope of a call that the app's own users make: no fault strikes it, no limit."""

FAULT = "sandbox.fault"
"""The fault that struck a call, in its scope."""

_PAGE = "sandbox.page"

Entry = dict[str, Any]


class Journal:
    """The calls since it was switched on, oldest first, each with what it sent and was answered.

    An entry holds `number`, `at` and `answered_at` (epoch milliseconds of the real clock), `by`
    (`app` or `hand`), `method`, `path`, `query`, `sent` and `got` (JSON, or None), `status` (what
    the app itself answered; None: it never got to it) and `fault` (what struck the call). Entries
    are in the order in which the app carried the calls out.
    """

    def __init__(self) -> None:
        self.on = False
        self._entries: list[Entry] = []

    def switch(self, *, on: bool) -> None:
        """Begin an empty journal, or end it."""
        self.on = on
        self._entries.clear()

    def since(self, number: int, limit: int) -> Sequence[Entry]:
        """Return at most `limit` entries after this number; numbers count from 1."""
        return self._entries[number : number + limit]

    def add(self, entry: Entry) -> None:
        """Write down a call that the app has just carried out, or never will."""
        entry["number"] = len(self._entries) + 1
        self._entries.append(entry)


class _Page:
    """One call being written down, from its arrival to its end."""

    def __init__(self, journal: Journal, scope: Scope) -> None:
        self._journal = journal
        self._scope = scope
        self._sent = bytearray()
        self._got = bytearray()
        self._at = _now()
        self._entry: Entry | None = None

    def reading(self, receive: Receive) -> Receive:
        """Return `receive`, overheard."""

        async def overheard() -> Message:
            message = await receive()
            self._sent += message.get("body", b"")
            return message

        return overheard

    def writing(self, send: Send) -> Send:
        """Return `send`, overheard; the call counts as carried out when its answer begins."""

        async def overheard(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._write(message["status"])
            else:
                self._got += message.get("body", b"")
            await send(message)

        return overheard

    def close(self) -> None:
        """Complete the entry; a call that never got to the app is written down now."""
        entry = self._entry or self._write(None)
        entry["got"], entry["fault"] = _json(self._got), self._scope.get(FAULT)

    def _write(self, status: int | None) -> Entry:
        scope = self._scope
        self._entry = {
            "at": self._at,
            "answered_at": _now(),
            "by": "hand" if scope.get(BY_HAND) else "app",
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode(),
            "sent": _json(self._sent),
            "got": None,
            "status": status,
            "fault": None,
        }
        self._journal.add(self._entry)
        return self._entry


def from_outside(journal: Journal, whole: ASGIApp) -> ASGIApp:
    """Write down the calls of `whole`: an app (see `from_inside`) with what may strike its calls."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if not journal.on:
            await whole(scope, receive, send)
            return
        page = scope[_PAGE] = _Page(journal, scope)
        try:
            await whole(scope, receive, send)
        finally:
            page.close()

    return serve


def from_inside(app: ASGIApp) -> ASGIApp:
    """Let the journal hear what the app itself is told and answers."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        page: _Page | None = scope.get(_PAGE)
        if page is None:
            await app(scope, receive, send)
        else:
            await app(scope, page.reading(receive), page.writing(send))

    return serve


def _json(raw: bytearray) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _now() -> int:
    return int(time.time() * 1000)
