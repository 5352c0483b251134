"""A client that may do everything: it has the token of this machine."""

from __future__ import annotations

import aiohttp

from instep.engine.access.local_token import local_token


def headers(instep):
    """What the token of this machine is sent in."""
    return {"Authorization": f"Bearer {local_token(instep.settings)}"}


def signed_in(instep, url):
    """A session of this machine at a served API."""
    return aiohttp.ClientSession(url, headers=headers(instep))
