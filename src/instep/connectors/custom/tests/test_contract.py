from __future__ import annotations

import pytest

from instep.connectors.custom.emulator import EXAMPLE
from instep.connectors.custom.tests.on_manifest import HERE, OfContact, OnManifest


class TestOffsetAndHeader(OnManifest):
    file = HERE / "acme.yaml"
    page_size = 50
    has_versions = True

    def sample(self, number):
        return {**super().sample(number), "created_at": "2026-01-05T15:00:00Z"}


class TestCursorAndBearer(OnManifest):
    file = EXAMPLE


class TestTasksListedTogether(OfContact):
    file = EXAMPLE
    canonical = "task"
    has_required = True
    can_archive = True


class TestNotesBelowTheirContact(OfContact):
    file = EXAMPLE
    canonical = "note"
    has_required = True
    tells_changes = False
    changeable = ("body", "Rang back")
    test_an_update_can_empty_a_field = None


class TestLinkAndBasic(OnManifest):
    file = HERE / "gamma.yaml"
    page_size = 40
    unknown_id = "con_9999999"
    changeable = ("city", "Delft")
    clearable = "state"


class TestJobsLinkedByACall(OfContact):
    file = HERE / "gamma.yaml"
    canonical = "task"
    page_size = 30
    unknown_id = "tas_9999999"
    can_delete = False

    def sample(self, number):
        return {"title": f"Call {number}", "body": f"About\n{number}", "value": "12.5"}


class TestFirmsByPageNumber(OnManifest):
    file = HERE / "gamma.yaml"
    canonical = "business"
    page_size = 25
    unknown_id = "bus_9999999"
    can_delete = False
    tells_changes = False
    changeable = ("city", "Delft")

    @pytest.fixture
    def fill(self, app):
        async def fill(count):
            app.shelves["firms"].add_many({"name": f"Firm {number}"} for number in range(count))

        return fill

    def sample(self, number):
        return {"name": f"Acme {number}", "city": "Leiden"}


class TestStaffIsOnlyRead(OnManifest):
    file = HERE / "gamma.yaml"
    canonical = "user"
    unknown_id = "use_9999999"
    can_delete = can_find = can_write = has_pages = tells_changes = False
    only_reads = True

    @pytest.fixture(autouse=True)
    def _somebody(self, app):
        app.shelves["staff"].add_many([{"name": "Bob"}, {"name": "Eve"}])
