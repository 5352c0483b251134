"""A migrated database of a test's own."""

from __future__ import annotations

from tests.conftest import sqlite_template, sqlite_url

__all__ = ["sqlite_template", "sqlite_url"]
