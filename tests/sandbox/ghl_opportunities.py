"""Opportunities over HTTP, for the tests about them."""

from __future__ import annotations

from tests.sandbox.ghl_caller import V2


async def pipelines(ghl, location=None, **kwargs):
    query = {"locationId": location or ghl.location}
    answer = await ghl.call("GET", "/opportunities/pipelines", params=query, **kwargs)
    assert answer.status == 200, answer
    return answer.body["pipelines"]


async def wanted(ghl, **values):
    """The body of a create: a new contact's, in the first stage of the first pipeline."""
    if "contactId" not in values:
        values["contactId"] = (await ghl.create(firstName="Ada", lastName="Lovelace"))["id"]
    first = (await pipelines(ghl))[0]["id"]
    begin = {"locationId": ghl.location, "pipelineId": first, "name": "Loan", "status": "open"}
    return begin | values


async def open_one(ghl, version=V2, **values):
    body = await wanted(ghl, **values)
    answer = await ghl.call("POST", "/opportunities/", version=version, json=body)
    assert answer.status == 201, answer
    return answer.body["opportunity"]


async def read(ghl, opportunity_id, **kwargs):
    return await ghl.call("GET", f"/opportunities/{opportunity_id}", **kwargs)


async def put(ghl, opportunity_id, version=V2, **values):
    path = f"/opportunities/{opportunity_id}"
    return await ghl.call("PUT", path, version=version, json=values)


async def field(ghl, name):
    """The id of a custom field of opportunities."""
    query = {"model": "opportunity"}
    answer = await ghl.call("GET", f"/locations/{ghl.location}/customFields", params=query)
    return next(f["id"] for f in answer.body["customFields"] if f["name"] == name)
