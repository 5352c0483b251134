"""One process of several that renew the same tokens: one round for each line it is told.

The app is a file that every process appends to: a refresh token seen there twice was used twice.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

from instep.sdk.auth import Credential
from instep.sdk.clock import SystemClock
from instep.store.connections import Connections
from instep.store.database import Database
from instep.store.tokens import StoredTokens
from instep.store.vault import Vault

say = partial(print, flush=True)


async def renew(tokens: StoredTokens, stale: Credential, app: Path) -> None:
    async with tokens.refreshing():
        now = await tokens.load()
        if now.secrets != stale.secrets:
            return
        with app.open("a") as uses:
            uses.write(f"{now.secrets['refresh_token']}\n")
        await asyncio.sleep(0.05)  # an app takes its time to answer; the others come meanwhile
        name, _, number = now.secrets["refresh_token"].rpartition("-")
        fresh = {"access_token": number, "refresh_token": f"{name}-{int(number) + 1}"}
        await tokens.save(Credential(now.kind, fresh))


async def rounds(url: str, connection_id: str, app: Path) -> None:
    with closing(Database(url)) as database:
        vault = Vault(b"k" * 32)
        connection = await Connections(database, vault, "wsp_default").get(connection_id)
        tokens = StoredTokens(database, vault, connection, SystemClock())
        stale = await tokens.load()
        say("ready")
        while await asyncio.to_thread(sys.stdin.readline):
            # two callers in this process, too
            await asyncio.gather(*(renew(tokens, stale, app) for _ in range(2)))
            stale = await tokens.load()
            say(stale.secrets["refresh_token"])


if __name__ == "__main__":
    asyncio.run(rounds(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
