"""The template, completed with invented paths, on the emulator: proves our code, not the vendor."""

from __future__ import annotations

from pathlib import Path

import pytest

on_manifest = pytest.importorskip("instep.connectors.custom.tests.on_manifest")
FILE = Path(__file__).with_name("completed.yaml")


class TestContacts(on_manifest.OnManifest):
    file = FILE
    page_size = 20
    can_find = tells_changes = can_delete = False
    clearable = "phone"

    def sample(self, number):
        return {**super().sample(number), "status": "lead"}


class TestTasks(on_manifest.OfContact):
    file = FILE
    canonical = "task"
    page_size = 20
    tells_changes = can_delete = False
    clearable = "due_at"


class TestAppointments(on_manifest.OfContact):
    file = FILE
    canonical = "appointment"
    page_size = 20
    tells_changes = can_delete = False
    clearable = "ends_at"

    def sample(self, number):
        return {
            "title": f"Review {number}",
            "starts_at": f"2026-03-{number % 28 + 1:02}T15:00:00Z",
            "ends_at": f"2026-03-{number % 28 + 1:02}T16:00:00Z",
        }
