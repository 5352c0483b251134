"""A process that calls once with tokens from a file: run with url, location, client and the path."""

from __future__ import annotations

import asyncio
import sys

from instep import FileTokens, GoHighLevel


async def main(url, location_id, client_id, client_secret, path):
    client = GoHighLevel.oauth(
        client_id=client_id,
        client_secret=client_secret,
        tokens=FileTokens(path),
        location_id=location_id,
        base_url=url,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    async with client:
        body = await client.contacts.search()
    sys.stdout.write(f"{len(body['contacts'])} contacts\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
