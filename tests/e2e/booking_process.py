"""A process that books one slot when it is told to: run with url, token, location, contact and slot."""

from __future__ import annotations

import asyncio
import sys

from instep import GoHighLevel, SlotTaken


async def main(url, token, location_id, calendar, contact, start):
    async with GoHighLevel(token=token, location_id=location_id, base_url=url) as ghl:
        await ghl.contacts.get(contactId=contact)  # the way is open; now it is a matter of moments
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        try:
            booked = await ghl.calendars.create_appointment(
                calendarId=calendar, contactId=contact, startTime=start
            )
        except SlotTaken as error:
            sys.stdout.write(f"{error}\n")
            return
    sys.stdout.write(f"booked {booked['id']}\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
