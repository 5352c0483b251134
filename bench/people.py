"""The users of both apps, over HTTP: what they change, and what they see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from bench.apps import Apps

_PAGE = 500


@dataclass(frozen=True, slots=True)
class People:
    """They know nothing of Instep."""

    ghl: aiohttp.ClientSession
    insightly: aiohttp.ClientSession
    location: str

    async def webhook_key(self) -> str:
        """Return the key that GoHighLevel's webhooks are signed with."""
        keys = await self.ask("GET", "/_sandbox/webhooks/keys")
        return str(keys["webhook_public_key"])

    async def tell(self, url: str) -> None:
        """Let GoHighLevel tell of every changed contact."""
        await self.ask("PUT", "/_sandbox/app", {"webhook_url": url, "events": ["ContactUpdate"]})

    async def pairs(self, most: int) -> list[tuple[str, str]]:
        """Return who is the same person in both apps: (GoHighLevel's id, Insightly's id)."""
        body = {"locationId": self.location, "pageLimit": _PAGE}
        here = (await self.ask("POST", "/contacts/search", body))["contacts"]
        there: dict[str, str] = {}
        while page := await self._page(len(there)):
            there |= page
        found = [(each["id"], there[each["email"]]) for each in here if each["email"] in there]
        return found[:most]

    async def _page(self, skip: int) -> dict[str, str]:
        where = {"top": str(_PAGE), "skip": str(skip)}
        async with self.insightly.get("/Contacts", params=where) as reply:
            return {
                each["EMAIL_ADDRESS"] or str(each["CONTACT_ID"]): str(each["CONTACT_ID"])
                for each in await reply.json()
            }

    async def edit_in_ghl(self, contact_id: str, city: str) -> None:
        """Change a contact's city."""
        await self.ask("PUT", f"/contacts/{contact_id}", {"city": city})

    async def edit_in_insightly(self, contact_id: str, city: str) -> None:
        """Change a contact's city."""
        body = {"CONTACT_ID": int(contact_id), "ADDRESS_MAIL_CITY": city}
        async with self.insightly.put("/Contacts", json=body) as reply:
            reply.raise_for_status()

    async def city_in_insightly(self, contact_id: str) -> str | None:
        """Return a contact's city."""
        async with self.insightly.get(f"/Contacts/{contact_id}") as reply:
            city: str | None = (await reply.json())["ADDRESS_MAIL_CITY"]
            return city

    async def newest_webhook_at(self) -> float:
        """Return when GoHighLevel sent its newest webhook, in seconds since 1970."""
        newest = (await self.ask("GET", "/_sandbox/webhooks?limit=1"))["webhooks"][0]
        return datetime.fromisoformat(newest["attempts"][0]["at"]).timestamp()

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Call GoHighLevel."""
        async with self.ghl.request(method, path, json=body) as reply:
            reply.raise_for_status()
            return await reply.json()


@asynccontextmanager
async def reaching(apps: Apps) -> AsyncIterator[People]:
    """Reach both apps while the block runs."""
    ghl, insightly = apps.described["gohighlevel"], apps.described["insightly"]
    headers = {
        "Authorization": f"Bearer {ghl['private_integration_token']}",
        "Version": "2021-07-28",
        "User-Agent": "bench",
    }
    password = aiohttp.BasicAuth(insightly["api_key"], "")
    async with (
        aiohttp.ClientSession(ghl["url"], headers=headers) as here,
        aiohttp.ClientSession(insightly["url"], auth=password) as there,
    ):
        yield People(here, there, ghl["location_id"])
