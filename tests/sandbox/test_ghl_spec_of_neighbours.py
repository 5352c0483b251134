"""Tasks, notes, tags, businesses and workflows against the official specifications.

As in test_ghl_spec: only where they can be found.
"""

from __future__ import annotations

import json

import pytest

from tests.sandbox.ghl_caller import V2, V3
from tests.sandbox.ghl_specs import SPECS

if SPECS:
    import jsonschema_rs

    FILES = ("contacts", "businesses", "workflows", "campaigns", "locations")
    COMMON = json.loads((SPECS / "apps/v3/common/common-schemas.json").read_text())

    def described(version, method, path, status):
        """The schema of one reply, with all it refers to."""
        for name in FILES:
            file = f"apps/v3/{name}-v3.json" if version == V3 else f"apps/{name}.json"
            document = json.loads((SPECS / file).read_text())
            found = document["paths"].get(path, {}).get(method.lower())
            if found:
                schemas = document["components"]["schemas"] | COMMON["components"]["schemas"]
                schema = found["responses"][str(status)]["content"]["application/json"]["schema"]
                whole = json.dumps({**schema, "components": {"schemas": schemas}})
                whole = whole.replace("../common/common-schemas.json#", "#")
                return json.loads(whole.replace('"nullable": true', '"x": true'))
        raise KeyError(path)

    class Checker:
        def __init__(self, ghl, version):
            self.ghl = ghl
            self.version = version

        async def __call__(self, call, status, body=None, query="", **names):
            """Make a call like "GET /contacts/{contactId}", and check the reply's shape."""
            method, path = call.split()
            there = path.format(**names) + query
            answer = await self.ghl.call(method, there, version=self.version, json=body)
            assert answer.status == status, answer
            schema = described(self.version, method, path, status)
            jsonschema_rs.validate(schema, answer.body)
            return answer.body

    @pytest.fixture(params=[V2, V3])
    def check(ghl, request):
        return Checker(ghl, request.param)

    @pytest.fixture
    async def contact(ghl):
        return (await ghl.create(firstName="Ada", tags=["one"]))["id"]

    async def test_tasks_have_the_published_shapes(check, contact):
        body = {"title": "x", "dueDate": "2031-05-04T11:00:00Z", "completed": False, "body": "y"}
        many, one = "/contacts/{contactId}/tasks", "/contacts/{contactId}/tasks/{taskId}"
        made = await check(f"POST {many}", 201, body, contactId=contact)
        names = {"contactId": contact, "taskId": made["task"]["id"]}
        await check(f"POST {many}", 422, {}, contactId=contact)
        await check(f"GET {many}", 200, contactId=contact)
        await check(f"GET {many}", 400, contactId="unknown")
        await check(f"GET {one}", 200, **names)
        await check(f"PUT {one}", 200, {"title": "y"}, **names)
        await check(f"PUT {one}/completed", 200, {"completed": True}, **names)
        await check(f"DELETE {one}", 200, **names)
        await check(f"GET {one}", 400, **names)

    async def test_notes_have_the_published_shapes(check, contact):
        many, one = "/contacts/{contactId}/notes", "/contacts/{contactId}/notes/{id}"
        made = await check(f"POST {many}", 201, {"body": "x", "userId": "u"}, contactId=contact)
        names = {"contactId": contact, "id": made["note"]["id"]}
        await check(f"POST {many}", 422, {}, contactId=contact)
        await check(f"GET {many}", 200, contactId=contact)
        await check(f"GET {one}", 200, **names)
        await check(f"PUT {one}", 200, {"title": "y"}, **names)
        await check(f"DELETE {one}", 200, **names)
        await check(f"GET {one}", 400, **names)

    async def test_businesses_have_the_published_shapes(check, contact):
        here = check.ghl.location
        body = {"locationId": here, "name": "Acme", "city": "Bath"}
        business = (await check("POST /businesses/", 201, body))["buiseness"]["id"]
        one = "/businesses/{businessId}"
        await check("POST /businesses/", 422, {"locationId": here})
        await check("GET /businesses/", 200, query=f"?locationId={here}")
        await check(f"GET {one}", 200, businessId=business)
        await check(f"PUT {one}", 200, {"name": "Acme Ltd"}, businessId=business)
        moved = {"locationId": here, "ids": [contact], "businessId": business}
        await check("POST /contacts/bulk/business", 200, moved)
        query = f"?locationId={here}"
        await check("GET /contacts/business/{businessId}", 200, query=query, businessId=business)
        await check(f"DELETE {one}", 200, businessId=business)
        await check(f"GET {one}", 400, businessId=business)

    async def test_workflows_and_campaigns_have_the_published_shapes(check, contact):
        query = f"?locationId={check.ghl.location}"
        workflow = (await check("GET /workflows/", 200, query=query))["workflows"][0]["id"]
        campaign = (await check("GET /campaigns/", 200, query=query))["campaigns"][0]["id"]
        path, names = "/contacts/{contactId}/workflow/{workflowId}", {"contactId": contact}
        await check(f"POST {path}", 200, {}, workflowId=workflow, **names)
        await check(f"POST {path}", 400, {}, workflowId="unknown", **names)
        await check(f"DELETE {path}", 200, {}, workflowId=workflow, **names)
        path = "/contacts/{contactId}/campaigns/{campaignId}"
        await check(f"POST {path}", 201, {}, campaignId=campaign, **names)
        await check(f"DELETE {path}", 200, campaignId=campaign, **names)
        every = "removeAll" if check.version == V2 else "remove-all"
        await check(f"DELETE /contacts/{{contactId}}/campaigns/{every}", 200, **names)

    async def test_tags_and_followers_have_the_published_shapes(check, contact):
        path = "/contacts/{contactId}/followers"
        await check(f"POST {path}", 201, {"followers": ["u1"]}, contactId=contact)
        await check(f"DELETE {path}", 200, {"followers": ["u1"]}, contactId=contact)
        many, one = "/locations/{locationId}/tags", "/locations/{locationId}/tags/{tagId}"
        here = {"locationId": check.ghl.location}
        tag = (await check(f"POST {many}", 200, {"name": "vip"}, **here))["tag"]["id"]
        await check(f"GET {one}", 200, tagId=tag, **here)
        await check(f"PUT {one}", 200, {"name": "key"}, tagId=tag, **here)
        await check(f"DELETE {one}", 200, tagId=tag, **here)
        await check(f"DELETE {one}", 400, tagId=tag, **here)
