"""The built web app: files that come out of `web/`, and this one that says where they are."""

from __future__ import annotations

from pathlib import Path

DIST = Path(__file__).parent / "dist"
"""Where `make ui` and the build of the wheel put the web app. It may not be there."""
