"""The agency itself and its snapshots."""

from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, serving


async def call(ghl, method, path, version=V2, **kwargs):
    token = ghl.told["agency_private_integration_token"]
    return await ghl.call(method, path, version=version, token=token, **kwargs)


@pytest.mark.parametrize("version", [V2, V3])
async def test_the_company_is_told_to_its_agency_only(ghl, version):
    path = f"/companies/{ghl.told['company_id']}"
    answer = await call(ghl, "GET", path, version)
    assert (answer.status, answer.body["company"]["id"]) == (200, ghl.told["company_id"])
    assert answer.body["company"]["locationCount"] == 2
    assert (await ghl.call("GET", path, version=version)).message == "Forbidden resource"
    answer = await call(ghl, "GET", "/companies/other", version)
    assert answer.message == "The token does not have access to this company."


@pytest.mark.parametrize("version", [V2, V3])
async def test_snapshots_are_told_to_their_agency_only(ghl, version):
    query = {"companyId": ghl.told["company_id"]}
    answer = await call(ghl, "GET", "/snapshots/", version, params=query)
    assert [each["type"] for each in answer.body["snapshots"]] == ["own", "imported"]
    assert (await ghl.call("GET", "/snapshots/", version=version, params=query)).status == 403
    assert (await call(ghl, "GET", "/snapshots/", version)).status == 422
    other = {"companyId": "other"}
    assert (await call(ghl, "GET", "/snapshots/", version, params=other)).status == 403


async def test_a_snapshot_is_shared_by_a_link(ghl):
    query = {"companyId": ghl.told["company_id"]}
    snapshots = await call(ghl, "GET", "/snapshots/", params=query)
    body = {"snapshot_id": snapshots.body["snapshots"][0]["id"], "share_type": "link"}
    answer = await call(ghl, "POST", "/snapshots/share/link", params=query, json=body)
    assert answer.status == 201
    assert answer.body["shareLink"].endswith(answer.body["id"])
    unknown = body | {"snapshot_id": "unknown"}
    answer = await call(ghl, "POST", "/snapshots/share/link", params=query, json=unknown)
    assert answer.status == 400


async def test_a_snapshot_loaded_into_a_new_location_is_remembered(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        query = {"companyId": ghl.told["company_id"]}
        snapshots = (await call(ghl, "GET", "/snapshots/", params=query)).body["snapshots"]
        body = {**query, "name": "New", "snapshotId": snapshots[0]["id"]}
        made = (await call(ghl, "POST", "/locations/", json=body)).body["id"]
        wrong = await call(ghl, "POST", "/locations/", json=body | {"snapshotId": "unknown"})
        assert wrong.status == 400
        assert len((await call(ghl, "GET", "/locations/search")).body["locations"]) == 3
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        path = f"/snapshots/snapshot-status/{snapshots[0]['id']}"
        last = await call(ghl, "GET", f"{path}/location/{made}", params=query)
        assert last.body["data"]["status"] == "completed"
        assert last.body["data"]["pending"] == []
        span = {"from": "2020-01-01", "to": "2100-01-01", "lastDoc": "", "limit": "5"}
        loads = (await call(ghl, "GET", path, params=query | span)).body["data"]
        assert [each["locationId"] for each in loads] == [made]
        after = span | {"lastDoc": loads[0]["id"]}
        assert (await call(ghl, "GET", path, params=query | after)).body["data"] == []
        never = await call(ghl, "GET", f"{path}/location/{ghl.location}", params=query)
        assert never.status == 400
