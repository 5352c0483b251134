"""A local Insightly to develop and test against. It proves our code, not the vendor."""

from __future__ import annotations

from instep.connectors.insightly.emulator.app import InsightlyApp

build = InsightlyApp

__all__ = ["InsightlyApp", "build"]
