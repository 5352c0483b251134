"""`instep doctor`: whether this installation is well, and what to do where it is not."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass

from instep import __version__
from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json
from instep.cli.session import use
from instep.core.errors import InstepError
from instep.sdk.connector import offered
from instep.sdk.limits import Purpose
from instep.store.owner import is_owned


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    said: str


def doctor(*, as_json: AsJson = False) -> None:
    """Check Python, database, key, and every connection by a read-only call."""
    findings = [_python(), *use(_examine)]
    if as_json:
        print_json({"version": __version__, "findings": [asdict(each) for each in findings]})
    else:
        for each in findings:
            mark = "[green]well[/]" if each.well else "[red]not well[/]"
            console.print(f"{mark:<8} {each.what}: ", end="")
            console.print(each.said, markup=False, highlight=False)
    if not all(each.well for each in findings):
        raise InstepError("Something is not well; each line above says what to do.")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), f"{version} (3.11 or newer is needed)")


async def _examine(instep: Instep) -> list[Finding]:
    """Look at the store and at every connection. That we got here says that both open."""
    kind = "SQLite" if instep.db.is_sqlite else "PostgreSQL"
    engine = "an engine runs on it" if is_owned(instep.db) else "no engine runs on it now"
    findings = [
        Finding("database", well=True, said=f"{kind}, migrated; {engine}"),
        Finding("key", well=True, said="opens, and nobody else can read it"),
        Finding("connectors", well=True, said=", ".join(sorted(offered(instep.connectors)))),
    ]
    tried = [await _try(instep, each.name) for each in await instep.connections.list()]
    return findings + tried


async def _try(instep: Instep, name: str) -> Finding:
    try:
        reached = await instep.clients.named(name)
        await reached.client.send(reached.connector.verify(reached.account), Purpose.PERSON)
    except InstepError as error:
        return Finding(f"connection {name}", well=False, said=str(error))
    return Finding(f"connection {name}", well=True, said=f"{reached.connector.title} answers")
