"""What screens wait for, over HTTP and in a browser, in a store as it is after years.

The API is served on a port of this machine over the store of `bench.filled`, and each page is asked 40
times; a figure is the time within which nineteen of twenty were answered. Asking and answering share
one process. Then Chromium opens the web app five times, each time as if it never had: from going there
until the sentence of Home can be read.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from playwright.async_api import Browser, async_playwright

from bench.filled import fill_lists, old_store, on_both
from bench.measuring import Bench, Figures
from instep.api.server import serve
from instep.bootstrap import Instep
from instep.core.people.roles import Role
from instep.engine.access.local_token import local_token
from instep.engine.people.naming import person_id
from instep.settings import Settings
from instep.store.syncs import Sync
from instep.ui import DIST
from tests.journeys.browser import CHROMIUM, QUIET

TIMES, VISITS = 40, 5
_NAME, _PASSWORD = "ann", "four quiet walking boots"


async def measure() -> Figures:
    """Ask everything on both databases."""
    return await on_both(_measure)


async def _measure(settings: Settings) -> dict[str, float]:
    async with old_store(settings) as (instep, sync):
        fill_lists(instep.db)
        await instep.people.users.add(_NAME, Role.ADMIN, _PASSWORD)
        async with _served(instep) as url:
            return {**await _ask_all(instep, url, sync), **await _visit(url)}


@asynccontextmanager
async def _served(instep: Instep) -> AsyncIterator[str]:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    told = asyncio.Event()
    serving = asyncio.create_task(serve(instep, lambda: None, ready.set_result, told))
    try:
        yield await ready
    finally:
        told.set()
        await serving


def _pages(sync: Sync) -> dict[str, str]:
    somebody = person_id((sync.a_connection, "a54321"))
    syncs = f"/api/syncs/{sync.name}"
    return {
        "overview": "/api/overview",
        "everybody": "/api/people",
        "name": "/api/people?search=anna+adams",
        "rare_name": "/api/people?search=54321",
        "no_name": "/api/people?search=nobody+is+called+so",
        "email": "/api/people?search=person54321@example.com",
        "begun_email": "/api/people?search=person54321@",
        "part_of_email": "/api/people?search=54321@example",
        "no_email": "/api/people?search=nobody@example.com",
        "phone": "/api/people?search=0412+054+321",
        "no_phone": "/api/people?search=0499+999+999",
        "person": f"/api/people/{somebody}?ask=false",
        "timeline": f"/api/people/{somebody}/timeline?ask=false",
        "why": "/api/why?record=person54321@example.com",
        "history": f"{syncs}/history",
        "old_history": f"{syncs}/history?before=500000",
        "history_of_run": f"{syncs}/history?run=run_500",
        "history_of_record": f"{syncs}/history?record=b54321",
        "runs": f"{syncs}/runs",
        "standing": f"{syncs}/status",
        "flow_runs": "/api/flow-runs",
        "dead_flow_runs": "/api/flow-runs?states=dead",
        "flow_run_counts": "/api/flow-runs/counts",
        "flows": "/api/flows",
        "audit": "/api/audit",
        "audit_of_one": "/api/audit?noun=sync&object=people",
        "reviews": "/api/conflicts",
        "alerts": "/api/alerts",
    }


async def _ask_all(instep: Instep, url: str, sync: Sync) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {local_token(instep.settings)}"}
    async with aiohttp.ClientSession(url, headers=headers) as client:
        return {f"{name}_p95_ms": await _p95(client, page) for name, page in _pages(sync).items()}


async def _p95(client: aiohttp.ClientSession, page: str) -> float:
    times = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        async with client.get(page) as answer:
            await answer.read()
            answer.raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times[1:], n=20)[-1]  # the first one warms up


async def _visit(url: str) -> dict[str, float]:
    """Time the first screen in Chromium, the slowest of the visits too."""
    if not (DIST / "index.html").is_file():
        raise FileNotFoundError("the web app is not built: make ui")
    if CHROMIUM is None:
        raise FileNotFoundError("Chromium was not found: install it, or set CHROMIUM to its path")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        times = [await _first_screen(browser, url) for _ in range(VISITS)]
        await browser.close()
    return {"first_screen_p50_ms": statistics.median(times), "first_screen_max_ms": max(times)}


async def _first_screen(browser: Browser, url: str) -> float:
    context = await browser.new_context()
    said = {"name": _NAME, "password": _PASSWORD}
    await context.request.post(f"{url}/api/session", data=said)
    page = await context.new_page()
    began = time.perf_counter()
    await page.goto(f"{url}/ui/", wait_until="commit")
    await page.locator(".verdict").wait_for()
    seconds = time.perf_counter() - began
    await context.close()
    return seconds * 1000


BENCH = Bench(
    "screens",
    "pages over HTTP and the first screen, at 100,000 contacts and 1,000,000 lines of history",
    measure,
)
