from __future__ import annotations

from pathlib import Path

import pytest

on_template = pytest.importorskip("instep.connectors.custom.tests.on_template")


class TestBrokerEngine(on_template.OfTemplate):
    folder = Path(__file__).parents[1]
    called = "BrokerEngine"
