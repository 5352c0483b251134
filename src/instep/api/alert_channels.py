"""Where alerts are told, over REST: no secret in a reply, but one that was made just now."""

from __future__ import annotations

from dataclasses import asdict
from typing import Self

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from instep.api.access import ADMIN, OPERATOR, VIEWER
from instep.bootstrap import Instep
from instep.engine.channels.way import Way


class NewChannel(BaseModel):
    """A channel to add: email, slack, webhook or apprise. Its settings are write-only."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    kind: str
    settings: dict[str, SecretStr] = Field(default_factory=dict)


class ChannelSetting(BaseModel):
    """One setting of a channel: its name, what it is, and what it is if nobody says.

    `choices` is empty where it may be anything.
    """

    name: str
    about: str
    default: str | None
    required: bool
    choices: list[str]


class ChannelKind(BaseModel):
    """One kind of channel, and what it takes. `makes` are secrets that Instep makes if not given."""

    kind: str
    settings: list[ChannelSetting]
    makes: list[str]

    @classmethod
    def of(cls, way: Way) -> Self:
        """Return the view of a kind."""
        settings = [ChannelSetting(**asdict(each)) for each in way.settings]
        return cls(kind=way.kind, settings=settings, makes=[*way.make()])


class ChannelView(BaseModel):
    """A channel, how its messages stand, and why the last one did not get through.

    `made` are secrets that Instep has just made: shown this once, to whoever adds the channel.
    """

    id: str
    name: str
    kind: str
    leads_to: str
    problem: str | None
    created_at: str
    waiting: int
    sent: int
    dead: int
    made: dict[str, str]


class TriedView(BaseModel):
    """What came of a test message; `status` is HTTP's, null where there is none."""

    channel: str
    arrived: bool
    status: int | None
    sentence: str


def router(instep: Instep) -> APIRouter:
    """Return the routes of channels."""
    routes = APIRouter(prefix="/api/alerts/channels", tags=["alerts"])

    @routes.get("", dependencies=[VIEWER])
    async def list_channels() -> list[ChannelView]:
        """List the channels."""
        return [ChannelView(**each.as_json()) for each in await instep.channels.list()]

    @routes.get("/kinds", dependencies=[VIEWER])
    async def list_kinds() -> list[ChannelKind]:
        """List the kinds of channels there are, and what each takes."""
        return [ChannelKind.of(each) for each in instep.channels.kinds()]

    @routes.post("", status_code=status.HTTP_201_CREATED, dependencies=[ADMIN])
    async def add(new: NewChannel) -> ChannelView:
        """Add a channel: every alert is told there from now on, those that are open included."""
        settings = {name: value.get_secret_value() for name, value in new.settings.items()}
        return ChannelView(**(await instep.channels.add(new.name, new.kind, settings)).as_json())

    @routes.post("/{name}/test", dependencies=[OPERATOR])
    async def test(name: str) -> TriedView:
        """Send a test message now, and say what the channel answered."""
        return TriedView(**(await instep.channels.test(name)).as_json())

    @routes.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[ADMIN])
    async def remove(name: str) -> None:
        """Remove a channel and the messages that wait for it."""
        await instep.channels.remove(name)

    return routes
