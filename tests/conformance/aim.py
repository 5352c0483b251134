"""Makes generated calls hit: random ids and locations alone would only ever be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis import Case

from tests.conformance.local_account import Account, fresh_email

Draw = Callable[[SearchStrategy[Any]], Any]

_STOCK = 20  # contacts made at a time

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
_MORE = {
    "POST /contacts/search": _SEARCHES,
    "POST /contacts/": st.just({"email": ""}),
    "POST /contacts/upsert": st.just({"email": ""}),
}
"""What must be in a body beyond what the spec requires; real values come later."""


class Aim:
    """Puts what is really there into a generated case, in any part of it or in none."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._contacts: list[str] = []

    def headers(self, *, entitled: bool) -> dict[str, str]:
        """Return the headers of somebody who may call, or who may not."""
        token = self._account.private_integration_token if entitled else "pit-nobody"
        return {"Authorization": f"Bearer {token}"}

    def take(self, case: Case, draw: Draw, often: SearchStrategy[bool]) -> None:
        """Change the case in place."""
        if "contactId" in case.path_parameters and draw(often):
            case.path_parameters["contactId"] = self._contact(
                used_up=case.operation.label == "DELETE /contacts/{contactId}"
            )
        if isinstance(case.query, dict) and draw(often):
            case.query = self._with_real_values(case.query)
        if isinstance(case.body, dict) and draw(often):
            more = draw(_MORE.get(case.operation.label, st.just({})))
            case.body = self._with_real_values(case.body | more)

    def _with_real_values(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the same parameters or properties with values that mean something."""
        real = {
            "locationId": self._account.location_id,
            "ids": [self._contact(used_up=False)],
            "email": fresh_email(),
            "dateOfBirth": "1990-09-25",
            "limit": 10,
            "skip": 0,
        }
        return given | {name: value for name, value in real.items() if name in given}

    def _contact(self, *, used_up: bool) -> str:
        """Return a contact that is there; one that is used up will not be returned again."""
        if not self._contacts:
            self._contacts = self._account.add_contacts(_STOCK)
        return self._contacts.pop() if used_up else self._contacts[-1]
