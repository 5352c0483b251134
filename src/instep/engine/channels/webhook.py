"""Alerts as a signed webhook: Standard Webhooks, for whatever program is to hear of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from instep.core.errors import UserError
from instep.core.posting import Answer
from instep.core.times import iso
from instep.engine.channels.way import Outgoing, Setting, Way, Wire, post
from instep.sdk.request import Request
from instep.sdk.standard_webhooks import keys_of, new_secret, signed
from instep.sdk.transport import where_of


def check_web_address(url: str) -> None:
    """Raise UserError for what is no address of the web."""
    if not url.startswith(("https://", "http://")) or where_of(url).startswith(":"):
        raise UserError("The url of the channel is no web address. It begins with https://")


def _check(settings: Mapping[str, str]) -> None:
    check_web_address(settings["url"])
    keys_of(settings["signing_secret"])


def _leads_to(settings: Mapping[str, str]) -> str:
    # the host alone: who knows the address of a hook can often call it
    return where_of(settings["url"])


def body_of(message: Outgoing) -> bytes:
    """Return the bytes of a message, the same at every attempt."""
    body = {
        "type": "alerts" if message.alerts else "message",
        "timestamp": iso(message.made_at),
        "data": {"title": message.title, "text": message.text, "alerts": [*message.alerts]},
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def _send(settings: Mapping[str, str], message: Outgoing, wire: Wire) -> Answer:
    body = body_of(message)
    try:
        headers = signed(settings["signing_secret"], message.key, wire.clock.now(), body)
    except UserError as error:
        return Answer(None, str(error), ours=True)
    request = Request("POST", settings["url"], content=body, raw=True)
    return await post(request, {**headers, "content-type": "application/json"}, wire)


WAY = Way(
    kind="webhook",
    settings=(
        Setting("url", "where to, https://…"),
        Setting("signing_secret", "whsec_…; Instep makes one if it is left out"),
    ),
    check=_check,
    leads_to=_leads_to,
    send=_send,
    make=lambda: {"signing_secret": new_secret()},
)
