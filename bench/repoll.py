"""A poll of 10,000 linked contacts: what it costs when nothing, or one in a hundred, has changed.

Rows written are those of the tables that hold records (record, notice, link, effect, history); the
few rows of bookkeeping a run has (run, checkpoint, pace) do not grow with the contacts. Calls are
counted by the sandbox: pages of lists, writes, and the reads of single records before they are
written, which guard against overwriting a change nobody has read yet.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bench.apps import Apps, serving
from bench.measuring import Bench, Figures
from bench.syncing import Syncing, connected

CONTACTS = 10_000
CHANGED = CONTACTS // 100
_WRITING = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "?(?P<table>\w+)')
_TABLES = ("record", "notice", "link", "effect", "history")


async def measure() -> Figures:
    """Poll once with nothing changed, and once with one in a hundred changed in GoHighLevel."""
    with serving(CONTACTS) as apps:
        async with connected(apps) as syncing:
            await syncing.run()
            quiet = await _poll(syncing, apps, "unchanged")
            _change(apps)
            return quiet | await _poll(syncing, apps, "one_percent", CHANGED)


async def _poll(syncing: Syncing, apps: Apps, name: str, changed: int = 0) -> dict[str, float]:
    apps.forget()
    began = time.perf_counter()
    with _counting_rows(syncing.instep.db.engine) as rows:
        counts = await syncing.run()
    seconds = time.perf_counter() - began
    spent = [apps.spent(app) for app in apps.described]
    updated = counts.get("updated_a", 0) + counts.get("updated_b", 0)
    if updated != changed:
        raise AssertionError(f"{updated} records were updated, but it should have been {changed}")
    pages, writes = sum(each.pages for each in spent), sum(each.writes for each in spent)
    figures: dict[str, float] = {
        f"{name}_s": seconds,
        f"{name}_rows_written": rows.written,
        f"{name}_page_calls": pages,
        f"{name}_write_calls": writes,
    }
    if changed:
        rereads = sum(each.rereads for each in spent)
        figures[f"{name}_writes_per_changed_record"] = writes / changed
        figures[f"{name}_page_reads_per_changed_record"] = pages / changed
        figures[f"{name}_safety_rereads_per_changed_record"] = rereads / changed
    return figures


@dataclass(slots=True)
class _Rows:
    written: int = 0


@contextmanager
def _counting_rows(engine: sa.Engine) -> Iterator[_Rows]:
    """Count the rows that reach the tables of records."""
    rows = _Rows()

    def count(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        written = _WRITING.match(statement)
        if written is not None and written["table"] in _TABLES:
            rows.written += max(cursor.rowcount, 0)

    sa.event.listen(engine, "after_cursor_execute", count)
    try:
        yield rows
    finally:
        sa.event.remove(engine, "after_cursor_execute", count)


def _change(apps: Apps) -> None:
    """Change one in a hundred contacts in GoHighLevel, as a person there would."""
    body = {"locationId": _ghl(apps)["location_id"], "pageLimit": CHANGED}
    for number, contact in enumerate(_call(apps, "POST", "/contacts/search", body)["contacts"]):
        _call(apps, "PUT", f"/contacts/{contact['id']}", {"city": f"Springfield {number}"})


def _ghl(apps: Apps) -> Any:
    return apps.described["gohighlevel"]


def _call(apps: Apps, method: str, path: str, body: dict[str, Any]) -> Any:
    headers = {
        "Authorization": f"Bearer {_ghl(apps)['private_integration_token']}",
        "Version": "2021-07-28",
        "Content-Type": "application/json",
        "User-Agent": "bench",
    }
    request = urllib.request.Request(
        _ghl(apps)["url"] + path, json.dumps(body).encode(), headers, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


BENCH = Bench("repoll", "poll 10,000 linked contacts, unchanged and with 1 % changed", measure)
