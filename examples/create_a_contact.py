"""Create a contact, or take the one that is there, and give it a task.

Needs GHL_TOKEN and GHL_LOCATION_ID; GHL_URL is the sandbox's address, if that is to be used.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta

from instep import GoHighLevel


def client() -> GoHighLevel:
    """Return a client of the location that the environment names."""
    return GoHighLevel(
        token=os.environ["GHL_TOKEN"],
        location_id=os.environ["GHL_LOCATION_ID"],
        base_url=os.environ.get("GHL_URL", "https://services.leadconnectorhq.com"),
    )


async def main() -> None:
    """Create, look, write a task."""
    async with client() as ghl:
        reply = await ghl.contacts.create(
            firstName="Ada",
            lastName="Lovelace",
            email="ada@example.com",
            tags=["example"],
            on_duplicate="return",
        )
        contact = reply["contact"]
        await ghl.contacts.create_task(
            contactId=contact["id"],
            title="Send the policy",
            dueDate=datetime.now(UTC) + timedelta(days=2),
            completed=False,
        )
        print(contact["id"], contact["email"])


if __name__ == "__main__":
    asyncio.run(main())
