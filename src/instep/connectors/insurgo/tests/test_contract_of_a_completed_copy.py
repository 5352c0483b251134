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


class TestTasks(on_manifest.OfContact):
    file = FILE
    canonical = "task"
    page_size = 20
    tells_changes = False
    clearable = "due_at"


class TestNotes(on_manifest.OfContact):
    file = FILE
    canonical = "note"
    page_size = 20
    tells_changes = can_delete = False
    test_an_update_can_empty_a_field = None
    test_an_update_touches_only_what_it_names = None
    test_an_unknown_id_is_gone = None
