"""What holds of every template: an app that a person completes before anything can reach it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from instep.connectors import discover
from instep.connectors.custom import loading
from instep.core.errors import UserError
from instep.engine.typed import Typed, check
from instep.sdk.connector import Connector


class OfTemplate:
    """`folder` is the connector's; `called` how the app is called in sentences."""

    folder: ClassVar[Path]
    called: ClassVar[str]

    @property
    def name(self):
        return self.folder.name

    @property
    def completed(self):
        return self.folder / "tests" / "completed.yaml"

    @pytest.fixture
    def template(self):
        return loading.load(self.folder / "manifest.yaml")

    def test_nothing_of_the_vendors_is_made_up(self, template):
        assert isinstance(template, loading.Template)
        places = {each.place for each in template.blanks}
        assert places >= {"http.auth", "http.verify", "http.limits"}
        for name in template.resources:
            assert f"resources.{name}.list.path" in places
            assert f"resources.{name}.get.path" in places
        assert all(each.why for each in template.blanks)

    def test_it_is_found_and_refuses_to_be_connected_with_the_list_of_what_is_missing(self):
        connector = discover()[self.name]

        assert connector.status == "template"
        with pytest.raises(UserError, match=f"{self.called} .* not described completely") as caught:
            check(Typed(self.name, "mine"), {self.name: connector}, lambda _host: True)
        assert "manifest.yaml line" in str(caught.value)
        assert "http.auth: fill this in" in str(caught.value)

    def test_nothing_can_be_sent_by_it(self):
        connector = discover()[self.name]
        assert isinstance(connector, Connector)
        with pytest.raises(UserError, match="cannot be reached"):
            connector.transport({})
        with pytest.raises(UserError, match="cannot be reached"):
            connector.verify(None)

    def test_a_completed_copy_takes_the_templates_place(self, tmp_path):
        (tmp_path / "mine.yaml").write_text(self.completed.read_text())

        connector = discover(tmp_path)[self.name]

        assert connector.missing == ()
        assert replace(connector, name="x").resources

    def test_the_copy_that_is_tried_has_the_templates_objects_and_fields(self, template):
        completed = loading.complete(self.completed)

        assert template.resources == {
            name: (part.kind, tuple(part.fields)) for name, part in completed.resources.items()
        }
