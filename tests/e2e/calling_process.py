"""A process that calls GoHighLevel once over a stored connection: run with the connection's name.

Which database and which key it opens stands in its environment, as for any process of Instep.
"""

from __future__ import annotations

import asyncio
import sys

from instep.bootstrap import assemble
from instep.cli.session import configure_logging
from instep.settings import load_settings


async def main(name):
    settings = load_settings()
    configure_logging(settings.log_level)
    async with assemble(settings) as instep:
        reached = await instep.clients.named(name)
        contacts = reached.connector.resource("contact")(reached.account)
        await reached.client.tokens.load()  # it holds the worn-out pair, as the other process does
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        reply = await reached.client.send(contacts.list())
    sys.stdout.write(f"{len(contacts.records(reply))} contacts\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
