"""Who comes in: by password, by one-time link, by session, by token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

import sqlalchemy as sa

from instep.core.errors import NotSignedIn, TooManyAttempts, UserError
from instep.core.people.credentials import check_password, name_key, normal
from instep.core.people.roles import Actor, Caller, Role
from instep.engine.access.secrets import Passwords, csrf_of, digest_of, new_secret
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.access import api_tokens, failures, links, sessions, users
from instep.store.access.links import LinkKind, OneTimeLink
from instep.store.access.sessions import Whence
from instep.store.access.users import User
from instep.store.audit.acting import Act, acting
from instep.store.database import Database

WRONG = "The name or the password is wrong."
LOCKED = "You are kept out for now. Ask an admin: they lock and unlock people."
SPENT = (
    "This link is not good any more: it works once, and not for long. Ask for another one: "
    "instep user invite NAME, or start instep up again for the first user."
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its secret goes into a cookie, `csrf` into the header of each change."""

    user: User
    session_id: str
    secret: str = field(repr=False)

    @property
    def csrf(self) -> str:
        """What has to come along with the cookie."""
        return csrf_of(self.secret)


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a link leads: what it is for, and whom (None: the first user, who has no name yet)."""

    kind: LinkKind
    name: str | None


class Door:
    """Lets people and programs of one workspace in."""

    def __init__(self, db: Database, clock: Clock, passwords: Passwords, workspace_id: str) -> None:
        self._db = db
        self._clock = clock
        self._passwords = passwords
        self._workspace_id = workspace_id

    async def sign_in(self, name: str, password: str, whence: Whence) -> SignedIn:
        """Begin a session. Raises NotSignedIn, or TooManyAttempts after too many failures.

        Neither its words nor the time it takes tell whether there is such a user.
        """
        user = await self.prove(name, password, whence.address)
        fresh = None
        if user.password is not None and self._passwords.is_old(user.password):
            fresh = await self._passwords.hashed(normal(password))

        def begin(tx: sa.Connection) -> SignedIn:
            now = users.get(tx, self._workspace_id, user.id)
            if now.password != user.password or now.locked_at is not None:
                raise NotSignedIn(WRONG)  # it was changed in this very moment
            if fresh is not None:
                users.rehash(tx, user, fresh)
            return self._begin(tx, user, whence)

        with acting(_act(user, whence, "sign in")):
            return await self._db.run(begin)

    async def prove(self, name: str, password: str, address: str) -> User:
        """Return the user whose name and password these are. Raises as `sign_in` does."""
        now = self._now()
        keys = _keys(name, address)
        wait = await self._db.run(lambda tx: failures.reserve(tx, keys, now))
        if wait:
            at = self._clock.now() + timedelta(milliseconds=wait)
            raise TooManyAttempts("There were too many attempts to sign in. Try again later.", at)
        user = await self._db.run_read(lambda tx: users.by_name(tx, self._workspace_id, name))
        stored = None if user is None else user.password
        if not await self._passwords.is_right(normal(password), stored) or user is None:
            raise NotSignedIn(WRONG)
        await self._db.run(lambda tx: failures.clear(tx, keys))
        if user.locked_at is not None:  # told only to whoever knows the password
            raise NotSignedIn(LOCKED)
        return user

    async def sign_out(self, session_id: str) -> None:
        """End a session."""
        await self._db.run(lambda tx: sessions.end(tx, session_id))

    async def by_session(self, secret: str, address: str) -> Caller | None:
        """Return who a session's secret belongs to; None if it is not good, or not any more."""
        now = self._now()
        digest = digest_of(secret)
        found = await self._db.run_read(lambda tx: sessions.by_digest(tx, digest, now))
        if found is None:
            return None
        if sessions.is_due(found.span.seen_at, now):
            await self._db.run(lambda tx: sessions.touch(tx, found.id, now))
        actor = Actor("user", found.user_id, found.user, address)
        return Caller(actor, found.role, session_id=found.id)

    async def by_token(self, secret: str, address: str) -> Caller | None:
        """Return what a token may do; None if it is not good, or not any more."""
        now = self._now()
        digest = digest_of(secret)
        found = await self._db.run_read(lambda tx: api_tokens.by_digest(tx, digest, now))
        if found is None:
            return None
        token, role = found
        if sessions.is_due(token.seen_at, now):
            await self._db.run(lambda tx: api_tokens.touch(tx, token.id, address, now))
        return Caller(
            Actor("token", token.id, f"token {token.name}", address), role, token.read_only
        )

    async def look(self, secret: str) -> Leads:
        """Say where a link leads without using it. Raises NotSignedIn."""
        now = self._now()

        def read(tx: sa.Connection) -> Leads:
            link = links.look(tx, digest_of(secret), now)
            if link is None:
                raise NotSignedIn(SPENT)
            user = link.user_id and users.get(tx, self._workspace_id, link.user_id)
            return Leads(link.kind, user.name if user else None)

        return await self._db.run_read(read)

    async def enter(
        self, secret: str, whence: Whence, name: str | None = None, password: str | None = None
    ) -> SignedIn:
        """Use a link: become the first user, set the password one was invited to set, or sign in.

        Raises NotSignedIn for a link that is not good, UserError for a name or password that is not;
        then the link stays as it is.
        """
        leads = await self.look(secret)
        known = leads.name or name
        if not known:
            raise UserError(
                "Say by which name you sign in from now on, such as your e-mail address."
            )
        hashed = None
        if leads.kind is not LinkKind.SIGN_IN:
            hashed = await self._passwords.hashed(check_password(password or "", known))
        now = self._now()

        def use(tx: sa.Connection) -> SignedIn:
            link = links.use(tx, digest_of(secret), now)
            if link is None:
                raise NotSignedIn(SPENT)
            return self._begin(tx, self._user_of(tx, link, known, hashed), whence)

        actor = Actor("user", None, known, whence.address)
        with acting(Act(actor, f"use a link for {leads.kind.value.replace('_', ' ')}", known)):
            return await self._db.run(use)

    def _user_of(self, tx: sa.Connection, link: OneTimeLink, name: str, hashed: str | None) -> User:
        now = self._now()
        if link.user_id is None:
            if users.are_there(tx, self._workspace_id):
                raise NotSignedIn(SPENT)
            return users.add(tx, self._workspace_id, name, Role.ADMIN, hashed, now)
        user = users.get(tx, self._workspace_id, link.user_id)
        if user.locked_at is not None:
            raise NotSignedIn(LOCKED)
        if hashed is not None:
            users.set_password(tx, user, hashed, now)
        return user

    def _begin(self, tx: sa.Connection, user: User, whence: Whence) -> SignedIn:
        secret = new_secret("iss")
        at = (whence, self._now())
        made = sessions.begin(tx, self._workspace_id, user, digest_of(secret), at)
        return SignedIn(user, made, secret)

    def _now(self) -> int:
        return to_ms(self._clock.now())


def is_same(secret: str, expected: str) -> bool:
    """Whether two secrets are one, in a time that does not tell how much of them is."""
    return hmac.compare_digest(secret.encode(errors="replace"), expected.encode())


def _act(user: User, whence: Whence, act: str) -> Act:
    return Act(Actor("user", user.id, user.name, whence.address), act, user.name)


def _keys(name: str, address: str) -> Mapping[str, str]:
    """Return under which keys failures are counted: hashed, as names may be typed passwords."""
    user, place = name_key(name), _place(address)
    whole = {"both": f"{user}\n{place}", "user": user, "address": place}
    return {
        kind: hashlib.sha256(f"{kind}\n{text}".encode(errors="replace")).hexdigest()
        for kind, text in whole.items()
    }


def _place(address: str) -> str:
    """Return an address as it is counted: of IPv6 the network, of which one customer has a whole."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(int(found) >> 64) if isinstance(found, IPv6Address) else str(found)
