"""The tables as the first migration makes them. They stay as they are: changes are new migrations."""

from __future__ import annotations
