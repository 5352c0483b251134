"""A local stand-in for any app that a manifest describes. It proves our code, not the vendor."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from instep.connectors.custom.emulator.app import ManifestApp, serving

EXAMPLE = Path(__file__).with_name("example.yaml")
"""The manifest of an app that nobody has; the sandbox serves it, to have one to look at."""

build = partial(serving, EXAMPLE, name="custom")

__all__ = ["EXAMPLE", "ManifestApp", "build", "serving"]
