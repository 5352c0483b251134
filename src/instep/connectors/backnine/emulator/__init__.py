"""A local BackNine to develop and test against. It proves our code, not the vendor."""

from __future__ import annotations

from instep.connectors.backnine.emulator.app import BackNineApp

build = BackNineApp

__all__ = ["BackNineApp", "build"]
