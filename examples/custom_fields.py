"""Write custom fields by the names people gave them, and read them back with their types.

Needs GHL_TOKEN and GHL_LOCATION_ID; GHL_URL is the sandbox's address, if that is to be used.
"""

from __future__ import annotations

import asyncio
import os
from datetime import date

from instep import DuplicateContact, GoHighLevel


async def main() -> None:
    """Create a contact with a policy, or renew the policy of the one that is there."""
    async with GoHighLevel(
        token=os.environ["GHL_TOKEN"],
        location_id=os.environ["GHL_LOCATION_ID"],
        base_url=os.environ.get("GHL_URL", "https://services.leadconnectorhq.com"),
    ) as ghl:
        fields = await ghl.custom_fields()
        policy = fields.write({"Policy number": "P-1", "Renewal date": date(2027, 3, 1)})
        try:
            reply = await ghl.contacts.create(email="grace@example.com", customFields=policy)
            contact_id = reply["contact"]["id"]
        except DuplicateContact as there:
            contact_id = there.contact_id
            await ghl.contacts.update(contactId=contact_id, customFields=policy)
        contact = (await ghl.contacts.get(contactId=contact_id))["contact"]
        print(fields.read(contact))


if __name__ == "__main__":
    asyncio.run(main())
