"""OAuth 2.0, and the page on which a person allows an app."""

from __future__ import annotations

from instep.sandbox.gohighlevel.oauth import tokens

OPERATIONS = tokens.OPERATIONS

__all__ = ["OPERATIONS"]
