"""Go through all contacts with a tag that were added this year, without `await`.

Needs GHL_TOKEN and GHL_LOCATION_ID; GHL_URL is the sandbox's address, if that is to be used.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from instep import F, GoHighLevelSync


def main() -> None:
    """Print one line for each contact."""
    with GoHighLevelSync(
        token=os.environ["GHL_TOKEN"],
        location_id=os.environ["GHL_LOCATION_ID"],
        base_url=os.environ.get("GHL_URL", "https://services.leadconnectorhq.com"),
    ) as ghl:
        this_year = datetime(datetime.now(UTC).year, 1, 1, tzinfo=UTC)
        wanted = (F.tags == "example") & (F.dateAdded >= this_year)
        fields = ghl.custom_fields()
        for contact in ghl.contacts.search(filters=wanted, sort=F.dateAdded.desc()):
            print(contact["id"], contact.get("email"), fields.read(contact))


if __name__ == "__main__":
    main()
