"""The apps that can be connected, over REST: what a person has to type, and what is missing."""

from __future__ import annotations

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel

from instep.api.access import VIEWER
from instep.bootstrap import Instep
from instep.engine.typed import secrets_of, tells_account
from instep.sdk.auth import OAuth2
from instep.sdk.connector import Connector, Setting, offered


class SettingView(BaseModel):
    """One thing that is typed to connect an app. `made`: Instep makes it if nobody types it."""

    name: str
    title: str
    secret: bool
    required: bool
    default: str | None
    help: str
    made: bool

    @classmethod
    def of(cls, each: Setting) -> Self:
        """Return the view of a setting."""
        return cls(
            name=each.name,
            title=each.title,
            secret=each.secret,
            required=each.required,
            default=each.default,
            help=each.help,
            made=each.made is not None,
        )


class MethodView(BaseModel):
    """A way to prove who one is: the secrets it needs. `browser`: the app's own page is asked.

    `told` is the setting that nobody types, because the account is chosen on that page.
    """

    kind: str
    secrets: list[str]
    browser: bool
    told: str | None


class ConnectorView(BaseModel):
    """An app that can be connected; `missing` are the places a person has to complete first."""

    name: str
    title: str
    status: str
    methods: list[MethodView]
    settings: list[SettingView]
    records: list[str]
    missing: list[str]

    @classmethod
    def of(cls, each: Connector) -> Self:
        """Return the view of a connector."""
        methods = [
            MethodView(
                kind=kind,
                secrets=sorted(secrets_of(each, kind)),
                browser=isinstance(auth, OAuth2) and auth.grant == "authorization_code",
                told=each.account_setting if tells_account(each, kind) else None,
            )
            for kind, auth in each.auth.items()
        ]
        return cls(
            name=each.name,
            title=each.title,
            status=each.status,
            methods=methods,
            settings=[SettingView.of(setting) for setting in each.settings],
            records=[resource.canonical for resource in each.resources],
            missing=[*each.missing],
        )


def router(instep: Instep) -> APIRouter:
    """Return the routes of connectors."""
    routes = APIRouter(prefix="/api/connectors", tags=["connections"])

    @routes.get("", dependencies=[VIEWER])
    async def list_connectors() -> list[ConnectorView]:
        """List the apps that can be connected."""
        return [ConnectorView.of(each) for each in offered(instep.connectors).values()]

    return routes
