"""The command `instep`: its commands by group, and the one place errors end."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import typer

from instep.cli import (
    bridge,
    conflicts,
    connections,
    connector,
    demo,
    doctor,
    operations,
    sandbox,
    serve,
    sync_setup,
    syncs,
    why,
)
from instep.cli.output import report
from instep.core.errors import InstepError

app = typer.Typer(
    name="instep",
    help="Keep GoHighLevel in step with the other apps a business runs on.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("up")(serve.up)
app.command("worker")(serve.worker)
app.command("sandbox")(sandbox.sandbox)
app.command("connect")(connections.connect)
app.command("connections")(connections.list_connections)
sync_setup.add_to(syncs.app)
app.add_typer(syncs.app, name="sync")
app.add_typer(conflicts.app, name="conflicts")
app.command("why")(why.why)
app.add_typer(operations.app, name="op")
if find_spec("instep.connectors.custom"):  # what is about manifests comes and goes with them
    from instep.cli import describing

    describing.add_to(connector.app)
if find_spec("instep.connectors.csv"):  # as above
    from instep.cli import csv_files

    app.add_typer(csv_files.app, name="csv")
app.add_typer(connector.app, name="connector")
app.add_typer(bridge.app, name="bridge")
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line; every known error ends as one sentence and an exit code."""
    try:
        app(standalone_mode=True)
    except InstepError as error:
        sys.exit(report(error, as_json="--json" in sys.argv))
    except KeyboardInterrupt:
        sys.exit(130)
