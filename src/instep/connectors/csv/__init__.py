"""CSV files: the bridge to whatever can export a table and read one."""

from __future__ import annotations

from instep.connectors.csv.columns import ID
from instep.connectors.csv.kinds import KINDS
from instep.connectors.csv.resources import RESOURCES
from instep.connectors.csv.transport import open_transport
from instep.sdk.auth import NoProof
from instep.sdk.connector import Connector, Setting
from instep.sdk.limits import Limits
from instep.sdk.request import Request

__all__ = ["connector"]

_NUMBER = r"[1-9]\d{0,8}"

connector = Connector(
    name="csv",
    title="CSV file",
    base_url="file:",
    auth={"file": NoProof()},
    settings=(
        Setting(
            "path",
            "The file",
            file=True,
            help="A name in Instep's folder for files (INSTEP_FILES), such as clients.csv.",
        ),
        Setting(
            "kind",
            "What its rows are",
            default="contact",
            pattern="|".join(KINDS),
            help=f"One of {', '.join(KINDS)}.",
        ),
        Setting("key", "The column that names a row", default=ID, help="A column's header."),
        Setting(
            "contacts",
            "The file of the contacts that tasks or notes belong to",
            file=True,
            required=False,
        ),
        Setting(
            "types",
            "The types of columns of its own",
            required=False,
            help="HEADER=TYPE, several between semicolons: Renews=date; Premium=number.",
        ),
        Setting(
            "begins",
            "Whether Instep may make the file",
            default="no",
            pattern="yes|no",
            help="yes or no.",
        ),
        Setting("largest_rows", "Most rows", default="250000", pattern=_NUMBER, help="A number."),
        Setting("largest_mb", "Most megabytes", default="100", pattern=_NUMBER, help="A number."),
    ),
    account_setting="path",
    # what waits while the file is written is written together the next time
    limits=lambda _kind, _config: Limits(per_second=100_000, burst=1_000, concurrency=64),
    resources=RESOURCES,
    verify=lambda _account: Request("GET", "/"),
    transport=open_transport,
)
