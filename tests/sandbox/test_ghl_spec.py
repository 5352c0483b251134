"""Replies are checked against the official specifications, where they can be found.

Without them there is nothing to check against, and no test.
"""

from __future__ import annotations

import json

import pytest

from instep.sandbox import invent
from tests.sandbox.ghl_caller import V2, V3
from tests.sandbox.ghl_specs import SPECS

FILES = {
    V2: ("apps/contacts.json", "apps/locations.json", "apps/oauth.json"),
    V3: ("apps/v3/contacts-v3.json", "apps/v3/locations-v3.json", "apps/v3/oauth-v3.json"),
}
CONTACT = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@x.org",
    "phone": "+12015550123",
    "dateOfBirth": "1990-12-31",
    "tags": ["one"],
    "customFields": [{"key": "policy_number", "field_value": "P-1"}],
}

if SPECS:
    import jsonschema_rs

    def operation(version, method, path):
        for name in FILES[version]:
            document = json.loads((SPECS / name).read_text())
            common = json.loads((SPECS / "apps/v3/common/common-schemas.json").read_text())
            document["components"]["schemas"] |= common["components"]["schemas"]
            if method.lower() in document["paths"].get(path, {}):
                return document, document["paths"][path][method.lower()]
        raise KeyError(path)

    def check(version, method, path, answer, status):
        assert answer.status == status, answer
        document, described = operation(version, method, path)
        described = described["responses"][str(status)]
        schema = described["content"]["application/json"]["schema"]
        text = json.dumps({**schema, "components": document["components"]})
        text = text.replace("../common/common-schemas.json#", "#")
        jsonschema_rs.validate(
            json.loads(text.replace('"nullable": true', '"x": true')), answer.body
        )

    @pytest.mark.parametrize("version", [V2, V3])
    async def test_replies_have_the_published_shapes(ghl, version):
        ghl.app.load(invent(30, seed=1))
        one, tags = "/contacts/{contactId}", "/contacts/{contactId}/tags"
        body = {"locationId": ghl.location, **CONTACT}
        made = await ghl.call("POST", "/contacts/", version=version, json=body)
        check(version, "POST", "/contacts/", made, 201)
        here = f"/contacts/{made.body['contact']['id']}"
        location = f"/locations/{ghl.location}"
        query = f"?locationId={ghl.location}"
        calls = [
            ("GET", one, here, None, 200),
            ("PUT", one, here, {"city": "London"}, 200),
            ("PUT", one, here, {"odd": 1}, 422),
            ("GET", one, "/contacts/unknown", None, 400),
            ("POST", "/contacts/", "/contacts/", body, 400),
            ("POST", "/contacts/upsert", "/contacts/upsert", body, 200),
            ("POST", tags, f"{here}/tags", {"tags": ["two"]}, 201),
            ("DELETE", tags, f"{here}/tags", {"tags": ["two"]}, 200),
            ("GET", "/contacts/business/{businessId}", f"/contacts/business/x{query}", None, 200),
            ("GET", "/locations/{locationId}", location, None, 200),
            ("GET", "/locations/{locationId}/tags", f"{location}/tags", None, 200),
            (
                "GET",
                "/locations/{locationId}/customFields",
                f"{location}/customFields",
                None,
                200,
            ),
            ("DELETE", one, here, None, 200),
        ]
        if version == V2:
            calls.append(("GET", "/contacts/", f"/contacts/{query}", None, 200))
        for method, template, path, sent, status in calls:
            answer = await ghl.call(method, path, version=version, json=sent)
            check(version, method, template, answer, status)
        wrong = await ghl.call("GET", here, version=version, token="pit-wrong")
        check(version, "GET", one, wrong, 401)
