from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.sandbox.ghl_caller import V2, V3

BACK = "http://127.0.0.1:9/callback"
DAY = 86_400


def asking(ghl, **changes):
    query = {
        "response_type": "code",
        "client_id": ghl.told["client_id"],
        "redirect_uri": BACK,
        "scope": "contacts.readonly contacts.write oauth.write oauth.readonly",
        **changes,
    }
    return urlencode(query)


async def authorise(ghl, account=None, **changes):
    path = f"/v2/oauth/chooselocation?{asking(ghl, **changes)}"
    data = {"account": account or ghl.location}
    answer = await ghl.call("POST", path, data=data, allow_redirects=False)
    assert answer.status == 302, answer
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BACK
    return {name: values[0] for name, values in parse_qs(target.query).items()}


async def exchange(ghl, **changes):
    data = {"client_id": ghl.told["client_id"], "client_secret": ghl.told["client_secret"]}
    return await ghl.call("POST", "/oauth/token", version=None, data=data | changes)


async def exchange_v3(ghl, *, form=False, **changes):
    body = {"clientId": ghl.told["client_id"], "clientSecret": ghl.told["client_secret"], **changes}
    return await ghl.call(
        "POST", "/oauth/token", version=V3, **({"data": body} if form else {"json": body})
    )


async def tokens(ghl, account=None):
    code = (await authorise(ghl, account))["code"]
    answer = await exchange(ghl, grant_type="authorization_code", code=code)
    assert answer.status == 200, answer
    return answer.body


async def refresh(ghl, token):
    return await exchange(ghl, grant_type="refresh_token", refresh_token=token)


@pytest.mark.parametrize("path", ["/oauth/chooselocation", "/v2/oauth/chooselocation"])
async def test_the_page_offers_the_locations_and_the_agency(ghl, path):
    answer = await ghl.call("GET", f"{path}?{asking(ghl)}")
    assert answer.status == 200
    for shown in (*ghl.told["location_ids"], ghl.told["company_id"], "Allow", "contacts.write"):
        assert shown in answer.body


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"client_id": "<b>x</b>"}, "no app with this client_id"),
        ({"redirect_uri": "https://evil.example/"}, "does not list this redirect_uri"),
        ({"redirect_uri": "http://127.0.0.1.evil.example/"}, "does not list this redirect_uri"),
        ({"scope": "contacts.readonly <b>"}, "cannot ask for the scope &lt;b&gt;"),
        ({"scope": ""}, "cannot ask for the scope (none)"),
        ({"response_type": "token"}, "response_type must be code"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_page_refuses_what_cannot_be_allowed(ghl, method, changes, sentence):
    answer = await ghl.call(method, f"/oauth/chooselocation?{asking(ghl, **changes)}")
    assert answer.status == 400
    assert sentence in answer.body
    assert "<b>" not in answer.body


async def test_a_listed_address_elsewhere_may_be_sent_back_to(ghl):
    ghl.app.settings.redirect_uris = ("https://app.example/done?x=1",)
    query = asking(ghl, redirect_uri="https://app.example/done?x=1", state="s/1")
    path, data = f"/oauth/chooselocation?{query}", {"account": ghl.location}
    answer = await ghl.call("POST", path, data=data, allow_redirects=False)
    target = answer.headers["Location"]
    assert target.startswith("https://app.example/done?x=1&code=")
    assert target.endswith("&state=s%2F1")


async def test_somebody_must_choose_a_place_that_is_there(ghl):
    path = f"/oauth/chooselocation?{asking(ghl)}"
    assert (await ghl.call("POST", path, data={"account": "elsewhere"})).status == 400


async def test_a_code_becomes_tokens_for_its_location(ghl):
    body = await tokens(ghl)
    assert body["token_type"] == "Bearer"
    assert 86_390 < body["expires_in"] <= 86_399
    assert body["scope"].split()[0] == "contacts.readonly"
    assert (body["userType"], body["locationId"]) == ("Location", ghl.location)
    assert body["companyId"] == ghl.told["company_id"]
    assert len(body["access_token"].split(".")) == 3
    answer = await ghl.call(
        "POST",
        "/contacts/search",
        token=body["access_token"],
        json={"locationId": ghl.location, "pageLimit": 1},
    )
    assert answer.status == 200


async def test_a_code_is_good_once(ghl):
    code = (await authorise(ghl))["code"]
    assert (await exchange(ghl, grant_type="authorization_code", code=code)).status == 200
    again = await exchange(ghl, grant_type="authorization_code", code=code)
    assert again.status == 400
    assert again.body["error"] == "invalid_grant"


async def test_a_code_left_lying_is_no_good(ghl):
    code = (await authorise(ghl))["code"]
    ghl.app.faults.switch_on("clock_skew=601")
    assert (await exchange(ghl, grant_type="authorization_code", code=code)).status == 400


async def test_an_expired_token_is_refused_and_refreshed(ghl):
    body = await tokens(ghl)
    ghl.app.faults.switch_on(f"clock_skew={DAY}")
    answer = await ghl.call("GET", "/contacts/x", token=body["access_token"])
    assert (answer.status, answer.message) == (401, "Invalid token: access token is invalid")
    fresh = (await refresh(ghl, body["refresh_token"])).body
    assert fresh["access_token"] != body["access_token"]
    assert fresh["refresh_token"] != body["refresh_token"]
    answer = await ghl.call("GET", "/contacts/x", token=fresh["access_token"])
    assert answer.message == "Contact with id x not found"


async def test_a_refresh_token_is_good_once_and_for_a_short_grace(ghl):
    old = (await tokens(ghl))["refresh_token"]
    first = (await refresh(ghl, old)).body
    again = (await refresh(ghl, old)).body
    assert again["access_token"] == first["access_token"]
    assert again["refresh_token"] == first["refresh_token"]
    ghl.app.faults.switch_on("clock_skew=31")
    late = await refresh(ghl, old)
    assert late.status == 400
    assert {k: v for k, v in late.body.items() if k != "traceId"} == {
        "error": "invalid_grant",
        "error_description": "This refresh token is invalid",
    }
    assert (await refresh(ghl, first["refresh_token"])).status == 200


async def test_an_unused_refresh_token_lives_for_a_year(ghl):
    old = (await tokens(ghl))["refresh_token"]
    ghl.app.faults.switch_on(f"clock_skew={366 * DAY}")
    assert (await refresh(ghl, old)).status == 400
    ghl.app.faults.switch_on(f"clock_skew={364 * DAY}")
    assert (await refresh(ghl, old)).status == 200


async def test_the_life_of_a_token_can_be_shortened(ghl):
    ghl.app.settings.access_token_seconds = 0
    body = await tokens(ghl)
    assert (await ghl.call("GET", "/contacts/x", token=body["access_token"])).status == 401


async def test_a_refresh_token_opens_nothing(ghl):
    body = await tokens(ghl)
    assert (await ghl.call("GET", "/contacts/x", token=body["refresh_token"])).status == 401


@pytest.mark.parametrize("form", [False, True])
async def test_v3_speaks_camel_case_in_json_and_in_forms(ghl, form):
    code = (await authorise(ghl))["code"]
    answer = await exchange_v3(ghl, form=form, grantType="authorization_code", code=code)
    assert answer.status == 200, answer
    body = answer.body
    assert {"accessToken", "refreshToken", "expiresIn", "tokenType"} <= set(body)
    assert not [name for name in body if "_" in name]
    fresh = await exchange_v3(
        ghl, form=form, grantType="refresh_token", refreshToken=body["refreshToken"]
    )
    assert fresh.body["accessToken"] != body["accessToken"]


@pytest.mark.parametrize(
    ("changes", "status", "fault"),
    [
        ({"grant_type": "password"}, 422, "grant_type has an invalid value"),
        ({"grant_type": ""}, 422, "grant_type should not be empty"),
        ({"grant_type": "refresh_token"}, 422, "refresh_token should not be empty"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
    ],
)
async def test_a_wrong_exchange_is_refused(ghl, changes, status, fault):
    answer = await exchange(ghl, **changes)
    assert answer.status == status
    assert fault in str(answer.body)
    assert ghl.told["client_secret"] not in str(answer.body)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clientId": ""}, "Missing parameter: clientId"),
        ({"clientSecret": "wrong"}, "Invalid parameter: clientSecret"),
        ({"grantType": "password"}, "Invalid parameter: grantType"),
        (
            {"grantType": "refresh_token", "refreshToken": "x"},
            "Invalid grant: refresh token is invalid",
        ),
    ],
)
async def test_v3_words_its_refusals_otherwise(ghl, changes, message):
    answer = await exchange_v3(ghl, **changes)
    assert (answer.status, answer.message) == (400, message)


@pytest.mark.parametrize(
    ("version", "path", "name", "refreshes"),
    [
        (V2, "/oauth/locationToken", "access_token", False),
        (V3, "/oauth/location-token", "accessToken", True),
    ],
)
async def test_an_agency_gets_a_locations_token(ghl, version, path, name, refreshes):
    agency = await tokens(ghl, ghl.told["company_id"])
    assert agency["userType"] == "Company"
    assert agency["approvedLocations"] == ghl.told["location_ids"]
    assert "locationId" not in agency
    data = {"companyId": ghl.told["company_id"], "locationId": ghl.other_location}
    answer = await ghl.call("POST", path, version=version, token=agency["access_token"], data=data)
    assert answer.status == 200, answer
    assert answer.body["locationId"] == ghl.other_location
    assert ("refreshToken" in answer.body) is refreshes
    location = await ghl.call(
        "GET", f"/contacts/?locationId={ghl.other_location}", token=answer.body[name]
    )
    assert location.status == 200
    elsewhere = await ghl.call(
        "GET", f"/contacts/?locationId={ghl.location}", token=answer.body[name]
    )
    assert elsewhere.status == 403


async def test_a_location_token_is_for_agencies_with_oauth_only(ghl):
    data = {"companyId": ghl.told["company_id"], "locationId": ghl.location}
    location = (await tokens(ghl))["access_token"]
    answer = await ghl.call("POST", "/oauth/locationToken", token=location, data=data)
    assert (answer.status, answer.message) == (403, "Forbidden resource")
    private = ghl.told["agency_private_integration_token"]
    answer = await ghl.call("POST", "/oauth/locationToken", token=private, data=data)
    assert answer.status == 401
    assert answer.message.startswith("This authClass type is not allowed")


async def test_keys_of_the_other_view_are_refused(ghl):
    agency = (await tokens(ghl, ghl.told["company_id"]))["access_token"]
    data = {"company_id": ghl.told["company_id"], "location_id": ghl.location}
    answer = await ghl.call("POST", "/oauth/location-token", version=V3, token=agency, data=data)
    assert answer.status == 422


async def test_an_agency_lists_where_the_app_is_installed(ghl):
    agency = (await tokens(ghl, ghl.told["company_id"]))["access_token"]
    app_id = ghl.told["client_id"].partition("-")[0]
    query = {"companyId": ghl.told["company_id"], "appId": app_id, "limit": "1", "skip": "1"}
    answer = await ghl.call("GET", "/oauth/installedLocations", token=agency, params=query)
    assert answer.body["count"] == 2
    assert [each["_id"] for each in answer.body["locations"]] == [ghl.other_location]


async def test_v3_pages_by_token_and_wraps_its_errors(ghl):
    agency = (await tokens(ghl, ghl.told["company_id"]))["access_token"]
    app_id = ghl.told["client_id"].partition("-")[0]

    async def page(**more):
        query = {"companyId": ghl.told["company_id"], "appId": app_id, "pageSize": "1", **more}
        path = "/oauth/installed-locations"
        return await ghl.call("GET", path, version=V3, token=agency, params=query)

    first = (await page()).body
    pagination = first["pagination"]
    assert (pagination["hasNextPage"], pagination["hasPrevPage"]) == (True, False)
    second = (await page(pageToken=pagination["nextPageToken"])).body
    assert second["pagination"]["hasNextPage"] is False
    back = (await page(pageToken=second["pagination"]["prevPageToken"])).body
    assert back["items"] == first["items"] != second["items"]
    for more, code, status in (
        ({"appId": "x"}, "RESOURCE_NOT_FOUND", 404),
        ({"pageSize": "101"}, "INVALID_ARGUMENT", 400),
        ({"pageToken": "x"}, "INVALID_ARGUMENT", 400),
    ):
        answer = await page(**more)
        assert (answer.status, answer.body["error"]["code"]) == (status, code)
