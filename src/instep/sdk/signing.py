"""Turn a credential into request headers, and keep it out of every sentence."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping

from instep.core.errors import ConnectionBroken, InstepError
from instep.sdk.auth import Auth, Basic, Bearer, Credential, Header, NoProof, OAuth2

_SHORTEST = 8
"""Shorter secrets are ordinary words too; hiding those would only garble sentences."""


def sign(auth: Auth, credential: Credential) -> dict[str, str]:
    """Return the headers that prove who is calling.

    Raises ConnectionBroken, naming the secret, when it is missing or cannot stand in a header.
    """
    match auth:
        case Bearer():
            return {"Authorization": f"Bearer {_secret(credential, auth.secret)}"}
        case OAuth2():
            return {"Authorization": f"Bearer {_secret(credential, 'access_token')}"}
        case Header():
            return {auth.name: f"{auth.prefix}{_secret(credential, auth.secret)}"}
        case Basic():
            password = _secret(credential, auth.password) if auth.password else ""
            pair = f"{_secret(credential, auth.username)}:{password}"
            return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        case NoProof():
            return {}


def _secret(credential: Credential, name: str) -> str:
    secret = credential.secrets.get(name, "")
    if not secret:
        raise ConnectionBroken(f"The credential has no {name}: connect again.")
    if not (secret.isascii() and secret.isprintable()):
        raise ConnectionBroken(
            f"The credential's {name} has characters that no header can carry: it was not copied "
            "whole. Connect again."
        )
    return secret


def hide(error: InstepError, secrets: Iterable[str]) -> InstepError:
    """Blot out secrets that an app repeated in its answer. Returns the same error."""
    text = str(error)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, "•••")
    error.args = (text, *error.args[1:])
    return error


def sayable(credential: Credential, headers: Mapping[str, str]) -> set[str]:
    """Return every form in which an app could repeat the credential: as it is, and as sent."""
    sent = {part for value in headers.values() for part in (value, value.rpartition(" ")[2])}
    return sent | set(credential.secrets.values())
