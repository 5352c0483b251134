"""A connection gets other settings on the command line, without its credential."""

from __future__ import annotations

WRONG_USE = 2


def test_settings_change_and_nothing_is_asked(instep, insightly):
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    changed = instep("connect", "insightly", "--renew", "--set", "timezone=Australia/Sydney")
    assert changed.code == 0, changed.err
    country = instep("connect", "insightly", "--renew", "--country", "AU", "--json")
    assert country.json["country"] == "AU"
    assert "working" in instep("connections").out


def test_another_address_wants_the_credential_again(instep, insightly):
    assert instep("connect", "insightly", *insightly).code == 0
    said = instep("connect", "insightly", "--renew", "--set", "base_url=http://127.0.0.1:9/")
    assert said.code == WRONG_USE
    assert "give the credential again" in said.err


def test_the_scopes_that_syncs_need_are_told(instep, ghl, insightly):
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    assert instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly").code == 0
    told = {each["name"]: each["scopes"] for each in instep("connections", "--json").json}
    # a private integration token does not tell what it may do
    assert (told["gohighlevel"]["granted"], told["gohighlevel"]["missing"]) == (None, {})
    assert told["insightly"]["needed"] == {}
