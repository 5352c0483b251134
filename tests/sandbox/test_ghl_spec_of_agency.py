"""Opportunities, users, locations, company and snapshots against the official specifications.

As in test_ghl_spec: only where they can be found.
"""

from __future__ import annotations

import json

import pytest

from tests.sandbox.ghl_caller import V2, V3
from tests.sandbox.ghl_opportunities import wanted
from tests.sandbox.ghl_specs import SPECS

if SPECS:
    import jsonschema_rs

    FILES = ("opportunities", "users", "locations", "companies", "snapshots")
    COMMON = json.loads((SPECS / "apps/v3/common/common-schemas.json").read_text())

    def described(version, method, path, status):
        """The schema of one reply with all it refers to, without what is known to be wrong in it.

        Stages, followers, notes and the like are called lists of lists, a user's scopes one text.
        """
        for name in FILES:
            file = f"apps/v3/{name}-v3.json" if version == V3 else f"apps/{name}.json"
            document = json.loads((SPECS / file).read_text())
            found = document["paths"].get(path, {}).get(method.lower())
            if found:
                schemas = document["components"]["schemas"] | COMMON["components"]["schemas"]
                for user in ("UserSchema", "UserSuccessfulResponseDto"):
                    schemas.get(user, {}).get("properties", {}).pop("scopes", None)
                schema = found["responses"][str(status)]["content"]["application/json"]["schema"]
                whole = json.dumps({**schema, "components": {"schemas": schemas}})
                whole = whole.replace("../common/common-schemas.json#", "#")
                whole = whole.replace('"items": {"type": "array"}', '"items": {}')
                return json.loads(whole.replace('"nullable": true', '"x": true'))
        raise KeyError(path)

    class Checker:
        def __init__(self, ghl, version):
            self.ghl = ghl
            self.version = version

        async def __call__(self, call, status, body=None, query=None, **names):
            """Make a call like "GET /users/{userId}" as the agency, and check the reply's shape."""
            method, path = call.split()
            token = self.ghl.told["agency_private_integration_token"]
            options = {"version": self.version, "params": query, "json": body, "token": token}
            answer = await self.ghl.call(method, path.format(**names), **options)
            assert answer.status == status, answer
            # facts: ghl 6.9 (the last page's nulls are in no schema)
            meta = answer.body.get("meta", {})
            present = {name: value for name, value in meta.items() if value is not None}
            shown = answer.body | ({"meta": present} if meta else {})
            jsonschema_rs.validate(described(self.version, method, path, status), shown)
            return answer.body

    @pytest.fixture(params=[V2, V3])
    def check(ghl, request):
        return Checker(ghl, request.param)

    async def test_opportunities_have_the_published_shapes(check):
        name = "locationId" if check.version == V3 else "location_id"
        value = "fieldValue" if check.version == V3 else "field_value"
        body = await wanted(check.ghl, monetaryValue=5, assignedTo="u1")
        plain = body | {"contactId": (await check.ghl.create(firstName="Grace"))["id"]}
        fields = {"customFields": [{"key": "lender", value: "x"}]}
        made = (await check("POST /opportunities/", 201, body | fields))["opportunity"]["id"]
        await check("POST /opportunities/", 201, plain)
        await check("POST /opportunities/", 400, body)
        await check("POST /opportunities/", 422, {"locationId": check.ghl.location})
        one, followers = "/opportunities/{id}", {"followers": ["u1"]}
        await check(f"GET {one}", 200, id=made)
        await check(f"GET {one}", 400, id="unknown")
        await check(f"PUT {one}", 200, {"name": "Other"}, id=made)
        await check(f"PUT {one}/status", 200, {"status": "lost"}, id=made)
        await check(f"POST {one}/followers", 201, followers, id=made)
        await check(f"DELETE {one}/followers", 200, followers, id=made)
        await check("POST /opportunities/upsert", 200, body)
        search = {"locationId": check.ghl.location, "limit": 5}
        await check("POST /opportunities/search", 200, search)
        search["filters"] = [
            {"field": "pipeline_id", "operator": "eq", "value": body["pipelineId"]}
        ]
        await check("POST /opportunities/search", 200, search)
        # facts: ghl 6.6 (custom fields of the list are not shown as its schema says)
        await check(f"DELETE {one}", 200, id=made)
        await check("GET /opportunities/search", 200, query={name: check.ghl.location})
        here = {"locationId": check.ghl.location}
        await check("GET /opportunities/pipelines", 200, query=here)
        await check("GET /opportunities/lost-reason", 200, query=here)

    async def test_users_have_the_published_shapes(check):
        company = check.ghl.told["company_id"]
        body = {"companyId": company, "firstName": "Kim", "lastName": "Lee", "email": "k@x.org"}
        body |= {"password": "Correct-Horse-9", "type": "account", "role": "user"}
        body |= {"locationIds": [check.ghl.location], "platformLanguage": "en_US"}
        user, one = (await check("POST /users/", 201, body))["id"], "/users/{userId}"
        await check("POST /users/", 400, body)
        await check("POST /users/", 422, {})
        await check(f"GET {one}", 200, userId=user)
        await check(f"PUT {one}", 200, {"companyId": company, "role": "admin"}, userId=user)
        await check("GET /users/search", 200, query={"companyId": company})
        emails = {"companyId": company, "emails": "k@x.org", "projection": "all"}
        await check("POST /users/search/filter-by-email", 200, emails)
        await check(f"DELETE {one}", 200, userId=user)
        await check(f"GET {one}", 400, userId=user)

    async def test_locations_have_the_published_shapes(check):
        company = check.ghl.told["company_id"]
        body = {"companyId": company, "name": "New", "country": "GB", "phone": "+442071838750"}
        location, one = (
            (await check("POST /locations/", 200, body))["id"],
            "/locations/{locationId}",
        )
        here = {"locationId": location}
        await check(f"PUT {one}", 200, {"companyId": company, "city": "Bath"}, **here)
        await check(f"GET {one}", 200, **here)
        await check("GET /locations/search", 200)
        many, value = f"{one}/customFields", {"name": "A", "value": "b"}
        field = {"name": "Boat", "dataType": "RADIO", "options": ["a"], "model": "opportunity"}
        made = (await check(f"POST {many}", 201, field, **here))["customField"]["id"]
        await check(f"POST {many}", 422, {}, **here)
        await check(f"GET {many}", 200, query={"model": "all"}, **here)
        await check(f"GET {many}/{{id}}", 200, id=made, **here)
        await check(f"PUT {many}/{{id}}", 200, {"name": "Ship"}, id=made, **here)
        await check(f"DELETE {many}/{{id}}", 200, id=made, **here)
        await check(f"GET {many}/{{id}}", 400, id=made, **here)
        many = f"{one}/customValues"
        made = (await check(f"POST {many}", 201, value, **here))["customValue"]["id"]
        await check(f"GET {many}", 200, **here)
        await check(f"GET {many}/{{id}}", 200, id=made, **here)
        await check(f"PUT {many}/{{id}}", 200, value, id=made, **here)
        await check(f"DELETE {many}/{{id}}", 200, id=made, **here)
        await check(f"DELETE {one}", 200, query={"deleteTwilioAccount": "true"}, **here)

    async def test_company_and_snapshots_have_the_published_shapes(check):
        query = {"companyId": check.ghl.told["company_id"]}
        await check("GET /companies/{companyId}", 200, **query)
        found = await check("GET /snapshots/", 200, query=query)
        snapshot = found["snapshots"][0]["id"]
        body = {"snapshot_id": snapshot, "share_type": "link"}
        await check("POST /snapshots/share/link", 201, body, query=query)
        body = {**query, "name": "New", "snapshotId": snapshot}
        location = (await check("POST /locations/", 200, body))["id"]
        path, names = "/snapshots/snapshot-status/{snapshotId}", {"snapshotId": snapshot}
        span = {"from": "2020-01-01", "to": "2100-01-01", "lastDoc": "", "limit": "5"}
        await check(f"GET {path}", 200, query=query | span, **names)
        names |= {"locationId": location}
        await check(f"GET {path}/location/{{locationId}}", 200, query=query, **names)
