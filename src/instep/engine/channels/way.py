"""What a kind of channel is: its settings, and how one message is sent to it once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from instep.core.errors import ConnectionBroken, InstepError, UserError
from instep.core.posting import Answer, told
from instep.sdk.clock import Clock
from instep.sdk.connector import Transport
from instep.sdk.refusals import retry_after
from instep.sdk.request import Request
from instep.sdk.targets import AllowsAddress
from instep.sdk.transport import where_of


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a channel, with what people have to know of it; `choices` if it is one of few."""

    name: str
    about: str
    default: str | None = None
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it is sent: the same under the same key, however often."""

    key: str
    title: str
    text: str
    made_at: datetime
    alerts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Wire:
    """What channels reach the world by; `allows` says of a private address whether it may be."""

    transport: Transport
    clock: Clock
    allows: AllowsAddress


Send = Callable[[Mapping[str, str], Outgoing, Wire], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of channel.

    `check` raises UserError for settings that cannot be used. `leads_to` says where they lead,
    without anything secret. `make` returns secrets that Instep makes itself if none are given.
    `send` sends once and tells what came of it; it raises nothing.
    """

    kind: str
    settings: Sequence[Setting]
    check: Callable[[Mapping[str, str]], None]
    leads_to: Callable[[Mapping[str, str]], str]
    send: Send
    make: Callable[[], Mapping[str, str]] = dict

    def complete(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return the settings with their defaults. Raises UserError for wrong or missing ones."""
        known = {each.name: each for each in self.settings}
        if unknown := sorted(given.keys() - known.keys()):
            raise UserError(
                f"A channel of kind {self.kind} has no setting {', '.join(unknown)}. "
                f"It has: {', '.join(known)}."
            )
        usual = {name: each.default for name, each in known.items() if each.default is not None}
        settings = {**usual, **{name: value.strip() for name, value in given.items()}}
        settings = {name: value for name, value in settings.items() if value}
        missing = [each for each in self.settings if each.required and each.name not in settings]
        if missing:
            wanted = ", ".join(f"{each.name} ({each.about})" for each in missing)
            raise UserError(f"A channel of kind {self.kind} also needs: {wanted}")
        self.check(settings)
        return settings


async def post(request: Request, headers: Mapping[str, str], wire: Wire) -> Answer:
    """Send a request once; an answer is judged by its status alone."""
    where = where_of(request.path)
    try:
        reply = await wire.transport.send(request, headers)
    except (UserError, ConnectionBroken) as error:
        return Answer(None, str(error), ours=True)
    except InstepError as error:
        return Answer(None, str(error))
    sentence = told(reply.status, where)
    return Answer(reply.status, sentence, retry_after(reply, wire.clock.now()))
