from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from instep import connectors
from instep.connectors import discover, emulators
from instep.core.errors import UserError
from instep.sandbox import SandboxApp


@pytest.fixture
def outside(monkeypatch, tmp_path):
    """Install a package from outside that holds a connector."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name, text):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text)
        entry = EntryPoint(name, f"{name}:connector", connectors.GROUP)
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry])

    before = set(sys.modules)
    yield install
    for module in set(sys.modules) - before:
        del sys.modules[module]


def test_the_built_in_connectors_are_found_by_name():
    found = discover()

    assert {"gohighlevel", "insightly", "memory"} <= set(found)
    assert all(connector.name == name for name, connector in found.items())


def test_emulators_are_apps_of_the_sandbox_called_like_their_connector(tmp_path):
    found = emulators()

    assert "insightly" in found
    for name, build in found.items():
        app = build(tmp_path, pace=10, country="AU", seed=1)
        assert isinstance(app, SandboxApp)
        assert app.name == name
        assert app.describe("http://127.0.0.1:1")["url"]
        app.close()


def test_a_connector_from_outside_is_found_through_its_entry_point(outside):
    outside(
        "acme_for_instep",
        "from dataclasses import replace\n"
        "from instep.connectors.memory import connector as memory\n"
        "connector = replace(memory, name='acme')\n",
    )

    assert discover()["acme"].title == "Memory"
    assert "acme" not in emulators()


def test_a_package_that_does_not_load_is_named(outside):
    outside("acme_broken", "raise RuntimeError('no licence')\n")

    with pytest.raises(UserError, match="acme_broken does not load: no licence"):
        discover()


def test_a_package_without_a_connector_is_named(outside):
    outside("acme_empty", "")

    with pytest.raises(UserError, match="acme_empty does not expose 'connector'"):
        discover()


def test_a_name_that_is_taken_is_refused(outside):
    outside("acme_twin", "from instep.connectors.memory import connector\n")

    with pytest.raises(UserError, match="acme_twin brings a second connector called memory"):
        discover()


@pytest.mark.parametrize("connector", discover().values(), ids=lambda connector: connector.name)
def test_fields_and_settings_are_declared_once(connector):
    for resource in connector.resources:
        names = [field.name for field in resource.fields]
        assert len(names) == len(set(names))
    settings = [setting.name for setting in connector.settings]
    assert len(settings) == len(set(settings))
    assert connector.account_setting is None or connector.account_setting in settings


@pytest.mark.parametrize("connector", discover().values(), ids=lambda connector: connector.name)
def test_the_same_field_has_the_same_type_everywhere(connector):
    everywhere = {
        (resource.canonical, field.name): field.type.canonical
        for other in discover().values()
        for resource in other.resources
        for field in resource.fields
    }
    for resource in connector.resources:
        for field in resource.fields:
            assert everywhere[resource.canonical, field.name] is field.type.canonical
