"""Workspaces: whose data it is. One for now; every table already knows its own."""

from __future__ import annotations

DEFAULT_WORKSPACE = "wsp_default"
