"""OAuth 2.0: tokens for codes, fresh tokens for old ones, location tokens for an agency's."""

from __future__ import annotations

import base64
import json
from typing import Any

from instep.sandbox.gohighlevel.credentials import AGENCY, LOCATION, Grant, Token
from instep.sandbox.gohighlevel.oauth.installing import announce
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import Refusal, bad_request, unprocessable, wrong_location
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.shapes import STRING, Shape, number_text, required, whole_number
from instep.sandbox.gohighlevel.versions import View

# key in the dated versions -> in v3 (facts: ghl 2.3)
_V3_KEYS = {
    "access_token": "accessToken",
    "token_type": "tokenType",
    "expires_in": "expiresIn",
    "refresh_token": "refreshToken",
    "client_id": "clientId",
    "client_secret": "clientSecret",
    "grant_type": "grantType",
}


def token(call: Call) -> JsonObject:
    """Exchange a code, or a refresh token, for a new pair of tokens."""
    # facts: ghl 3.1
    _check_client(call)
    grant_type = _parameter(call, "grant_type")
    if grant_type == "authorization_code":
        grant = call.services.credentials.redeem_code(_parameter(call, "code"))
        if grant is None:
            raise _invalid_grant(call.view, "authorization code")
        pair = call.services.credentials.issue_pair(grant)
        announce(call.services, grant)
    elif grant_type == "refresh_token":
        fresh = call.services.credentials.redeem_refresh(_parameter(call, "refresh_token"))
        if fresh is None:
            raise _invalid_grant(call.view, "refresh token")
        pair = fresh
    else:
        raise _invalid_parameter(call.view, "grant_type")
    return _reply(call, *pair)


def location_token(call: Call) -> JsonObject:
    """Give an agency's token a location's token."""
    # facts: ghl 3.1 (only v3's reply has a refresh token)
    company = call.services.company
    location_id = call.body["locationId"]
    if call.body["companyId"] != company.id or location_id not in company.locations:
        raise wrong_location()
    if not call.services.events.app.is_installed(location_id):
        raise wrong_location()  # not in the facts: how a location without the app is refused
    grant = Grant(LOCATION, location_id, call.bearer.grant.scopes)
    access, refresh = call.services.credentials.issue_pair(grant)
    return _reply(call, access, refresh if call.view is View.V3 else None)


def _reply(call: Call, access: Token, refresh: Token | None) -> JsonObject:
    company, grant = call.services.company, access.grant
    reply: JsonObject = {
        "access_token": access.text,
        "token_type": "Bearer",
        "expires_in": _seconds_left(call.services, access),
        "scope": " ".join(grant.scopes),
        "userType": grant.level,
        "companyId": company.id,
        "userId": company.user_id,
        "isBulkInstallation": grant.level == AGENCY,
    }
    if refresh is not None:
        reply["refresh_token"] = refresh.text
    if grant.level == LOCATION:
        reply["locationId"] = grant.location_id
    else:
        everywhere = {"approveAllLocations": True, "installToFutureLocations": True}
        reply |= {"approvedLocations": list(company.locations), **everywhere}
    if call.view is View.V2:
        return reply
    return {_V3_KEYS.get(name, name): value for name, value in reply.items()}


def _seconds_left(services: Services, access: Token) -> int:
    return ((access.expires_at or 0) - services.clock.milliseconds()) // 1000


def _check_client(call: Call) -> None:
    company = call.services.company
    expected = {"client_id": company.client_id, "client_secret": company.client_secret}
    for name, value in expected.items():
        if _parameter(call, name) != value:
            if call.view is View.V3:
                raise _invalid_parameter(call.view, name)
            description = "Client authentication failed: client credentials are invalid"
            raise Refusal(401, {"error": "invalid_client", "error_description": description})


def _parameter(call: Call, name: str) -> str:
    """Return a parameter under the view's name. Raises Refusal if it is missing."""
    shown = _name(call.view, name)
    value = call.body.get(shown)
    if isinstance(value, str) and value:
        return value
    if call.view is View.V3:
        raise bad_request(f"Missing parameter: {shown}")
    raise unprocessable([f"{shown} should not be empty", f"{shown} must be a string"])


def _name(view: View, name: str) -> str:
    return _V3_KEYS.get(name, name) if view is View.V3 else name


def _invalid_parameter(view: View, name: str) -> Refusal:
    if view is View.V3:
        return bad_request(f"Invalid parameter: {_name(view, name)}")
    return unprocessable([f"{name} has an invalid value"])


def _invalid_grant(view: View, what: str) -> Refusal:
    # facts: ghl 3.1; v3's words are those of the specification's examples
    if view is View.V3:
        return bad_request(f"Invalid grant: {what} is invalid")
    description = f"This {what} is invalid"
    return Refusal(400, {"error": "invalid_grant", "error_description": description})


# Where the app is installed: in every location, until somebody chooses otherwise.


def installed_locations(call: Call) -> JsonObject:
    """Return a page of locations, by `skip` and `limit`; in v3 by `pageSize` and `pageToken`."""
    _check_app(call)
    if call.view is View.V3:
        return _installed_page(call)
    everywhere = _installed(call)
    skip = whole_number(call.query.get("skip")) or 0
    limit = whole_number(call.query.get("limit")) or 20
    return {
        "locations": everywhere[skip : skip + limit],
        "count": len(everywhere),
        "installToFutureLocations": True,
    }


def _installed_page(call: Call) -> JsonObject:
    # facts: ghl 2.3
    everywhere = _installed(call)
    size = _page_size(call)
    start = _page_start(call)
    end = start + size
    pagination: dict[str, Any] = {
        "totalRecords": len(everywhere),
        "hasNextPage": end < len(everywhere),
        "hasPrevPage": start > 0,
        "currentPageSize": len(everywhere[start:end]),
    }
    if end < len(everywhere):
        pagination["nextPageToken"] = _page_token(end)
    if start > 0:
        pagination["prevPageToken"] = _page_token(max(start - size, 0))
    return {
        "items": everywhere[start:end],
        "pagination": pagination,
        "metadata": {"filterApplied": {"companyId": call.query["companyId"]}},
        "installToFutureLocations": True,
    }


def _installed(call: Call) -> list[JsonObject]:
    words = call.query.get("query", "").lower()
    wanted = call.query.get("isInstalled", "true") != "false"
    app = call.services.events.app
    return [
        {"_id": each["id"], "name": each["name"], "address": each["address"], "isInstalled": wanted}
        for each in call.services.company.locations.values()
        if app.is_installed(each["id"]) is wanted
        and words in each["name"].lower()
        and call.query.get("locationId") in {None, each["id"]}
    ]


def _check_app(call: Call) -> None:
    company = call.services.company
    if call.query["companyId"] != company.id:
        raise wrong_location()
    app_id = call.query["appId"]
    if app_id == company.app_id:
        return
    if call.view is View.V2:
        raise bad_request(f"App {app_id} not found")
    raise _aip(404, "RESOURCE_NOT_FOUND", f"The requested App '{app_id}' was not found.")


def _page_size(call: Call) -> int:
    size = whole_number(call.query.get("pageSize", "20"))
    if size is None or not 1 <= size <= 100:  # noqa: PLR2004 - the specification's bounds
        raise _aip(400, "INVALID_ARGUMENT", "pageSize must be between 1 and 100.")
    return size


def _page_token(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"skip": start}).encode()).decode().rstrip("=")


def _page_start(call: Call) -> int:
    token_ = call.query.get("pageToken")
    if token_ is None:
        return 0
    try:
        padded = token_ + "=" * (-len(token_) % 4)
        start = whole_number(json.loads(base64.urlsafe_b64decode(padded))["skip"])
    except (ValueError, KeyError, TypeError):
        start = None
    if start is None or start < 0:
        raise _aip(400, "INVALID_ARGUMENT", "pageToken is not valid.")
    return start


def _aip(status: int, code: str, message: str) -> Refusal:
    """Return a refusal in the envelope v3 uses here."""
    # facts: ghl 2.3
    return Refusal(status, {"error": {"code": code, "message": message}})


_LOCATION_TOKEN = Shape({"companyId": required(STRING), "locationId": required(STRING)})
_ANY = Shape({}, open_=True)
_INSTALLED = Shape(
    {
        "companyId": required(STRING),
        "appId": required(STRING),
        "skip": number_text(0),
        "limit": number_text(1),
    },
    open_=True,
)

OPERATIONS = (
    Operation("oauth.get_token", token, body=_ANY),
    Operation("oauth.get_location_token", location_token, body=_LOCATION_TOKEN),
    Operation("oauth.list_installed_locations", installed_locations, query=_INSTALLED),
)
