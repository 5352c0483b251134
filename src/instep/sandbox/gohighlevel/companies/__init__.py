"""The agency itself."""

from __future__ import annotations

from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import wrong_company


def get(call: Call) -> JsonObject:
    """Return the agency."""
    company = call.services.company
    if call.path["companyId"] != company.id:
        raise wrong_company()
    return {"company": company.profile}


OPERATIONS = (Operation("companies.get", get),)

__all__ = ["OPERATIONS"]
