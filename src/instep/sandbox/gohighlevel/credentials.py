"""Tokens of every kind: who holds one, what it may do, and until when."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from instep.catalogue import all_operations
from instep.core.errors import UserError
from instep.sandbox.clock import Clock
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.identifiers import new_private_token
from instep.sandbox.gohighlevel.refusals import unauthorized
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.state import Collection, State

AGENCY = "Company"
LOCATION = "Location"

# what a private integration token cannot hold (facts: ghl 3.2)
_OAUTH_ONLY = ("oauth.readonly", "oauth.write")

_CODE_SECONDS = 600
_PARTS_OF_A_JWT = 3


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody allowed: a level (`Company` or `Location`, then with its id) and scopes."""

    level: str
    location_id: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A token in use. `expires_at` is in milliseconds; None is never."""

    text: str
    kind: str
    grant: Grant
    expires_at: int | None = None

    @property
    def private(self) -> bool:
        """Whether it is a private integration token."""
        return self.kind == "private"

    def reaches(self, location_id: str) -> bool:
        """Whether it may touch this location of its agency."""
        return self.grant.level == AGENCY or self.grant.location_id == location_id


@cache
def scopes_of(level: str) -> tuple[str, ...]:
    """Return every scope that a token of this level can use."""
    other = "location" if level == AGENCY else "agency"
    return tuple(
        sorted(
            {
                scope
                for operation in all_operations()
                for address in operation.views.values()
                if not address.token.startswith(other)
                for scope in address.scopes
            }
        )
    )


def every_scope() -> tuple[str, ...]:
    """Return every scope there is."""
    return tuple(sorted({*scopes_of(AGENCY), *scopes_of(LOCATION)}))


class Credentials:
    """Issues tokens and recognises them. All are kept, so they survive a restart."""

    def __init__(self, state: State, company: Company, clock: Clock, settings: Settings) -> None:
        self._state = state
        self._company = company
        self._clock = clock
        self._settings = settings
        self._tokens = Collection(state, "tokens")
        self.private: dict[str, str] = state.kept("private_tokens", self._make_private_tokens)

    def authenticate(self, header: str | None) -> Token:
        """Return the token of an Authorization header. Raises Refusal, worded per cause."""
        # facts: ghl 3.5
        text = (header or "").removeprefix("Bearer ").strip()
        token = self._load(text)
        if token and token.kind in {"access", "private"} and not self._expired(token):
            return token
        if text.startswith("pit-"):
            raise unauthorized("Invalid Private Integration token")
        if len(text.split(".")) == _PARTS_OF_A_JWT:
            raise unauthorized("Invalid token: access token is invalid")
        raise unauthorized("Invalid JWT")

    def set_scopes(self, text: str, scopes: Sequence[str]) -> None:
        """Change what a private integration token may do; it stays the same token.

        Raises UserError if there is no such token or scope.
        """
        # facts: ghl 3.2
        token = self._load(text)
        unknown = sorted(set(scopes) - set(every_scope()))
        if token is None or not token.private or unknown:
            what = f"scope {unknown[0]!r}" if unknown else "private integration token of this text"
            raise UserError(f"There is no {what}.")
        self._store(replace(token, grant=replace(token.grant, scopes=tuple(scopes))))

    def issue_code(self, grant: Grant) -> str:
        """Return a new authorisation code for this grant, good for one exchange."""
        code = secrets.token_hex(20)
        self._store(Token(code, "code", grant, self._in(_CODE_SECONDS)))
        return code

    def redeem_code(self, code: str) -> Grant | None:
        """Return what a code stands for, once; None if it is unknown, used or too old."""
        token = self._load(code)
        if token is None or token.kind != "code":
            return None
        self._tokens.delete(code)
        return None if self._expired(token) else token.grant

    def issue_pair(self, grant: Grant) -> tuple[Token, Token]:
        """Return a new access token and a new refresh token."""
        access = Token(
            self._jwt(grant), "access", grant, self._in(self._settings.access_token_seconds)
        )
        refresh = Token(
            self._jwt(grant), "refresh", grant, self._in(self._settings.refresh_token_seconds)
        )
        with self._state.transaction():
            self._store(access)
            self._store(refresh)
        return access, refresh

    def redeem_refresh(self, text: str) -> tuple[Token, Token] | None:
        """Return the pair that follows a refresh token; None if it is no good (any more).

        It is good once. For a short while after, it answers with the same pair again.
        """
        # facts: ghl 3.1
        with self._state.transaction():
            token = self._load(text)
            if token is None or token.kind != "refresh" or self._expired(token):
                return None
            used = self._tokens.get(f"used {text}")
            if used is None:
                pair = self.issue_pair(token.grant)
                note = {"pair": [each.text for each in pair], "at": self._clock.milliseconds()}
                self._tokens.put(f"used {text}", note)
                return pair
            grace = self._settings.refresh_grace_seconds * 1000
            if self._clock.milliseconds() > used["at"] + grace:
                return None
            access, refresh = (self._load(each) for each in used["pair"])
            return (access, refresh) if access and refresh else None

    def revoke(self, header: str | None) -> None:
        """Revoke the access or private integration token of an Authorization header, if it is one.

        What refreshes an access token stays good.
        """
        text = (header or "").removeprefix("Bearer ").strip()
        token = self._load(text)
        if token and token.kind in {"access", "private"}:
            self._tokens.delete(text)

    def revoke_oauth(self, grant: Grant) -> None:
        """Revoke all that OAuth gave out for a location; for the agency, all that it gave out."""
        self._state.execute(
            "DELETE FROM tokens WHERE json_extract(body, '$.kind') IN ('access', 'refresh', 'code') "
            "AND (?1 IS NULL OR json_extract(body, '$.grant.location_id') = ?1)",
            (grant.location_id,),
        )

    def renew_private(self, level: str) -> str:
        """Put a new private integration token in place of a level's present one; return it."""
        # facts: ghl 3.2 (scopes stay as they are)
        with self._state.transaction():
            old = self._load(self.private[level])
            made = new_private_token()
            grant = old.grant if old else self._private_grant(level)
            self._tokens.delete(self.private[level])
            self._store(Token(made, "private", grant))
            self.private = {**self.private, level: made}
            self._state.keep("private_tokens", self.private)
        return made

    def _private_grant(self, level: str) -> Grant:
        place = self._company.location_id if level == LOCATION else None
        return Grant(level, place, _private(level))

    def _make_private_tokens(self) -> dict[str, str]:
        grants = {level: self._private_grant(level) for level in (LOCATION, AGENCY)}
        made = {level: new_private_token() for level in grants}
        for level, text in made.items():
            self._store(Token(text, "private", grants[level]))
        return made

    def _expired(self, token: Token) -> bool:
        return token.expires_at is not None and token.expires_at <= self._clock.milliseconds()

    def _in(self, seconds: int) -> int:
        return self._clock.milliseconds() + seconds * 1000

    def _jwt(self, grant: Grant) -> str:
        """Return a text in the form of the real tokens; it is known by being stored."""
        claims = {
            "authClass": grant.level,
            "authClassId": grant.location_id or self._company.id,
            "source": "INTEGRATION",
            "sourceId": self._company.client_id,
            "iat": self._clock.milliseconds() // 1000,
        }
        parts = [{"alg": "RS256", "typ": "JWT"}, claims]
        head = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        return f"{head}.{_base64(secrets.token_bytes(48))}"

    def _store(self, token: Token) -> None:
        document = asdict(token)
        document.pop("text")
        self._tokens.put(token.text, document)

    def _load(self, text: str) -> Token | None:
        kept: dict[str, Any] | None = self._tokens.get(text)
        if kept is None or "kind" not in kept:
            return None
        grant = kept["grant"]
        scopes = tuple(grant["scopes"])
        return Token(
            text,
            kept["kind"],
            Grant(grant["level"], grant["location_id"], scopes),
            kept["expires_at"],
        )


def _private(level: str) -> tuple[str, ...]:
    return tuple(scope for scope in scopes_of(level) if scope not in _OAUTH_ONLY)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
