"""`instep demo`: the main job in the sandbox, from nothing to two apps in step."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from instep import bootstrap
from instep.api.server import serve
from instep.bootstrap import Instep
from instep.cli import full_demo, story
from instep.cli.ending import ending
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines, print_pairs, print_table
from instep.cli.session import run_long, use
from instep.cli.story import GHL, INSIGHTLY, Told
from instep.cli.users import link_to
from instep.core.errors import InstepError, UserError
from instep.core.people.roles import Role
from instep.engine.access.secrets import new_secret
from instep.engine.host import running, worker_name
from instep.sandbox import Person, Sandbox, invent
from instep.sandbox.rows import Rows, read_people
from instep.settings import load_settings

PEOPLE = 60
_USER = "demo"


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End after the story instead of staying up.")
    ] = False,
    csv: Annotated[Path | None, typer.Option(help="Load the people of this CSV file.")] = None,
    country: Annotated[
        str, typer.Option(help="Two letters: completes local phone numbers.")
    ] = "US",
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Businesses, tasks, notes and appointments too, and an undo of it all."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start the sandbox, fill both apps, connect, preview, run, edit both sides, run again."""
    country = country.strip().upper()
    rows = read_people(csv, country) if csv else Rows(_invented(country), [], [], [])
    if not as_json:
        _say_rows(rows)
    with _playground(rows.people, country) as (sandbox, data_dir):
        settings = load_settings(
            data_dir=data_dir,
            database_url=f"sqlite:///{data_dir}/instep.db",
            log_level="warning",
            port=0,  # whatever else runs on this machine
        )

        async def work(instep: Instep) -> dict[str, Any]:
            async with running(instep.engine, worker_name(instep.engine)) as jobs:
                tell = _tell_fully if full else _tell
                result = await tell(instep, sandbox, Scene(rows, country, jobs.wake, as_json))
                if not once:
                    await _stay(instep, sandbox, jobs.wake)
            return result

        result = use(work, settings, run_by=run_long)
    if as_json:
        print_json(result)
    if not result["in_step"]:
        raise InstepError("The two apps are not in step: see the figures above.")


@dataclass(frozen=True, slots=True)
class Scene:
    """Whom the story is about, how to hurry the engine, and whether to say nothing on the way."""

    rows: Rows
    country: str
    wake: Callable[[], None]
    quiet: bool


async def _tell(instep: Instep, sandbox: Sandbox, scene: Scene) -> dict[str, Any]:
    await story.connect(instep, sandbox, scene.country)
    told = await story.tell(instep, scene.wake, quiet=scene.quiet)
    result = summary(instep, told, scene.rows)
    if not scene.quiet:
        _show(told, result)
    return result


async def _tell_fully(instep: Instep, sandbox: Sandbox, scene: Scene) -> dict[str, Any]:
    await story.connect_apps(instep, sandbox, scene.country)
    result = full_demo.summary(instep, await full_demo.play(instep, scene.wake, quiet=scene.quiet))
    result["rejected_rows"] = len(scene.rows.rejected)
    if not scene.quiet:
        full_demo.show(result)
    return result


@contextmanager
def _playground(people: list[Person], country: str) -> Iterator[tuple[Sandbox, Path]]:
    """Serve the sandbox with these people, and give a directory that goes away afterwards."""
    apps = {
        app.name: app
        for app in bootstrap.sandbox_apps(pace="fast", country=country, only=(GHL, INSIGHTLY))
    }
    dealt = story.deal(people)
    apps[GHL].load(dealt.ghl)
    apps[INSIGHTLY].load(dealt.insightly)
    with (
        tempfile.TemporaryDirectory(prefix="instep-demo-") as directory,
        Sandbox(list(apps.values())).in_thread() as sandbox,
    ):
        yield sandbox, Path(directory)


def _invented(country: str) -> list[Person]:
    return list(invent(PEOPLE, seed=1, country=country))


def summary(instep: Instep, told: Told, rows: Rows) -> dict[str, Any]:
    """Return the figures of the story; `in_step` comes from reading both apps afresh."""
    compared, counts = told.comparison, told.counts
    if compared is None:
        raise UserError("The story was not told to its end.")
    return {
        "in_step": compared.in_step,
        "contacts": {GHL: compared.a, INSIGHTLY: compared.b},
        "created": counts["created_a"] + counts["created_b"],
        "updated": counts["updated_a"] + counts["updated_b"],
        "matched": counts["matched"],
        "conflicts": counts["conflicts"],
        "rejected_rows": len(rows.rejected),
        "second_run_writes": told.second_run_writes,
        "api_calls": instep.calls_by_app(),
    }


def _say_rows(rows: Rows) -> None:
    """Say which rows were refused and why, and what else of the file was not used."""
    for line, reason in rows.rejected:
        console.print(f"Line {line} was not loaded: {reason}", style="yellow", markup=False)
    for line, warning in rows.warnings:
        console.print(f"Line {line}: {warning}", style="dim", markup=False, highlight=False)
    if rows.unused_columns:
        console.print(
            f"Columns not used: {', '.join(rows.unused_columns)}", style="dim", markup=False
        )


def _show(told: Told, result: dict[str, Any]) -> None:
    console.print("\nWhat the first run was going to do:", style="bold")
    print_pairs(told.preview.counts)
    changed = [
        (line.label, line.what, "GoHighLevel" if line.side == "a" else "Insightly", *_values(line))
        for line in told.lines
        if line.what == "updated"
    ]
    print_table(
        "What the edits on both sides led to", ("record", "what", "in", "change", "why"), changed
    )
    print_pairs(result)
    verdict = "Both sides are equal." if result["in_step"] else "The two sides differ."
    console.print(verdict, style="bold green" if result["in_step"] else "bold red")


def _values(line: Any) -> tuple[str, str]:
    before, after, why = (json.loads(text) for text in (line.before, line.after, line.why))
    changes = [f"{key}: {before.get(key)!r} → {value!r}" for key, value in after.items()]
    return "\n".join(changes), "\n".join(why.values())


async def _stay(instep: Instep, sandbox: Sandbox, wake: Callable[[], None]) -> None:
    """Keep both apps, the sync and the web app running, so that somebody can play with them."""
    console.print("\nBoth apps stay up, and the sync looks every minute. Ctrl-C ends it.")
    print_pairs({name: each["url"] for name, each in sandbox.describe().items()})
    # nobody ever knows this password: the link is the way in
    user = (await instep.people.users.add(_USER, Role.ADMIN, new_secret("demo"))).user
    link = await instep.people.users.sign_in_link(user.id)

    def say(url: str) -> None:
        lines = [f"The web app is at {url}. This link signs a browser in, once:"]
        print_lines([*lines, link_to(instep.settings, link, url)])

    await serve(instep, wake, say, ending())
