"""A GoHighLevel on a real port in which things happen, by the operations of its catalogue."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from instep import catalogue
from instep.connectors.gohighlevel import connector
from instep.sdk.auth import Credential
from instep.sdk.resource import Account
from tests.conformance.rehearsal import sorted_out
from tests.engine.flows.polled import watching
from tests.sandbox.ghl_caller import serving


class Happening:
    """What people do in one account. Called with an operation's id and arguments, it answers."""

    def __init__(self, ghl):
        self.ghl = ghl
        self.place = ghl.location
        self.company = ghl.told["company_id"]

    async def __call__(self, identifier, /, **arguments):
        sending = sorted_out(catalogue.get(identifier), "v2", arguments)
        path = sending.address.path
        for name, value in sending.path.items():
            path = path.replace(f"{{{name}}}", str(value))
        agency = sending.address.token.startswith("agency")
        answer = await self.ghl.call(
            sending.address.method,
            path,
            version=sending.address.version or "2021-07-28",
            token=self.ghl.told["agency_private_integration_token"] if agency else None,
            params=sending.query,
            json=sending.body,
        )
        assert 200 <= answer.status < 300, (identifier, answer)
        return answer.body

    async def contact(self, **values):
        made = await self("contacts.create", locationId=self.place, email=email(), **values)
        return made["contact"]["id"]

    async def user(self, address=None):
        return await self(
            "users.create",
            companyId=self.company,
            firstName="Grace",
            lastName="Hopper",
            email=address or email(),
            password=f"Aa1!{secrets.token_hex(6)}",
            type="account",
            role="user",
            locationIds=[self.place],
        )

    async def calendar(self):
        hours = [{"openHour": 0, "openMinute": 0, "closeHour": 23, "closeMinute": 0}]
        some = await self("users.search", companyId=self.company, locationId=self.place)
        made = await self(
            "calendars.create",
            locationId=self.place,
            name="Consultations",
            calendarType="event",
            slotDuration=30,
            slotInterval=30,
            openHours=[{"daysOfTheWeek": [day], "hours": hours} for day in range(7)],
            isActive=True,
            teamMembers=[{"userId": some["users"][0]["id"]}],
        )
        return made["calendar"]["id"]

    async def appointment(self, calendar, contact, slot=3):
        free = await self(
            "calendars.free_slots",
            calendarId=calendar,
            startDate=milliseconds(2),
            endDate=milliseconds(3),
            timezone="UTC",
        )
        slots = [each for day, found in free.items() if day != "traceId" for each in found["slots"]]
        made = await self(
            "calendars.create_appointment",
            calendarId=calendar,
            locationId=self.place,
            contactId=contact,
            startTime=slots[slot],
            title="Review",
        )
        return made["id"]


def milliseconds(days):
    """The beginning of a day so many from now, as epoch milliseconds."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((today + timedelta(days=days)).timestamp() * 1000)


def email():
    return f"{secrets.token_hex(8)}@example.com"


async def connect(watcher, ghl, *, agency=False):
    """Store a connection to the account."""
    told = ghl.told
    name = "agency_private_integration_token" if agency else "private_integration_token"
    config = {
        "base_url": told["url"],
        "marketplace_url": told["url"],
        "company_id": told["company_id"],
    }
    account = Account(ghl.location, "US", config)
    credential = Credential("private_integration", {"token": told[name]})
    return await watcher.connect("gohighlevel", account, credential)


__all__ = ["Happening", "connect", "connector", "email", "milliseconds", "serving", "watching"]
