"""Manifests are taken up while the process runs: new, changed, removed; never a wrong or half one."""

from __future__ import annotations

import os

import pytest
import structlog

from instep import connectors
from instep.connectors.registry import LOOK_SECONDS, Registry
from instep.core.errors import UserError

pytest.importorskip("instep.connectors.custom")  # what is about manifests comes and goes with them

GOOD = """
manifest_version: 1
app: acme
title: Acme
status: partial
config:
  key: {type: secret}
http:
  base_url: https://acme.example
  auth: {type: bearer, secret: key}
  verify: {path: /me}
resources:
  people:
    kind: contact
    list: {path: /people, records: data, paging: {type: none}}
    get: {path: "/people/{id}"}
    fields: {email: {path: mail, type: email}}
"""


class Folder:
    """A directory of manifests, and a clock that moves only when told."""

    def __init__(self, path):
        self.path = path
        self.seconds = 0.0
        self.stamp = 1

    def write(self, text, name="acme.yaml"):
        file = self.path / name
        file.write_text(text)
        self.stamp += 1
        os.utime(file, ns=(self.stamp, self.stamp))

    def looked_at(self, registry, times=2):
        for _ in range(times):
            self.seconds += LOOK_SECONDS
            len(registry)
        return registry


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def registry(folder):
    return Registry(folder.path, lambda: folder.seconds)


def test_it_is_what_is_discovered(folder):
    folder.write(GOOD)
    registry = Registry(folder.path, lambda: 0)
    assert {name: each.title for name, each in registry.items()} == {
        name: each.title for name, each in connectors.discover(folder.path).items()
    }


def test_a_new_a_changed_and_a_removed_manifest_are_noticed(folder, registry):
    assert "acme" not in registry
    folder.write(GOOD)
    assert folder.looked_at(registry)["acme"].title == "Acme"
    folder.write(GOOD.replace("title: Acme", "title: Acme Ltd"))
    assert folder.looked_at(registry)["acme"].title == "Acme Ltd"
    (folder.path / "acme.yaml").unlink()
    assert "acme" not in folder.looked_at(registry)


def test_what_did_not_change_stays_the_very_same(folder, registry):
    folder.write(GOOD)
    folder.write(GOOD.replace("app: acme", "app: other"), "other.yaml")
    before = dict(folder.looked_at(registry))
    folder.write(GOOD.replace("title: Acme", "title: Acme Ltd"))
    after = dict(folder.looked_at(registry))
    assert {name for name in after if after[name] is not before[name]} == {"acme"}


def test_one_that_is_being_written_is_waited_for(folder, registry):
    folder.write(GOOD[: len(GOOD) // 2])
    assert "acme" not in folder.looked_at(registry, times=1)
    folder.write(GOOD)
    assert "acme" not in folder.looked_at(registry, times=1)
    assert "acme" in folder.looked_at(registry, times=1)


def test_it_is_not_looked_at_more_often_than_every_two_seconds(folder, registry):
    folder.write(GOOD)
    for _ in range(100):
        assert "acme" not in registry


def test_a_wrong_one_does_not_take_the_place_of_a_good_one(folder, registry):
    folder.write(GOOD)
    good = folder.looked_at(registry)["acme"]
    folder.write(GOOD.replace("title: Acme", "titel: Acme"))
    with structlog.testing.capture_logs() as logs:
        assert folder.looked_at(registry)["acme"] is good
        folder.looked_at(registry)
    [told] = [each for each in logs if each["log_level"] == "warning"]
    assert "did you mean title?" in told["why"]
    folder.write(GOOD.replace("title: Acme", "title: Right again"))
    assert folder.looked_at(registry)["acme"].title == "Right again"


def test_a_second_one_of_a_name_is_refused_at_the_start_and_not_taken_up_later(folder, registry):
    folder.write(GOOD)
    folder.looked_at(registry)
    folder.write(GOOD.replace("title: Acme", "title: Twin"), "twin.yaml")
    with structlog.testing.capture_logs() as logs:
        assert folder.looked_at(registry)["acme"].title == "Acme"
    assert "a second app called acme" in logs[0]["why"]
    with pytest.raises(UserError, match="a second app called acme"):
        Registry(folder.path, lambda: 0)
    (folder.path / "acme.yaml").unlink()
    assert folder.looked_at(registry)["acme"].title == "Twin"


def test_a_folder_that_is_not_there_has_no_manifests(tmp_path):
    seconds = [0.0]
    registry = Registry(tmp_path / "later", lambda: seconds[0])
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "acme.yaml").write_text(GOOD)
    for _ in range(2):
        seconds[0] += LOOK_SECONDS
        len(registry)
    assert "acme" in registry
