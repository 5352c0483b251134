"""`instep connector`: what apps there are, what each is asked for and offers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from instep import connectors
from instep.cli.options import AsJson
from instep.cli.output import print_json, print_lines, print_pairs, print_table
from instep.connectors.quality import RULES, quality_of
from instep.core.errors import UserError
from instep.core.write_only import of_connection
from instep.sdk.connector import Connector, offered
from instep.sdk.resource import Resource
from instep.settings import load_settings

app = typer.Typer(help="Apps: which there are, and how to describe your own.")


def _known() -> dict[str, Connector]:
    return connectors.discover(load_settings().manifests)


@app.command("list")
def list_connectors(*, as_json: AsJson = False) -> None:
    """List the apps that can be connected, and those that have to be described first."""
    found = [_summary(each) for each in offered(_known()).values()]
    if as_json:
        print_json(found)
        return
    rows = [
        (each["name"], each["title"], each["status"], ", ".join(each["records"]), each["missing"])
        for each in found
    ]
    print_table("Connectors", ("name", "title", "status", "records", "to complete"), rows)


def _summary(connector: Connector) -> dict[str, Any]:
    return {
        "name": connector.name,
        "title": connector.title,
        "status": connector.status,
        "records": [each.canonical for each in connector.resources],
        "write_only": [*connector.write_only],
        "missing": len(connector.missing),
    }


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="The connector's name.")],
    *,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Print the manifest itself, to copy it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what an app is asked for, what it offers, and how each fact is known."""
    if manifest:
        typer.echo(_manifest_text(name), nl=False)
        return
    connector = _known().get(name)
    if connector is None:
        raise UserError(f"There is no connector called {name!r}. There are: {_names()}.")
    fields = [
        _field(resource, each.name) for resource in connector.resources for each in resource.fields
    ]
    settings = [
        {"name": each.name, "title": each.title, "secret": each.secret, "required": each.required}
        for each in connector.settings
    ]
    quality = quality_of(name, load_settings().manifests)
    if as_json:
        told_all = {**_summary(connector), "missing": [*connector.missing]}
        print_json({**told_all, "settings": settings, "fields": fields, "quality": quality})
        return
    print_pairs({"name": connector.name, "title": connector.title, "status": connector.status})
    print_lines(connector.missing)
    if connector.write_only:
        print_lines([of_connection(connector.title, connector.write_only)])
    _print_rows("Settings", settings)
    _print_rows("Fields", fields)
    _print_rows(
        "How far it is proven",
        [{"rule": rule, "means": RULES[rule], "": said} for rule, said in quality.items()],
    )


def _print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        print_table(title, [*rows[0]], [[_cell(value) for value in row.values()] for row in rows])


def _cell(value: Any) -> Any:
    return ("yes" if value else "") if isinstance(value, bool) else value


def _field(resource: type[Resource], name: str) -> dict[str, Any]:
    [field] = [each for each in resource.fields if each.name == name]
    part = getattr(resource, "part", None)  # of a manifest
    return {
        "record": resource.canonical,
        "field": field.name,
        "type": field.type.value,
        "at the app": field.path,
        "read only": field.readonly,
        "evidence": part.fields[name].evidence if part is not None else None,
    }


def _names() -> str:
    return ", ".join(sorted(offered(_known())))


def _manifest_text(name: str) -> str:
    path = connectors.manifests(load_settings().manifests).get(name)
    if path is None:
        raise UserError(
            f"No manifest describes {name!r}; it is written in Python, or there is none."
        )
    return path.read_text(encoding="utf-8")
