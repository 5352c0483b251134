"""A bridge on the command line: secrets shown once, and every report says what is not read back."""

from __future__ import annotations

import pytest

NOT_READ = "cannot be read back"
NOBODY = "http://127.0.0.1:9/hook"  # nothing listens there: what is posted has to wait


@pytest.fixture
def bridged(instep, ghl):
    """GoHighLevel's eight people, a bridge, and a sync of both."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    made = instep("connect", "bridge", "--set", f"outbound_url={NOBODY}", "--json")
    assert made.code == 0, made.err
    said = instep("sync", "create", "people", "--a", "gohighlevel", "--b", "bridge")
    assert said.code == 0, said.err
    assert NOT_READ in said.out
    return made.json["made"]


def test_secrets_are_made_shown_once_and_kept_when_another_is_renewed(instep):
    made = instep("connect", "bridge", "--json").json["made"]
    assert made.keys() == {"inbound_secret", "signing_secret"}
    assert made["signing_secret"].startswith("whsec_")
    listed = instep("connections", "--json")
    assert not any(secret in listed.out for secret in made.values())
    own = "inbound_secret=0123456789abcdef"
    assert instep("connect", "bridge", "--renew", "--set", own, "--json").json["made"] == {}
    again = instep("connect", "bridge", "--renew", "--set", "signing_secret=", "--json").json[
        "made"
    ]
    assert again.keys() == {"signing_secret"}
    assert again["signing_secret"] != made["signing_secret"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("inbound_secret=short", "cannot use the value for inbound_secret. At least 16"),
        ("signing_secret=whsec_x", "cannot use the value for signing_secret. whsec_"),
        ("outbound_url=ftp://x.example", "outbound_url. It begins with https://"),
        ("outbound_url=http://10.0.0.1/hook", "inside a private network"),
    ],
)
def test_what_cannot_be_used_is_refused_and_secrets_are_not_repeated(instep, setting, said):
    refused = instep("connect", "bridge", "--set", setting)
    assert refused.code == 2
    assert said in " ".join(refused.err.split())
    assert "short" not in refused.err


def test_every_report_says_that_nothing_is_read_back(instep, bridged):
    assert NOT_READ in instep("connector", "show", "bridge").out
    assert "contact" in instep("connector", "show", "bridge", "--json").json["write_only"]
    assert NOT_READ in instep("connections").out
    preview = instep("sync", "preview", "people", "--json").json
    assert len(preview["items"]) == 8
    assert NOT_READ in preview["write_only"][0]
    run = instep("sync", "run", "people", "--json")
    assert run.json["created_b"] == 8, run.err
    assert NOT_READ in instep("sync", "status", "people").out
    assert NOT_READ in instep("sync", "show", "people").out
    [posted, *_] = instep("bridge", "posts", "bridge", "--json").json["posts"]
    assert NOT_READ in instep("why", posted["record"].split()[-1]).out


def test_a_sync_that_only_brings_in_says_nothing_of_it(instep, ghl):
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "bridge", "--json").code == 0
    args = ("--a", "bridge", "--b", "gohighlevel", "--direction", "to_b")
    said = instep("sync", "create", "people", *args)
    assert said.code == 0, said.err
    assert NOT_READ not in said.out
