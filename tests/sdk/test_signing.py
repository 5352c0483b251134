from __future__ import annotations

from base64 import b64decode

import pytest

from instep.core.errors import ConnectionBroken, Duplicate
from instep.sdk.auth import Basic, Bearer, Credential, Header, NoProof, OAuth2
from instep.sdk.signing import hide, sayable, sign

SECRET = "5e471ne1-secret"
OAUTH = OAuth2("https://a.example/authorize", "https://a.example/token", ("read",))


def credential(**secrets):
    return Credential("any", secrets)


def test_each_kind_is_sent_its_own_way():
    assert sign(Bearer("key"), credential(key=SECRET)) == {"Authorization": f"Bearer {SECRET}"}
    assert sign(OAUTH, credential(access_token=SECRET)) == {"Authorization": f"Bearer {SECRET}"}
    assert sign(Header("X-Key", "key"), credential(key=SECRET)) == {"X-Key": SECRET}
    assert sign(NoProof(), credential()) == {}


@pytest.mark.parametrize(
    ("auth", "pair"),
    [(Basic("key"), f"{SECRET}:"), (Basic("key", "password"), f"{SECRET}:open sesame")],
)
def test_basic_joins_name_and_password(auth, pair):
    signed = sign(auth, credential(key=SECRET, password="open sesame"))
    kind, _, sent = signed["Authorization"].partition(" ")
    assert (kind, b64decode(sent).decode()) == ("Basic", pair)


@pytest.mark.parametrize("auth", [Bearer("key"), Basic("key"), Header("X-Key", "key")])
@pytest.mark.parametrize("secrets", [{}, {"key": ""}])
def test_a_missing_secret_is_named(auth, secrets):
    with pytest.raises(ConnectionBroken, match="has no key: connect again"):
        sign(auth, credential(**secrets))


@pytest.mark.parametrize(
    "wrong", [f"{SECRET}\nX-Evil: 1", f"{SECRET}\r", f"{SECRET}\x00", f"{SECRET}é"]
)
def test_a_secret_that_breaks_a_header_is_refused_and_not_shown(wrong):
    with pytest.raises(ConnectionBroken, match="key has characters") as caught:
        sign(Bearer("key"), credential(key=wrong))
    assert SECRET not in str(caught.value)


def test_every_form_of_a_secret_is_blotted_out():
    owner = credential(key=SECRET)
    headers = sign(Basic("key"), owner)
    encoded = headers["Authorization"].removeprefix("Basic ")
    error = Duplicate(f"No {SECRET}, no Basic {encoded}, no {encoded}.", "id-7", "email")
    hidden = hide(error, sayable(owner, headers))
    assert str(hidden) == "No •••, no •••, no •••."
    assert (hidden.existing_id, hidden.matching_field) == ("id-7", "email")


def test_short_secrets_do_not_garble_a_sentence():
    assert str(hide(ConnectionBroken("The memory app."), ["memory"])) == "The memory app."
