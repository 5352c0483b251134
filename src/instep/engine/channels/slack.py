"""Alerts to Slack, by an incoming webhook: its address is the secret.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from collections.abc import Mapping

from instep.core.posting import Answer
from instep.engine.channels.way import Outgoing, Setting, Way, Wire, post
from instep.engine.channels.webhook import check_web_address
from instep.sdk.request import Request
from instep.sdk.transport import where_of

# https://docs.slack.dev/messaging/formatting-message-text names the three characters to escape
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def _escaped(text: str) -> str:
    for character, written in _ESCAPES:
        text = text.replace(character, written)
    return text


async def _send(settings: Mapping[str, str], message: Outgoing, wire: Wire) -> Answer:
    text = f"*{_escaped(message.title)}*\n{_escaped(message.text)}".rstrip()
    # the answer is the word ok, no JSON: its status says it all
    return await post(Request("POST", settings["url"], json={"text": text}, raw=True), {}, wire)


WAY = Way(
    kind="slack",
    settings=(Setting("url", "the address of the incoming webhook, https://hooks.slack.com/…"),),
    check=lambda settings: check_web_address(settings["url"]),
    leads_to=lambda settings: where_of(settings["url"]),
    send=_send,
)
