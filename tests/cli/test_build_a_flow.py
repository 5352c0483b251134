"""How to build a flow, as somebody types it: its commands in their order, from the page."""

from __future__ import annotations

import pytest

from tests.cli.desk import ROOT, at_desk, blocks

PAGE = ROOT / "docs" / "how-to" / "build-a-flow.md"
PORTS = ("8710", "8790")


def test_every_block_of_the_page_says_what_it_is():
    assert len(blocks(PAGE)) == PAGE.read_text().count("```") // 2


@pytest.fixture
def desk(tmp_path, monkeypatch, instep):
    with at_desk(tmp_path, monkeypatch, instep, PORTS) as someone:
        yield someone


def test_the_page_does_what_it_says(desk):
    for block in blocks(PAGE):
        desk.take(block)
