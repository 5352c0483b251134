"""The fields that accounts made themselves: asked for where a sync names one, kept for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from instep.core.errors import (
    AccountDenied,
    Gone,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    UserError,
)
from instep.core.records import Field
from instep.sdk.client import Client
from instep.sdk.clock import Clock
from instep.sdk.custom import PREFIX
from instep.sdk.resource import Account, Resource

KEPT_SECONDS = 300.0
"""How long an answer is good for: a field made meanwhile can be mapped after that."""

_FORBIDDEN = (ScopeMissing, AccountDenied, Gone, RecordRejected, UserError)
"""The answers that mean: this credential, this plan or this app has no custom fields."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Known:
    """What an account's fields were when it was last asked."""

    at: float
    fields: tuple[Field, ...]


class CustomFields:
    """The custom fields of every connection of this process, by kind of record."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}
        self._asking = asyncio.Lock()

    async def account(
        self, connection_id: str, kind: type[Resource], account: Account, client: Client
    ) -> Account:
        """Return the account with its own fields on one kind of record.

        A credential that may not ask has none, which the log says. Raises RetryLater where the
        app cannot be asked now and never was before, ConnectionBroken for a dead credential.
        """
        key = (connection_id, kind.canonical)
        async with self._asking:
            known = self._known.get(key)
            if known is None or self._clock.monotonic() - known.at >= KEPT_SECONDS:
                fields = await self._ask(kind(account), client, known)
                known = self._known[key] = _Known(self._clock.monotonic(), fields)
        return replace(account, custom={**account.custom, kind.canonical: known.fields})

    async def _ask(
        self, resource: Resource, client: Client, known: _Known | None
    ) -> tuple[Field, ...]:
        request = resource.ask_custom_fields()
        if request is None:
            return ()
        try:
            return tuple(resource.custom_fields(await client.send(request)))
        except _FORBIDDEN as error:
            log.warning("no custom fields", resource=resource.name, why=str(error))
            return ()
        except RetryLater:
            if known is None:
                raise
            return known.fields


def names_custom(stored: Any) -> bool:
    """Whether a stored mapping, filter or the like names a custom field anywhere."""
    if isinstance(stored, str):
        return stored.startswith(PREFIX) or f".{PREFIX}" in stored  # a default says b.custom.…
    if isinstance(stored, Mapping):
        return any(map(names_custom, (*stored, *stored.values())))
    return isinstance(stored, Sequence) and any(map(names_custom, stored))
