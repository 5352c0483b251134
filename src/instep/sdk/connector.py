"""A connector: one app, declared. Everything the rest of Instep knows about the app is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from instep.core.errors import InstepError, UserError
from instep.sdk.auth import Auth
from instep.sdk.limits import Limits, Observed
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account, Resource
from instep.sdk.webhooks import EventKind, Told, Webhooks


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a person types when connecting. Secrets are sealed and never shown again.

    `file` says that it names a file: it has to lie where Instep may read, and its whole path is kept.
    `made` makes a secret that nobody typed: it is shown once, when it was made.
    """

    name: str
    title: str
    secret: bool = False
    required: bool = True
    default: str | None = None
    pattern: str | None = None
    help: str = ""
    file: bool = False
    made: Callable[[], str] | None = None


class Transport(Protocol):
    """Carries one request to an app and brings the reply back; the client's only edge."""

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Send once. Raises RetryLater (never sent) or OutcomeUnknown (no answer)."""

    async def close(self) -> None:
        """Let go of sockets."""


def _nothing_observed(_reply: Reply) -> Observed:
    return Observed()


def _nothing_told(_request: Request, _reply: Reply) -> Sequence[Told]:
    return ()


def _no_meaning(_request: Request, _reply: Reply) -> InstepError | None:
    return None


@dataclass(frozen=True, slots=True)
class Connector:
    """One app.

    `auth` maps the kind a person chooses ("private_integration", "oauth2", "api_key") to how it is
    sent. `settings` lists what they type; the ones named in `auth` are secrets. `base_url` may
    hold `{setting}`. `verify` is a read-only call that proves connection and account.
    `meaning` turns a refusal into the error tree where the status alone would mislead; None means
    "by status". `observed` reads limits out of headers. `transport` replaces HTTP (memory only).
    `told` reads out of a reply what it tells of kept records; it is kept before anybody sees the
    reply, so that a request that follows can ask for them.
    """

    name: str
    title: str
    base_url: str
    auth: Mapping[str, Auth]
    settings: tuple[Setting, ...]
    account_setting: str | None
    limits: Callable[[str, Mapping[str, str]], Limits]
    resources: tuple[type[Resource], ...]
    verify: Callable[[Account], Request]
    headers: Mapping[str, str] = field(default_factory=dict)
    observed: Callable[[Reply], Observed] = _nothing_observed
    meaning: Callable[[Request, Reply], InstepError | None] = _no_meaning
    transport: Callable[[Mapping[str, str]], Transport] | None = None
    webhooks: Webhooks | None = None
    told: Callable[[Request, Reply], Sequence[Told]] = _nothing_told
    open_requests: Callable[[Account], Mapping[str, str]] | None = None
    """The headers of a request that a flow makes up itself; None: the app takes no such request."""
    idempotency_header: str | None = None
    """The header in which the app takes a key by which it knows a write that is sent twice."""
    events: Mapping[str, EventKind] = field(default_factory=dict)
    """What its webhooks tell, by the app's word (`Hint.event`)."""
    status: str = "documented"
    missing: tuple[str, ...] = ()
    """What a person has to fill in before the app can be reached, a line each."""
    for_tests: bool = False
    """Whether it reaches nothing of anybody's, so that people are not offered it."""

    @property
    def write_only(self) -> tuple[str, ...]:
        """The kinds of records that are written to the app but cannot be read back from it."""
        return tuple(each.canonical for each in self.resources if each.write_only)

    def check_complete(self) -> None:
        """Raise UserError, naming every place to fill in, if the app is not described completely."""
        if self.missing:
            raise UserError(incomplete(self.title, self.missing))

    def resource(self, canonical: str) -> type[Resource]:
        """Return the resource of this canonical kind. Raises KeyError if the app has none."""
        for resource in self.resources:
            if resource.canonical == canonical:
                return resource
        raise KeyError(canonical)


def offered(known: Mapping[str, Connector]) -> dict[str, Connector]:
    """Return the connectors that people are offered: all of these but those for tests."""
    return {name: each for name, each in known.items() if not each.for_tests}


def incomplete(title: str, missing: Sequence[str]) -> str:
    """Return the sentence that an app is not described completely, with every place to complete."""
    places = f"{len(missing)} places" if len(missing) > 1 else "one place"
    lines = "\n".join(missing)
    return (
        f"{title} is not described completely, so it cannot be reached. Complete {places}:\n{lines}"
    )
