"""Alerts to all that apprise reaches, if it is installed: Teams, Telegram, Discord, SMS, and more.

An apprise address holds its tokens, so all of it is a secret. https://appriseit.com
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from instep.core.errors import UserError
from instep.core.posting import Answer
from instep.engine.channels.way import Outgoing, Setting, Way, Wire
from instep.sdk.targets import PrivateTarget, check_target, is_private


def _library() -> Any:
    """Return the library. Raises UserError that says how to get it."""
    # what it logs may repeat an address, which is a secret
    own = logging.getLogger("apprise")
    own.propagate = False
    if not own.handlers:
        own.addHandler(logging.NullHandler())
    try:
        return import_module("apprise")
    except ImportError:
        raise UserError(
            "This kind of channel needs apprise, which is not installed: "
            "pip install 'instep[alerts]'"
        ) from None


def _opened(url: str) -> Any:
    opened = _library().Apprise()
    if not opened.add(url) or len(opened) != 1:
        raise UserError(
            "The url of the channel is none that apprise knows, or more than one. "
            "https://appriseit.com/services says how each is written."
        )
    return opened


def _scheme(settings: Mapping[str, str]) -> str:
    return settings["url"].partition(":")[0]


async def _send(settings: Mapping[str, str], message: Outgoing, wire: Wire) -> Answer:
    try:
        opened = _opened(settings["url"])
        await asyncio.to_thread(_check_host, settings["url"], wire)
    except UserError as error:
        return Answer(None, str(error), ours=True)
    if await opened.async_notify(title=message.title, body=message.text or message.title):
        return Answer(200)
    return Answer(None, f"The {_scheme(settings)} service did not take the message.")


def _check_host(url: str, wire: Wire) -> None:
    """Raise PrivateTarget for an address whose host is inside a private network.

    What stands in the place of the host may as well be a token: such a one is found nowhere. The
    library opens its connections itself, so a name that changes its address just then is not
    noticed, as it is everywhere else.
    """
    check_target(url, wire.allows)
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None) if host else []
    except (OSError, UnicodeError):
        return
    for *_, place in found:
        if is_private(str(place[0])) and not wire.allows(str(place[0])):
            raise PrivateTarget(host)


WAY = Way(
    kind="apprise",
    settings=(Setting("url", "an address as apprise writes it, such as msteams://…"),),
    check=lambda settings: _opened(settings["url"]) and None,
    leads_to=_scheme,
    send=_send,
)
