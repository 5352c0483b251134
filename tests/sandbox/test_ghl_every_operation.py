"""What every simulated operation refuses, in every view it is in: facts ghl 2.2 and 3.5."""

from __future__ import annotations

import re

import pytest

from instep import catalogue
from instep.sandbox.gohighlevel.credentials import AGENCY, LOCATION, Grant, every_scope
from instep.sandbox.gohighlevel.products import OPERATIONS

VERSIONS = {"v2": "2021-07-28", "v3": "v3"}
OPEN = "oauth.get_token"
NO_SCOPE = (401, "The token is not authorized for this scope.")
NO_LOCATION = (403, "The token does not have access to this location.")
AGENCY_ONLY = (403, "Forbidden resource")
NO_CLASS = (
    401,
    (
        "This authClass type is not allowed to access this scope. "
        "Please reach out to the Highlevel team to update your IAM configuration."
    ),
)
LOCATIONS = {"locationId", "location_id"}

SIMULATED = [catalogue.get(each.id) for each in OPERATIONS if each.id != OPEN]
ADDRESSES = [
    (operation, view, address)
    for operation in SIMULATED
    for view, address in operation.views.items()
]


class Refusals:
    """Makes calls that are to be refused, and collects those that are not as expected."""

    def __init__(self, ghl):
        self._ghl = ghl
        self._tokens = {}
        self.made = 0
        self.wrong = []

    def token(self, level, scopes):
        """An OAuth token of this level with these scopes."""
        key = (level, frozenset(scopes))
        if key not in self._tokens:
            place = self._ghl.location if level == LOCATION else None
            grant = Grant(level, place, tuple(scopes))
            self._tokens[key] = self._ghl.app.services.credentials.issue_pair(grant)[0].text
        return self._tokens[key]

    def good(self, address):
        """A token that may do everything, of the class that is needed here."""
        level = AGENCY if address.token.startswith("agency") else LOCATION
        return self.token(level, every_scope())

    async def expect(self, expected, each, path=None, **call):
        """Make the call; `path` are its parameters, where they are not just anything."""
        operation, view, address = each
        names = {"type": "add", "resourceType": "rooms", "locationId": self._ghl.location}
        names |= path or {}
        there = re.sub(r"{(\w+)}", lambda found: names.get(found[1], "x"), address.path)
        call = {"version": VERSIONS[view], "token": self.good(address), **call}
        answer = await self._ghl.call(address.method, there, **call)
        self.made += 1
        told = answer.body.get("message") if isinstance(answer.body, dict) else answer.body
        if (answer.status, told) != expected:
            self.wrong.append((operation.id, view, call.get("token"), answer.status, told))


@pytest.fixture
def refusals(ghl):
    return Refusals(ghl)


def test_every_listed_operation_is_simulated():
    simulated = {each.id for each in SIMULATED}
    # finding a contact is made of three others
    missing = {
        each.id for each in catalogue.all_operations() if each.listed and each.id not in simulated
    }
    assert missing == {"contacts.find"}


async def test_every_operation_refuses_a_token_that_lacks_any_of_its_scopes(refusals):
    for each in ADDRESSES:
        address = each[2]
        level = AGENCY if address.token.startswith("agency") else LOCATION
        for scope in address.scopes:
            others = [name for name in every_scope() if name != scope]
            await refusals.expect(NO_SCOPE, each, token=refusals.token(level, others))
    assert refusals.wrong == []
    assert refusals.made > 250
    # of the listed operations, none may be called without a scope
    assert [each[0].id for each in ADDRESSES if each[0].listed and not each[2].scopes] == []


async def test_every_operation_refuses_a_token_of_the_wrong_class(ghl, refusals):
    agency, location = (refusals.token(level, every_scope()) for level in (AGENCY, LOCATION))
    private = ghl.told["agency_private_integration_token"]
    for each in ADDRESSES:
        kind = each[2].token
        if kind.startswith("location"):
            await refusals.expect(NO_CLASS, each, token=agency)
        if kind.startswith("agency"):
            await refusals.expect(AGENCY_ONLY, each, token=location)
        if kind.endswith("_oauth"):
            await refusals.expect(NO_CLASS, each, token=private)
    assert refusals.wrong == []
    assert refusals.made > 40


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("pit-unknown", "Invalid Private Integration token"),
        ("a.b.c", "Invalid token: access token is invalid"),
        ("nonsense", "Invalid JWT"),
    ],
)
async def test_every_operation_refuses_an_unknown_token(refusals, token, message):
    for each in ADDRESSES:
        await refusals.expect((401, message), each, token=token)
    assert refusals.wrong == []


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (None, "version header was not found."),
        ("2020-01-01", "version header is invalid"),
    ],
)
async def test_every_operation_refuses_a_version_that_there_is_not(refusals, version, message):
    for each in ADDRESSES:
        await refusals.expect((401, message), each, version=version)
    assert refusals.wrong == []


async def test_every_operation_that_names_a_location_refuses_one_out_of_reach(ghl, refusals):
    for each in ADDRESSES:
        operation, _, address = each
        places = ["unknown"]
        if not address.token.startswith("agency"):
            places.append(ghl.other_location)
        for place in places:
            for call in naming(operation, address, place):
                await refusals.expect(NO_LOCATION, each, **call)
    assert refusals.wrong == []
    assert refusals.made > 300


async def test_every_operation_whose_query_must_name_a_location_refuses_none(refusals):
    for each in ADDRESSES:
        for name, place, needed in parameters(each[2]):
            if name in LOCATIONS and place == "query" and needed:
                await refusals.expect(NO_LOCATION, each)
    assert refusals.wrong == []
    assert refusals.made > 30


def parameters(address):
    return [(each.name, each.place, each.required) for each in address.parameters]


def naming(operation, address, place):
    """The calls that name this location: in the path, or the query, or the body."""
    for name, where, _ in parameters(address):
        if name in LOCATIONS and where == "path":
            yield {"path": {name: place}}
            return
    for name, where, _ in parameters(address):
        if name in LOCATIONS and where == "query":
            yield {"params": {name: place}}
            return
    if address.body is not None:
        schema = catalogue.resolve(operation.product, address.body.schema)
        for name in LOCATIONS & schema.get("properties", {}).keys():
            yield {"json": {name: place}}
