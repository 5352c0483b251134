"""Instep keeps GoHighLevel in step with the other apps a business runs on."""

from __future__ import annotations

__version__ = "0.1.0"
