"""A served Instep with people in it: an admin, an operator and a viewer, each with a browser."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp
from argon2 import PasswordHasher

from instep.api.access import CSRF_HEADER
from instep.api.server import serve
from instep.bootstrap import assemble
from instep.core.people.roles import Role
from instep.settings import Settings
from tests.api.signed_in import headers

PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 without the work that it makes of each password on purpose."""


class House:
    """`url` is the API's; `instep` what is behind it."""

    def __init__(self, instep, url):
        self.instep = instep
        self.url = url
        self._open = contextlib.AsyncExitStack()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self._open.aclose()

    async def browser(self, **given):
        """A browser with cookies of its own, not signed in."""
        jar = aiohttp.CookieJar(unsafe=True)  # it takes those of addresses, too
        session = aiohttp.ClientSession(self.url, cookie_jar=jar, **given)
        return await self._open.enter_async_context(session)

    async def signed_in(self, name, password=PASSWORD):
        """A browser of a user, which sends the CSRF token along."""
        browser = await self.browser()
        reply = await browser.post("/api/session", json={"name": name, "password": password})
        told = await reply.json()
        assert reply.status == 200, told
        browser.headers[CSRF_HEADER] = told["csrf"]
        return browser

    async def machine(self):
        """A program of this machine, with its token."""
        return await self.browser(headers=headers(self.instep))

    async def bearer(self, secret):
        return await self.browser(headers={"Authorization": f"Bearer {secret}"})

    async def people(self):
        """One browser of each role, whose user has the role's name."""
        for role in Role:
            await self.instep.people.users.add(role.value, role, PASSWORD)
        return {role: await self.signed_in(role.value) for role in Role}


@contextlib.asynccontextmanager
async def house(database_url, directory, clock=None, available=(), **settings):
    """Serve an Instep that nobody has set up yet."""
    settings = Settings(data_dir=directory, database_url=database_url, port=0, **settings)
    async with assemble(
        settings, available=None if available is None else dict(available), clock=clock
    ) as instep:
        instep.people.door._passwords._hasher = QUICK  # the users' is the same
        url, told = asyncio.get_running_loop().create_future(), asyncio.Event()
        serving = asyncio.create_task(serve(instep, lambda: None, url.set_result, told))
        async with House(instep, await url) as made:
            yield made
        told.set()
        await serving


async def asked(client, method, path, body=None, **given):
    """What an answer's status is, and what it says."""
    async with client.request(method, path, json=body, **given) as reply:
        return reply.status, (await reply.json() if reply.status != 204 else None)
