"""BackNine can send an SMS to a person (POST /api/v1/text). No request of the connector may."""

from __future__ import annotations

from pathlib import Path

import pytest

from instep.connectors import backnine
from instep.connectors.backnine import connector, listing
from instep.core.errors import UserError
from instep.core.records import Write
from instep.sdk.request import Reply
from instep.sdk.resource import Account

FOLDER = Path(backnine.__file__).parent


def requests_of(resource):
    """Every request that a resource can be made to describe."""
    page = Reply(200, {}, {"electronic_applications": [{"id": 1}], "meta": {"total": 9, "page": 1}})
    kept = Reply(200, {}, {resource.name: [], "next": "2"})
    for first in (resource.list(), resource.changes("2026-03-04T15:00:00Z")):
        yield first
        request = resource.next(first, kept if first.path.startswith("kept:") else page)
        yield request
    yield resource.get("text")
    for field in resource.fields:
        for value in ("/api/v1/text", "../api/v1/text"):
            found = resource.find(field.name, value)
            if found is not None:
                yield found


@pytest.mark.parametrize("kind", ["contact", "note", "task"])
def test_every_request_reads_and_goes_to_the_list_or_to_what_is_kept(kind):
    resource = connector.resource(kind)(Account("", "US", {}))

    several = [*requests_of(resource), connector.verify(resource.account)]

    assert len(several) > 4
    for request in several:
        assert request.method == "GET"
        assert request.path == listing.PATH or request.path.startswith("kept:/")
    for attempt in (
        lambda: resource.create({"phone": "4155550123"}),
        lambda: resource.update("1", Write(set={"phone": "4155550123"}), None),
    ):
        with pytest.raises(UserError):
            attempt()


def test_no_module_beside_the_emulator_names_the_path():
    modules = list(FOLDER.glob("*.py"))
    assert len(modules) > 5
    assert [path.name for path in modules if "v1/text" in path.read_text()] == []
