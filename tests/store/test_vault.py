"""Secrets at rest."""

from __future__ import annotations

import base64
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from instep.core.errors import ConnectionBroken, UserError
from instep.settings import Settings
from instep.store.vault import Vault, open_vault

KEY, OTHER = b"k" * 32, b"o" * 32


@given(st.text(), st.text())
def test_what_is_sealed_opens_again_in_its_place(text, place):
    vault = Vault(KEY)
    assert vault.open(vault.seal(text, place), place) == text


def test_sealing_twice_looks_different():
    vault = Vault(KEY)
    assert vault.seal("secret", "row") != vault.seal("secret", "row")


def test_a_seal_does_not_open_in_another_row():
    vault = Vault(KEY)
    with pytest.raises(ConnectionBroken, match="changed or moved"):
        vault.open(vault.seal("sentinel-secret", "row 1"), "row 2")


def test_another_key_does_not_open_and_the_message_holds_no_secret():
    sealed = Vault(KEY).seal("sentinel-secret", "row")
    with pytest.raises(ConnectionBroken, match="sealed with another key") as caught:
        Vault(OTHER).open(sealed, "row")
    assert "sentinel" not in str(caught.value)


@given(part=st.integers(1, 2), at=st.integers(0, 11), flip=st.integers(1, 255))
def test_one_changed_byte_is_noticed(part, at, flip):
    parts = Vault(KEY).seal("sentinel-secret", "row").split(".")
    raw = bytearray(base64.b64decode(parts[part]))
    raw[at] ^= flip
    parts[part] = base64.b64encode(raw).decode()
    with pytest.raises(ConnectionBroken, match="changed or moved"):
        Vault(KEY).open(".".join(parts), "row")


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "7ea62da1", "7ea62da1..", "ä.ö.ü"])
def test_what_was_never_sealed_does_not_open(text):
    with pytest.raises(ConnectionBroken):
        Vault(KEY).open(text, "row")


def test_an_older_key_still_opens_after_a_newer_one_seals():
    old = Vault(KEY).seal("secret", "row")
    both = Vault(OTHER, KEY)
    assert both.open(old, "row") == "secret"
    assert not both.is_current(old)
    assert both.is_current(both.seal("secret", "row"))


def test_the_first_start_makes_a_key_file_nobody_else_can_read(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    sealed = open_vault(settings).seal("secret", "row")
    assert (tmp_path / "data" / "key").stat().st_mode & 0o777 == 0o600
    assert open_vault(settings).open(sealed, "row") == "secret"


def test_a_key_file_open_to_others_is_refused(tmp_path):
    settings = Settings(data_dir=tmp_path)
    open_vault(settings)
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        open_vault(settings)


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused_without_showing_it(tmp_path, text):
    settings = Settings(data_dir=tmp_path, key=SecretStr(text))
    with pytest.raises(UserError, match="INSTEP_KEY is not base64 of 32 bytes"):
        open_vault(settings)


def test_a_key_in_the_environment_wins_over_the_file(tmp_path):
    key = base64.b64encode(os.urandom(32)).decode()
    vault = open_vault(Settings(data_dir=tmp_path, key=SecretStr(key)))
    assert not (tmp_path / "key").exists()
    assert vault.open(vault.seal("x", "y"), "y") == "x"


def test_a_setting_may_hold_the_old_key_after_the_new_one(tmp_path):
    old, new = (base64.b64encode(key).decode() for key in (KEY, OTHER))
    sealed = Vault(KEY).seal("secret", "row")
    vault = open_vault(Settings(data_dir=tmp_path, key=SecretStr(f"{new} {old}")))
    assert vault.open(sealed, "row") == "secret"
    assert not vault.is_current(sealed)


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    with ThreadPoolExecutor(8) as starters:
        vaults = list(starters.map(lambda _: open_vault(settings), range(8)))
    sealed = vaults[0].seal("secret", "row")
    assert {vault.open(sealed, "row") for vault in vaults} == {"secret"}
    assert [each.name for each in (tmp_path / "data").iterdir()] == ["key"]


def test_a_key_that_another_process_puts_first_is_used_at_once(tmp_path):
    settings = Settings(data_dir=tmp_path)
    here, there = open_vault(settings), open_vault(settings)
    before = here.seal("secret", "row")
    there.file.put_new_first()
    assert there.open(before, "row") == "secret"
    after = there.seal("secret", "row")
    assert here.open(after, "row") == "secret"
    assert here.is_current(here.seal("secret", "row"))
    assert here.key_ids == there.key_ids
    assert len(here.key_ids) == 2
    there.file.keep_newest()
    assert here.is_current(here.seal("secret", "row"))
    with pytest.raises(ConnectionBroken, match="another key"):
        here.open(before, "row")


def test_keys_that_are_made_at_once_are_all_kept(tmp_path):
    vault = open_vault(Settings(data_dir=tmp_path))
    with ThreadPoolExecutor(8) as makers:
        [*makers.map(lambda _: vault.file.put_new_first(), range(8))]
    assert len(vault.key_ids) == 9
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(UserError, match="data/key cannot be used"):
        open_vault(Settings(data_dir=tmp_path / "data"))
