from __future__ import annotations

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
