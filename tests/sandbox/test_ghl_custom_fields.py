from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, serving


async def call(ghl, method, rest="", version=V2, **kwargs):
    path = f"/locations/{ghl.location}/customFields{rest}"
    return await ghl.call(method, path, version=version, **kwargs)


async def define(ghl, version=V2, **values):
    body = {"name": "Boat Name", "dataType": "TEXT", **values}
    answer = await call(ghl, "POST", version=version, json=body)
    assert answer.status == 201, answer
    return answer.body["customField"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_field_gets_a_key_from_model_and_name(ghl, version):
    assert (await define(ghl, version))["fieldKey"] == "contact.boat_name"
    other = await define(ghl, version, name="Boat's  name (old)", model="opportunity")
    assert other["fieldKey"] == "opportunity.boat_s_name_old"
    own = await define(ghl, version, name="Third", fieldKey="contact.boat")
    assert own["fieldKey"] == "contact.boat"


async def test_fields_are_listed_by_model_and_contacts_by_default(ghl):
    await define(ghl)
    await define(ghl, model="opportunity")

    async def keys(**query):
        answer = await call(ghl, "GET", params=query)
        return {field["fieldKey"] for field in answer.body["customFields"]}

    contact, opportunity = await keys(model="contact"), await keys(model="opportunity")
    assert "contact.boat_name" in contact
    assert "opportunity.boat_name" in opportunity
    assert await keys() == contact
    assert await keys(model="all") == contact | opportunity
    assert not contact & opportunity


async def test_a_new_field_is_filled_and_searched_at_once(ghl):
    made = await define(ghl, dataType="NUMERICAL")
    value = [{"key": "boat_name", "field_value": 7}]
    contact = await ghl.create(firstName="Ada", customFields=value)
    assert contact["customFields"] == [{"id": made["id"], "value": 7}]
    one = {"field": f"customFields.{made['id']}", "operator": "eq", "value": 7}
    assert (await ghl.search(filters=[one])).body["total"] == 1


async def test_choices_may_be_given_as_options_or_labels(ghl):
    made = await define(ghl, dataType="SINGLE_OPTIONS", options=["a", "b"])
    assert made["picklistOptions"] == ["a", "b"]
    labels = [{"label": "c"}, {"label": "d"}]
    answer = await call(
        ghl, "PUT", f"/{made['id']}", json={"name": "Other", "textBoxListOptions": labels}
    )
    assert answer.body["customField"]["picklistOptions"] == ["c", "d"]
    assert answer.body["customField"]["name"] == "Other"
    assert answer.body["customField"]["fieldKey"] == made["fieldKey"]
    files = await define(ghl, name="F", dataType="FILE_UPLOAD", isMultipleFile=True)
    assert files["isMultiFileAllowed"] is True


@pytest.mark.parametrize("name", ["id", "fieldKey"])
async def test_a_field_is_read_by_id_or_key_and_deleted(ghl, name):
    made = await define(ghl)
    answer = await call(ghl, "GET", f"/{made[name]}")
    assert (answer.status, answer.body["customField"]) == (200, made)
    answer = await call(ghl, "DELETE", f"/{made['id']}")
    assert (answer.status, answer.body["succeded"]) == (200, True)
    for method in ("GET", "DELETE"):
        assert (await call(ghl, method, f"/{made[name]}")).status == 400
    assert (await call(ghl, "PUT", f"/{made['id']}", json={"name": "x"})).status == 400


async def test_what_does_not_fit_is_refused(ghl):
    await define(ghl)
    taken = {"name": "boat name", "dataType": "TEXT"}
    assert (await call(ghl, "POST", json=taken)).status == 400
    answer = await call(ghl, "POST", json={"name": "x", "dataType": "COLOUR"})
    assert answer.message[0].startswith("dataType must be one of the following values: TEXT")
    assert (await call(ghl, "POST", json={"dataType": "TEXT"})).status == 422
    answer = await call(ghl, "POST", json=taken | {"colour": 1})
    assert answer.message == ["property colour should not exist"]
    agency = ghl.told["agency_private_integration_token"]
    path = f"/locations/{ghl.other_location}/customFields"
    assert (await ghl.call("POST", path, json=taken)).status == 403
    assert (await ghl.call("POST", path, token=agency, json=taken)).status == 201


async def test_definitions_need_their_scope_and_survive_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        made = await define(ghl)
        token = ghl.told["private_integration_token"]
        scopes = {"token": token, "scopes": ["locations/customFields.readonly"]}
        await ghl.call("PUT", "/_sandbox/scopes", json=scopes)
        answer = await call(ghl, "POST", json={"name": "x", "dataType": "TEXT"})
        assert answer.message == "The token is not authorized for this scope."
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert (await call(ghl, "GET", f"/{made['id']}")).body["customField"] == made


@pytest.mark.parametrize("version", [V2, V3])
async def test_custom_values_are_made_changed_and_deleted(ghl, version):
    path = f"/locations/{ghl.location}/customValues"
    body = {"name": "Office Phone", "value": "+12015550123"}
    made = await ghl.call("POST", path, version=version, json=body)
    value = made.body["customValue"]
    assert (made.status, value["value"]) == (201, "+12015550123")
    assert value["fieldKey"] == "{{ custom_values.office_phone }}"
    listed = await ghl.call("GET", path, version=version)
    assert listed.body["customValues"] == [value]
    one = f"{path}/{value['id']}"
    body = {"name": "Office Phone", "value": "none"}
    assert (await ghl.call("PUT", one, json=body)).body["customValue"]["value"] == "none"
    assert (await ghl.call("GET", one)).body["customValue"]["value"] == "none"
    assert (await ghl.call("PUT", one, json={"name": "x"})).status == 422
    assert (await ghl.call("DELETE", one, version=version)).body["succeded"] is True
    for method in ("GET", "DELETE"):
        assert (await ghl.call(method, one, version=version)).status == 400
