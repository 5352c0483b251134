"""The secrets of connections, to be masked wherever a run keeps what it took and gave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from instep.core.errors import InstepError
from instep.sdk.clock import Clock
from instep.store.connections import Connections

_KEPT_SECONDS = 60.0


@dataclass(slots=True)
class Secrets:
    """Opens the secrets of connections, and remembers them for a minute."""

    connections: Connections
    clock: Clock
    _known: dict[str, tuple[float, Collection[str]]] = field(default_factory=dict, repr=False)

    async def of(self, names: Collection[str]) -> Collection[str]:
        """Return the secrets of these connections; none of one that has none that can be opened."""
        return [secret for name in names for secret in await self._of(name)]

    async def _of(self, name: str) -> Collection[str]:
        now = self.clock.monotonic()
        read_at, secrets = self._known.get(name, (-_KEPT_SECONDS, ()))
        if now - read_at >= _KEPT_SECONDS:
            secrets = await self._read(name)
            self._known[name] = (now, secrets)
        return secrets

    async def _read(self, name: str) -> Collection[str]:
        try:
            found = await self.connections.get(name)
            return [*(await self.connections.secrets(found)).values()]
        except InstepError:
            return ()  # a call over it says what is wrong
