from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from instep.connectors import discover
from instep.core.errors import UserError
from instep.engine.typed import Typed, check
from instep.sdk.connector import Connector

custom = pytest.importorskip("instep.connectors.custom.loading")
HERE = Path(__file__).parent


@pytest.fixture
def template():
    return custom.load(HERE.parent / "manifest.yaml")


def test_nothing_of_the_vendors_is_made_up(template):
    assert isinstance(template, custom.Template)
    assert {each.place for each in template.blanks} >= {"http.auth", "http.verify", "http.limits"}
    for name in template.resources:
        paths = [
            each.place for each in template.blanks if each.place.startswith(f"resources.{name}.")
        ]
        assert f"resources.{name}.list.path" in paths
        assert f"resources.{name}.get.path" in paths
    assert all(each.why for each in template.blanks)


def test_it_is_found_and_refuses_to_be_connected_with_the_list_of_what_is_missing():
    connector = discover()["brokerengine"]

    assert connector.status == "template"
    with pytest.raises(UserError, match="BrokerEngine .* not described completely") as caught:
        check(Typed("brokerengine", "mine"), {"brokerengine": connector}, lambda _host: True)
    assert "manifest.yaml line" in str(caught.value)
    assert "http.auth: fill this in" in str(caught.value)


def test_nothing_can_be_sent_by_it():
    connector = discover()["brokerengine"]
    assert isinstance(connector, Connector)
    with pytest.raises(UserError, match="cannot be reached"):
        connector.transport({})
    with pytest.raises(UserError, match="cannot be reached"):
        connector.verify(None)


def test_a_completed_copy_takes_the_templates_place(tmp_path):
    text = (HERE / "completed.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(text)

    connector = discover(tmp_path)["brokerengine"]

    assert connector.missing == ()
    assert replace(connector, name="x").resources


def test_the_copy_that_is_tried_has_the_templates_objects_and_fields(template):
    completed = custom.complete(HERE / "completed.yaml")

    assert template.resources == {
        name: (part.kind, tuple(part.fields)) for name, part in completed.resources.items()
    }
