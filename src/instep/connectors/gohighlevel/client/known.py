"""What a client knows by itself and fills in where an operation needs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """The location, the agency it belongs to, and the location's time zone."""

    location_id: str | None
    company_id: str | None
    timezone: str | None = None

    def filled(self) -> dict[str, str]:
        """Return the arguments that are known, by every name they have."""
        # in the specification `altId` is a location's id wherever `altType` is "location"
        location = {
            "locationId": self.location_id,
            "location_id": self.location_id,
            "altId": self.location_id,
            "altType": "location" if self.location_id else None,
            "companyId": self.company_id,
        }
        return {name: value for name, value in location.items() if value}
