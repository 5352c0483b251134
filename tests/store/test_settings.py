"""What can be set from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from instep.core.errors import UserError
from instep.settings import Settings, files_folder, load_settings, locate_file


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in Settings.model_fields:
        monkeypatch.delenv(f"INSTEP_{name.upper()}", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return monkeypatch


def test_without_any_setting_everything_lives_in_the_home_folder(tmp_path):
    settings = load_settings()
    assert settings.data_dir == tmp_path / ".instep"
    assert settings.database_url == f"sqlite:///{tmp_path}/.instep/instep.db"
    assert (settings.host, settings.port, settings.key) == ("127.0.0.1", 8750, None)


def test_a_desktop_that_names_its_data_folder_is_obeyed(environment, tmp_path):
    environment.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert load_settings().data_dir == tmp_path / "share" / "instep"


def test_the_database_follows_the_data(environment):
    environment.setenv("INSTEP_DATA_DIR", "~/here")
    assert load_settings().database_url == f"sqlite:///{Path.home()}/here/instep.db"


def test_what_a_command_says_wins_over_the_environment(environment):
    environment.setenv("INSTEP_PORT", "1000")
    assert load_settings(port=2000, host=None).port == 2000


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("PORT", "eighty", "INSTEP_PORT cannot be used: .*integer"),
        ("PORT", "70000", "INSTEP_PORT cannot be used: .*65535"),
        ("LOG_LEVEL", "loud", "INSTEP_LOG_LEVEL cannot be used: choose one of debug, info"),
        ("ALLOW_PRIVATE_TARGETS", "maybe", "INSTEP_ALLOW_PRIVATE_TARGETS cannot be used: .*bool"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(environment, name, value, why):
    environment.setenv(f"INSTEP_{name}", value)
    with pytest.raises(UserError, match=why) as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_no_secret_shows_when_settings_are_printed():
    settings = load_settings(
        key="sentinel-secret", database_url="postgresql://anna:sentinel-secret@host/db"
    )
    assert "sentinel" not in f"{settings!r} {settings}"


def test_every_setting_says_what_it_is_for():
    assert all(field.description for field in Settings.model_fields.values())


def test_files_of_connections_lie_in_one_folder(environment, tmp_path):
    environment.setenv("INSTEP_DATA_DIR", str(tmp_path))
    settings = load_settings()
    folder = tmp_path.resolve() / "files"
    assert files_folder(settings) == folder
    assert locate_file(settings, "a/b.csv") == str(folder / "a" / "b.csv")
    assert locate_file(settings, str(folder / "b.csv")) == str(folder / "b.csv")


@pytest.mark.parametrize("name", ["../b.csv", "/etc/passwd", "~/b.csv", ".", "a/../.."])
def test_a_file_elsewhere_is_refused_with_the_folder_and_the_setting(environment, tmp_path, name):
    environment.setenv("INSTEP_FILES", str(tmp_path / "here"))
    with pytest.raises(UserError, match=r"is not in .*here, .*INSTEP_ALLOW_ANY_FILE=true"):
        locate_file(load_settings(), name)


def test_whole_paths_can_be_allowed_and_no_others(environment, tmp_path):
    environment.setenv("INSTEP_ALLOW_ANY_FILE", "true")
    assert locate_file(load_settings(), str(tmp_path / "b.csv")) == str(tmp_path / "b.csv")
    with pytest.raises(UserError, match="is not in"):
        locate_file(load_settings(), "../b.csv")


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(UserError, match="is no name of a file"):
        locate_file(load_settings(), "a\0b")
