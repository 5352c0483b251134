"""The local GoHighLevel. `build` makes one, as emulators of other apps are made."""

from __future__ import annotations

from instep.sandbox.gohighlevel.app import GoHighLevel

build = GoHighLevel

__all__ = ["GoHighLevel", "build"]
