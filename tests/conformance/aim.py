"""Makes generated calls hit: random ids and locations alone would only ever be refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis import Case

from instep import catalogue
from tests.conformance.local_account import Account, fresh_email
from tests.conformance.plain_http import PlainHttp
from tests.conformance.rehearsal import Answer, Rehearsal, Sending, Story
from tests.conformance.stories import STORIES

Draw = Callable[[SearchStrategy[Any]], Any]

SURELY = st.just(value=True)
MOSTLY = st.integers(0, 9).map(bool)
MAYBE = st.booleans()
"""How often a part of a call is aimed."""

# facts: ghl 6.3
_FILTERS = st.fixed_dictionaries(
    {
        "field": st.sampled_from(["email", "phone", "tags", "firstNameLowerCase", "dateAdded"]),
        "operator": st.sampled_from(["eq", "not_eq", "contains", "exists", "range"]),
    },
    optional={"value": st.text(max_size=80) | st.just({"gte": 0}) | st.booleans()},
)
_SEARCHES = st.fixed_dictionaries(
    {"locationId": st.just(""), "pageLimit": st.integers(1, 500)},
    optional={
        "page": st.integers(1, 30),
        "query": st.text(max_size=80),
        "filters": st.lists(_FILTERS, max_size=3),
        "sort": st.just([{"field": "dateUpdated", "direction": "desc"}]),
    },
)
_MORE = {"contacts.search": _SEARCHES}
"""What must be in a body beyond what the spec requires."""


_UNIQUE = {
    "contacts.create": ("email",),
    "conversations.create": ("contactId",),
    "users.create": ("email",),
    "opportunities.create": ("contactId",),
    "calendars.create_appointment": ("startTime",),
    "calendars.create_group": ("slug",),
    "calendars.update_group": ("slug",),
    "blogs.create_post": ("urlSlug",),
    "associations.create": ("key",),
    "associations.create_relation": ("firstRecordId",),
    "locations.create_tag": ("name",),
    "locations.update_tag": ("name",),
    "locations.create_custom_field": ("name",),
    "locations.create_custom_value": ("name",),
}
"""Properties whose values no second record may have."""


class _Seeding(Rehearsal):
    """Tells stories without the deletes: everything they made is still there afterwards."""

    def _make(self, identifier: str, arguments: dict[str, Any]) -> Answer:
        operation = catalogue.get(identifier)
        if operation.effect != "destructive":
            return Rehearsal._make(self, identifier, arguments)
        self.note(identifier, arguments)
        return Answer(200, {})


class Aim:
    """Puts what is really there into generated cases. Stories have made it; deletes use it up."""

    def __init__(self, account: Account, view: str) -> None:
        self._account = account
        self._plain = PlainHttp(account, view, None)
        self._view = view
        self._stories: dict[str, Story] = {}
        self._calls: dict[str, Sending] = {}
        self._used_up: set[Story] = set()
        for story in STORIES:
            for identifier in self._tell(story):
                self._stories.setdefault(identifier, story)

    def close(self) -> None:
        """Let go of sockets."""
        self._plain.close()

    def headers(self, operation: str, *, entitled: bool) -> dict[str, str]:
        """Return the headers of somebody who may call, or who may not."""
        token = "pit-nobody"
        if entitled:
            address = catalogue.get(operation).address("v3" if self._view == "v3" else "v2")
            agency = address.token.startswith("agency")
            token = self._account.private_integration_token
            token = self._account.agency_private_integration_token if agency else token
        return {"Authorization": f"Bearer {token}"}

    def send(self, sending: Sending) -> Answer:
        """Make a call by plain HTTP."""
        return self._plain.send(sending)

    def known(self, operation: str) -> Sending | None:
        """Return a call of this operation that works, made anew where one may be used up."""
        story = self._stories.get(operation)
        if story is None:
            return None
        if story in self._used_up:
            self._tell(story)
            self._used_up.discard(story)
        if catalogue.get(operation).effect == "destructive":
            self._used_up.add(story)
        known = self._calls[operation]
        if isinstance(known.body, dict) and operation in _UNIQUE:
            names = _UNIQUE[operation]
            fresh = {name: self._fresh(operation, name, known.body[name]) for name in names}
            known = replace(known, body=known.body | fresh)
            self._calls[operation] = known
        return known

    def _fresh(self, operation: str, name: str, value: Any) -> Any:
        """Return a value that no record has yet, for a property that must be unique."""
        if name == "email":
            return fresh_email()
        if name == "startTime":
            return (datetime.fromisoformat(value) + timedelta(days=1)).isoformat()
        if name == "contactId" and operation == "conversations.create":
            return self._without_conversation()
        if name.endswith("Id"):
            return self._account.add_contacts(1)[0]
        return f"fresh-{secrets.token_hex(6)}"

    def _without_conversation(self) -> str:
        """Return a contact whose conversation is deleted; every other one has its own."""
        ghl = Rehearsal(self._account, self._plain, self._plain)
        contact = self._account.add_contacts(1)[0]
        place = {"locationId": self._account.location_id, "contactId": contact}
        found = ghl.call("conversations.search", **place)["conversations"]
        ghl.call("conversations.delete", conversationId=found[0]["id"])
        return contact

    def take(self, case: Case, operation: str, draw: Draw, often: SearchStrategy[bool]) -> None:
        """Change the case in place, in any part of it or in none."""
        known = self.known(operation)
        if known is None:
            return
        if case.path_parameters and draw(often):
            case.path_parameters |= known.path
        if isinstance(case.query, dict) and draw(often):
            case.query = _with_real_values(case.query, known.query)
        if isinstance(case.body, dict) and isinstance(known.body, dict) and draw(often):
            more = draw(_MORE.get(operation, st.just({})))
            case.body = _with_real_values(case.body | more, known.body)

    def _tell(self, story: Story) -> list[str]:
        """Tell one story; return the operations it called."""
        seeding = _Seeding(self._account, self._plain, self._plain)
        seeding.tell([story])
        self._calls |= seeding.calls
        return list(seeding.calls)


def _with_real_values(given: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Return the same parameters or properties with values that mean something."""
    return given | {name: value for name, value in known.items() if name in given}
