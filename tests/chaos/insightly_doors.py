"""The doors of Insightly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, ClassVar

from tests.chaos.doors import Door, Shown, fold, moment

_ID = r"(?P<id>\d+)"


class _Listed(Door):
    """What all kinds share: a list of everything, and an update with the id inside."""

    plural: ClassVar[str]

    def everything(self) -> Iterator[dict[str, Any]]:
        skip = 0
        while page := self.app.by_hand("GET", f"/{self.plural}?top=500&skip={skip}"):
            yield from page
            skip += len(page)

    def add(self, values: Mapping[str, Any], parent_id: str | None) -> str:
        made = self.app.by_hand("POST", f"/{self.plural}", self._sent(values))
        record_id = str(made[self.id_key])
        if parent_id is not None:
            link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": int(parent_id)}
            self.app.by_hand("POST", f"/{self.plural}/{record_id}/Links", link)
        return record_id

    def edit(self, shown: Shown, name: str, value: Any) -> None:
        body = {self.id_key: int(shown.id), **self._sent({name: value})}
        self.app.by_hand("PUT", f"/{self.plural}", body)

    def remove(self, shown: Shown) -> None:
        self.app.by_hand("DELETE", f"/{self.plural}/{shown.id}")

    def _as_sent(self, name: str, value: Any) -> Any:
        if name in self.moments and value is not None:
            return str(moment(value)).replace("T", " ").removesuffix("Z")
        return value

    def _tags(self, raw: Mapping[str, Any]) -> Any:
        if "TAG_NAME" in raw:
            return [raw["TAG_NAME"]]
        return [tag["TAG_NAME"] for tag in raw.get("TAGS") or []]

    def _parent(self, raw: Mapping[str, Any]) -> str | None:
        links = raw.get("LINKS") or []
        found = [each for each in links if each["LINK_OBJECT_NAME"] == "Contact"]
        return str(found[0]["LINK_OBJECT_ID"]) if found else None


def _calls(plural: str) -> tuple[tuple[str, str, str], ...]:
    return (
        ("POST", f"/{plural}", "create"),
        ("PUT", f"/{plural}", "set"),
        ("DELETE", f"/{plural}/{_ID}", "remove"),
    )


class InsightlyContacts(_Listed):
    """Contacts of an instance."""

    plural = "Contacts"
    id_key = "CONTACT_ID"
    keys: ClassVar = {
        "first_name": "FIRST_NAME",
        "last_name": "LAST_NAME",
        "email": "EMAIL_ADDRESS",
        "phone": "PHONE_MOBILE",
        "address": "ADDRESS_MAIL_STREET",
        "city": "ADDRESS_MAIL_CITY",
        "state": "ADDRESS_MAIL_STATE",
        "postal_code": "ADDRESS_MAIL_POSTCODE",
    }
    calls = (
        *_calls("Contacts"),
        ("POST", f"/Contacts/{_ID}/Tags", "tag"),
        ("DELETE", f"/Contacts/{_ID}/Tags", "untag"),
    )

    def tag(self, record_id: str, tag: str, *, on: bool) -> None:
        method = "POST" if on else "DELETE"
        self.app.by_hand(method, f"/Contacts/{record_id}/Tags", {"TAG_NAME": tag})

    def _parent(self, raw: Mapping[str, Any]) -> str | None:
        return None


class InsightlyOrganisations(_Listed):
    """Organisations of an instance."""

    plural = "Organisations"
    id_key = "ORGANISATION_ID"
    keys: ClassVar = {
        "name": "ORGANISATION_NAME",
        "phone": "PHONE",
        "website": "WEBSITE",
        "address": "ADDRESS_BILLING_STREET",
        "city": "ADDRESS_BILLING_CITY",
    }
    calls = _calls("Organisations")

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        return "ORGANISATION_ID" in raw and "ORGANISATION_NAME" in raw


class InsightlyTasks(_Listed):
    """Tasks, each linked to a contact."""

    plural = "Tasks"
    id_key = "TASK_ID"
    keys: ClassVar = {
        "title": "TITLE",
        "body": "DETAILS",
        "due_at": "DUE_DATE",
        "completed": "COMPLETED",
    }
    moments = ("due_at",)
    calls = _calls("Tasks")

    def _sent(self, values: Mapping[str, Any]) -> dict[str, Any]:
        sent = super()._sent(values)
        return {"COMPLETED": False, **sent} if "TITLE" in sent else sent


class InsightlyEvents(_Listed):
    """Events, each linked to a contact."""

    plural = "Events"
    id_key = "EVENT_ID"
    keys: ClassVar = {
        "title": "TITLE",
        "starts_at": "START_DATE_UTC",
        "ends_at": "END_DATE_UTC",
        "address": "LOCATION",
    }
    moments = ("starts_at", "ends_at")
    calls = _calls("Events")


class InsightlyNotes(_Listed):
    """Notes, each made on a contact. Their text is HTML."""

    plural = "Notes"
    id_key = "NOTE_ID"
    keys: ClassVar = {"title": "TITLE", "body": "BODY"}
    calls = (
        ("POST", r"/Contacts/\d+/Notes", "create"),
        ("PUT", r"/Notes|/Contacts/\d+/Notes", "set"),
        ("DELETE", f"/Notes/{_ID}", "remove"),
    )

    def add(self, values: Mapping[str, Any], parent_id: str | None) -> str:
        made = self.app.by_hand("POST", f"/Contacts/{parent_id}/Notes", self._sent(values))
        return str(made["NOTE_ID"])

    def folded(self, name: str, value: Any) -> str | None:
        return fold(unescape(re.sub(r"<[^>]*>", " ", str(value)))) if value else None
