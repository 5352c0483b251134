"""Where user-given addresses may lead: not into the network this server stands in (SSRF)."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from instep.core.errors import UserError

AllowsAddress = Callable[[str], bool]
"""Whether a private host may be reached all the same."""


class PrivateTarget(UserError):
    """The address is inside a private network, and nobody has allowed that."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The address {host} is inside a private network. If you mean it, allow it with "
            "INSTEP_ALLOW_PRIVATE_TARGETS=true."
        )


def check_target(url: str, allows: AllowsAddress) -> None:
    """Raise PrivateTarget for an address that says itself that it is inside a private network."""
    host = urlsplit(url).hostname or ""
    if is_private(host) and not allows(host):
        raise PrivateTarget(host)


def is_private(host: str) -> bool:
    """Whether a host is inside a private network, by what it is called."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal"))


class GuardedResolver(AbstractResolver):
    """Finds a host's addresses, and refuses those inside a private network.

    It looks at the very addresses that are connected to, so that a name cannot lead elsewhere than
    it did when it was checked. Addresses that are numbers are never asked for: see `check_target`.
    """

    def __init__(self, allows: AllowsAddress) -> None:
        self._allows = allows
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises PrivateTarget if one of them is private."""
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            if is_private(each["host"]) and not self._allows(each["host"]):
                raise PrivateTarget(host)
        return found

    async def close(self) -> None:
        """Let go of what it holds."""
        await self._resolver.close()
