"""The sandbox: local apps that behave like the real ones, and what emulators are built on."""

from __future__ import annotations

from instep.sandbox.app import SandboxApp
from instep.sandbox.people import Person, invent
from instep.sandbox.quota import parse_pace
from instep.sandbox.server import Sandbox

__all__ = ["Person", "Sandbox", "SandboxApp", "invent", "parse_pace"]
