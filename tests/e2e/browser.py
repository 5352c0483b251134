"""A person with a browser: reads the page where access is granted, chooses, presses Allow."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

BACK = "http://127.0.0.1:9/callback"
"""Where the app wants people back. Nobody listens there: the browser stops at the redirection."""


def consent_page(told, *scopes):
    """The address an app sends its user to."""
    query = {"response_type": "code", "client_id": told["client_id"], "redirect_uri": BACK}
    query |= {"scope": " ".join(scopes), "state": "mine"}
    return f"{told['url']}/v2/oauth/chooselocation?{urlencode(query)}"


async def allow(address, account):
    """Grant what the page asks for; the code the browser brings back."""
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as page:
            text = await page.text()
            assert page.status == 200, text
        choices = re.findall(r'type="radio" name="account" value="([^"]+)"', text)
        assert account in choices, text
        form = {"account": account}
        async with session.post(address, data=form, allow_redirects=False) as answer:
            assert answer.status == 302
            target = answer.headers["Location"]
    assert target.startswith(f"{BACK}?")
    brought = parse_qs(urlsplit(target).query)
    assert brought["state"] == ["mine"]
    return brought["code"][0]
