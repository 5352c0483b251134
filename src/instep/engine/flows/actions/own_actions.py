"""What Instep itself does for a step: tell people something, and say which record is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.flow.offer import Input, OfferedAction
from instep.core.flow.problems import nearest
from instep.core.template import Kind, Shape
from instep.engine.channel_services import Notifier
from instep.engine.flows.actions.calling import Arrived, Call
from instep.store import connections, links
from instep.store.database import Database
from instep.store.links import Linked

NOTIFY, FIND_LINK = "notify", "link.find"

_TEXT = Shape(Kind.TEXT)
_NEEDED = Input(_TEXT, required=True)
_LINK = Shape(Kind.OBJECT, {"connection": _TEXT, "id": _TEXT, "sync": _TEXT})

OFFERED: Mapping[str, OfferedAction] = {
    NOTIFY: OfferedAction(
        {"title": _NEEDED, "text": _NEEDED, "channel": Input(_TEXT)},
        Shape(Kind.OBJECT, {"channel": _TEXT, "title": _TEXT}),
        "write",
    ),
    FIND_LINK: OfferedAction(
        {"connection": _NEEDED, "kind": _NEEDED, "id": _NEEDED, "to": Input(_TEXT)},
        Shape(
            Kind.OBJECT,
            {
                "found": Shape(Kind.BOOLEAN),
                "id": _TEXT,
                "links": Shape(Kind.LIST, items=_LINK),
            },
        ),
        "read",
    ),
}
"""The operations of the connection `instep`, by name."""


@dataclass(frozen=True, slots=True)
class OwnActions:
    """Carries out the operations of the connection `instep`: a `Caller` that reaches no app."""

    db: Database
    notifier: Notifier
    workspace_id: str

    async def call(self, call: Call) -> Any:
        """Carry a call out. Raises UserError for an operation, channel or connection there is not."""
        match call.operation:
            case "notify":
                return await self._notify(call)
            case "link.find":
                return await self._find_link(call)
            case _:
                raise _unknown(call)

    async def find_out(self, call: Call) -> Arrived | None:
        """Return None: a message goes out once under its key, and looking up changes nothing."""
        if call.operation not in OFFERED:
            raise _unknown(call)
        return None

    async def describe(self, call: Call) -> Sequence[Mapping[str, Any]]:
        """Return what would be done, in the form of a request; it goes to no app."""
        if call.operation not in OFFERED:
            raise _unknown(call)
        method = "GET" if OFFERED[call.operation].effect == "read" else "POST"
        body = dict(call.inputs)
        return [{"method": method, "url": f"instep:{call.operation}", "headers": {}, "body": body}]

    async def _notify(self, call: Call) -> Mapping[str, Any]:
        title, text = _said(call, "title"), _said(call, "text")
        channel = str(call.inputs.get("channel") or "").strip() or None
        await self.notifier.notify(channel, title, text, call.key)
        return {"channel": channel, "title": title}

    async def _find_link(self, call: Call) -> Mapping[str, Any]:
        found = await self._linked(_said(call, "connection"), call)
        first = found[0].id if found else None
        told = [{"connection": each.connection, "id": each.id, "sync": each.sync} for each in found]
        return {"found": bool(found), "id": first, "links": told}

    async def _linked(self, named: str, call: Call) -> Sequence[Linked]:
        kind, record_id = _said(call, "kind"), _said(call, "id")
        to = str(call.inputs.get("to") or "") or None

        def read(tx: sa.Connection) -> tuple[set[str], Sequence[Linked]]:
            names = {each.name for each in connections.list_all(tx, self.workspace_id)}
            return names, links.of_record(tx, self.workspace_id, named, kind, record_id)

        names, found = await self.db.run_read(read)
        for each in (named, to):
            if each is not None and each not in names:
                raise UserError(f"There is no connection called {each!r}. {nearest(each, names)}")
        return [each for each in found if to in (None, each.connection)]


def _said(call: Call, name: str) -> str:
    """Return an input as text. Raises UserError if there is nothing in it."""
    value = call.inputs.get(name)
    text = "" if value is None else str(value)
    if not text.strip():
        raise UserError(f"instep {call.operation} needs {name}, and there is nothing in it.")
    return text


def _unknown(call: Call) -> UserError:
    return UserError(
        f"instep has no operation {call.operation!r}. {nearest(call.operation, OFFERED)}"
    )
