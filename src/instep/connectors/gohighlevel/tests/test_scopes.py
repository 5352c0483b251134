"""The scopes the connector names are those of the catalogue, for every request it can make."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from instep import catalogue
from instep.connectors.gohighlevel import connector
from instep.connectors.gohighlevel.appointments import Appointments
from instep.connectors.gohighlevel.scopes import SCOPES, scope_of
from instep.core.records import Write
from instep.sdk.request import Request
from instep.sdk.resource import Account

ACCOUNT = Account("ve9EPM428h8vShlRW1KT", "US", {})
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def requests():
    """Every kind of request of every resource."""
    for kind in connector.resources:
        alone = kind(ACCOUNT)
        resource = alone.under("c1") if kind.parent else alone
        yield from (resource.list(), resource.get("x1"))
        yield from filter(None, [resource.find("email", "a"), resource.delete("x1")])
        if not kind.readonly:
            values = {each.name: _value(each) for each in kind.fields}
            yield resource.create(values)
            words = {"tags": ("a",)}
            yield from resource.update("x1", Write(values, words, words), None)
        yield from filter(None, [resource.ask_custom_fields()])
        if kind.parent and kind.parent.listed_together:
            yield alone.list()
    yield Appointments(ACCOUNT).in_calendar("k1", NOW, NOW)


def _value(field):
    if field.choices:
        return field.choices[0][1]
    return "2026-01-05T15:00:00Z" if field.name.endswith("_at") else "1"


def declared(request):
    """Return the scopes the catalogue declares for a request, None where it is no operation.

    Of several addresses that fit, the one with the most fixed words is meant.
    """
    addresses = [
        address
        for operation in catalogue.all_operations()
        if (address := operation.views.get("v2")) and address.method == request.method
    ]
    fitting = [each for each in addresses if _pattern(each).fullmatch(request.path.rstrip("/"))]
    nearest = min(fitting, key=lambda each: each.path.count("{"), default=None)
    return nearest and nearest.scopes


def _pattern(address):
    parts = re.split(r"\{\w+\}", address.path.rstrip("/"))
    return re.compile("[^/]+".join(map(re.escape, parts)))


@pytest.mark.parametrize("request_", [*requests()], ids=lambda each: f"{each.method} {each.path}")
def test_the_scope_of_each_request_is_the_catalogues(request_):
    scopes = declared(request_)

    assert scopes is not None, "no such operation"
    if scopes:
        assert scope_of(request_) in scopes


@pytest.mark.parametrize("request_", [*requests()], ids=lambda each: f"{each.method} {each.path}")
def test_no_request_is_without_a_scope_and_its_resource_declares_it(request_):
    known = {
        scope
        for kind in connector.resources
        for scope in (*kind.read_scopes, *kind.write_scopes, *kind.custom_scopes)
    }

    assert scope_of(request_) in known


def test_every_row_of_the_table_is_used():
    used = {
        row
        for row in SCOPES
        for each in requests()
        if (each.method, scope_of(each)) == (row[0], row[2])
    }

    assert used == set(SCOPES)


def test_an_address_outside_the_table_has_no_scope():
    assert scope_of(Request("GET", "/snapshots/")) is None
