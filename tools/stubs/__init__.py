"""The client's stub, written from the catalogue."""

from __future__ import annotations
