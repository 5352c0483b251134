"""`instep up` and `instep worker`: processes that stay."""

from __future__ import annotations

from typing import Annotated

import typer

from instep.api.server import serve
from instep.bootstrap import Instep
from instep.cli.ending import ending
from instep.cli.output import console, print_lines
from instep.cli.session import run_long, settle_in, use
from instep.cli.users import link_to
from instep.engine.access.local_token import local_token
from instep.engine.host import running, worker_name
from instep.settings import Settings, load_settings


def up(
    *,
    host: Annotated[
        str | None, typer.Option(help="The address to bind to; 127.0.0.1 by default.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port; 8750 by default, 0 takes any.")
    ] = None,
) -> None:
    """Run Instep: the engine, the web app, and the API with its health page."""
    settings = load_settings(host=host, port=port)

    async def work(instep: Instep) -> None:
        name = worker_name(instep.engine, settings.worker)
        async with running(instep.engine, name) as jobs:
            local_token(settings)  # who may read the file may call the API from this machine
            link = await instep.people.users.setup_link()
            await serve(instep, jobs.wake, lambda url: _say_ready(settings, url, link), ending())

    use(work, settings, run_by=run_long)


def _say_ready(settings: Settings, url: str, link: str | None) -> None:
    settle_in()
    console.print(f"Instep is up: {url}", highlight=False)
    if link is not None:
        first = "There is no user yet. This link makes the first one, once and within an hour:"
        print_lines([first, link_to(settings, link, url)])


def worker(
    *,
    name: Annotated[
        str | None, typer.Option(help="A name of its own, kept over restarts (PostgreSQL only).")
    ] = None,
) -> None:
    """Run the engine alone: one of many workers on PostgreSQL, or the one on SQLite."""
    settings = load_settings(worker=name)

    async def work(instep: Instep) -> None:
        async with running(instep.engine, worker_name(instep.engine, settings.worker)):
            settle_in()
            console.print("The worker runs; Ctrl-C ends it.", highlight=False)
            await ending().wait()

    use(work, settings, run_by=run_long)
