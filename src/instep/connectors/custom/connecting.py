"""The parts of a manifest about reaching the app: settings, sign-in, limits, refusals."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from instep.connectors.custom.parts import Call, Fact, Part, Word
from instep.connectors.custom.places import Place


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"it is no pattern ({error})") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class Asked(Fact):
    """One setting that a person types when connecting."""

    type: Literal["string", "url", "secret", "enum", "number"] = "string"
    title: str | None = None
    required: bool = True
    pattern: Pattern | None = None
    default: Word | None = None
    help: str = ""
    of: tuple[Word, ...] = ()
    """The words of an enum."""

    @model_validator(mode="after")
    def _enum_has_words(self) -> Asked:
        if (self.type == "enum") != bool(self.of):
            raise ValueError("an enum, and nothing else, has its words under `of`")
        return self


class HeaderAuth(Fact):
    """A header of the app's own: `X-Api-Key: <secret>`, with words before it perhaps."""

    type: Literal["header"]
    name: str = Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
    secret: str
    prefix: str = ""


class BasicAuth(Fact):
    """HTTP Basic; `username` and `password` name settings that are secrets."""

    type: Literal["basic"]
    username: str
    password: str = ""


class BearerAuth(Fact):
    """`Authorization: Bearer <secret>`."""

    type: Literal["bearer"]
    secret: str


class OAuth2Auth(Fact):
    """OAuth 2.0. The settings `client_id` and `client_secret` are asked for by themselves."""

    type: Literal["oauth2"]
    token_url: str
    authorize_url: str | None = None
    grant: Literal["authorization_code", "client_credentials"] = "authorization_code"
    scopes: tuple[str, ...] = ()
    token_fields: dict[str, Word] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _page_to_grant(self) -> OAuth2Auth:
        if self.grant == "authorization_code" and not self.authorize_url:
            raise ValueError("people grant access on a page: authorize_url is missing")
        return self


Auth = Annotated[HeaderAuth | BasicAuth | BearerAuth | OAuth2Auth, Field(discriminator="type")]


class LimitHeaders(Part):
    """The headers that tell the limits, by what they tell."""

    rate: str | None = None
    """Calls allowed in one `per`."""
    left: str | None = None
    """Calls left in the window."""
    daily: str | None = None
    daily_left: str | None = None


class Allowed(Fact):
    """`rate` calls in `per` seconds, `burst` of them at once, `concurrency` at the same time."""

    rate: float = Field(default=1, gt=0)
    per: float = Field(default=1, gt=0)
    burst: int = Field(default=1, ge=1)
    concurrency: int = Field(default=4, ge=1, le=64)
    daily: int | None = Field(default=None, ge=1)
    headers: LimitHeaders = LimitHeaders()


class Saying(Part):
    """What a refusal's body has to say: a text somewhere in it, or at one place."""

    path: Place = ()
    text: str


Meaning = Literal[
    "retry",
    "retry_later",
    "connection_broken",
    "account_denied",
    "rejected",
    "gone",
    "duplicate",
    "stale",
    "daily_limit",
]


class Refusal(Fact):
    """What a refusal means: the first rule counts that fits its status and says what `match` says."""

    status: int | tuple[int, ...]
    match: Saying | None = None
    means: Meaning
    id: Place | None = None
    """Of a duplicate: where the id of the first one stands."""
    resumes: Literal["retry_after", "midnight_utc"] = "retry_after"
    """When a used-up day, or a wait, is over."""

    @model_validator(mode="after")
    def _duplicate_has_id(self) -> Refusal:
        if (self.means == "duplicate") != (self.id is not None):
            raise ValueError("a duplicate, and nothing else, says where the id of the first stands")
        return self

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses it is about."""
        return (self.status,) if isinstance(self.status, int) else self.status


class Http(Fact):
    """How the app is reached."""

    base_url: str = Field(pattern=r"^(https?://|\{config\.)")
    headers: dict[str, Word] = Field(default_factory=dict)
    auth: Auth
    verify: Call
    limits: Allowed = Allowed()
    errors: tuple[Refusal, ...] = ()
    idempotency_header: str | None = Field(default=None, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
    """The header in which the app takes a key by which it knows a write that is sent twice."""
