"""A small app to send requests to, and a client on a scripted transport."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from instep.sdk.auth import Basic, Bearer, Credential, Header, OAuth2
from instep.sdk.client import Client
from instep.sdk.clock import ManualClock
from instep.sdk.connector import Connector
from instep.sdk.limits import Limits
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account
from instep.sdk.testing import FixedTokens, FreeLimiter, ScriptedTransport

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BASE_URL = "https://api.app.example/v1"
READ = Request("GET", "/people/7")
WRITE = Request("POST", "/people", json={"name": "Ann"})
OK = Reply(200, body={"id": 7})


def connector(**more):
    told = {
        "name": "app",
        "title": "App",
        "base_url": "{base_url}",
        "auth": {
            "key": Bearer("key"),
            "basic": Basic("key", "password"),
            "header": Header("X-Key", "key"),
            "oauth2": OAuth2(
                "{base_url}/authorize", "{base_url}/token", ("read", "write"), {"user_type": "One"}
            ),
        },
        "settings": (),
        "account_setting": None,
        "limits": lambda _kind, _config: Limits(1000.0, 1000, 8),
        "resources": (),
        "verify": lambda _account: READ,
        "headers": {"Version": "1"},
    }
    return Connector(**told | more)


def key(secret="a-good-key"):
    return Credential("key", {"key": secret})


def grant(access="access-1", refresh="refresh-1", lives=timedelta(hours=1)):
    secrets = {
        "access_token": access,
        "refresh_token": refresh,
        "client_id": "the-client",
        "client_secret": "the-clients-secret",
    }
    return Credential("oauth2", secrets, NOW + lives if lives is not None else None, ("read",))


class World:
    """A client and everything it touches, to look at afterwards."""

    def __init__(self, *script, credential=None, tokens=None, limiter=None, **more):
        self.transport = ScriptedTransport(script)
        self.tokens = tokens or FixedTokens(credential or key())
        self.limiter = limiter or FreeLimiter()
        self.clock = ManualClock(NOW)
        self.told = []
        policy = {"policy": more.pop("policy")} if "policy" in more else {}
        self.client = Client(
            connector=connector(**more),
            account=Account("acc", None, {"base_url": BASE_URL}),
            tokens=self.tokens,
            limiter=self.limiter,
            clock=self.clock,
            transport=self.transport,
            on_call=self.told.append,
            **policy,
        )

    async def send(self, request=READ, *purpose):
        return await self.client.send(request, *purpose)

    @property
    def paths(self):
        return [request.path for request in self.transport.requests]
