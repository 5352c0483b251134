"""An import: a one-way sync of a prepared file, previewed, carried out once, and laid to rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from instep.bootstrap import Instep
from instep.cli import csv_mapping, csv_rows
from instep.cli.runs import run_now
from instep.connectors.csv.importing import KEY, Finding, Prepared, prepare
from instep.connectors.csv.kinds import KINDS
from instep.connectors.csv.reading import read_table
from instep.connectors.csv.replacing import replacing
from instep.connectors.csv.table import Form, Table
from instep.core.errors import UserError
from instep.core.plan import Kind
from instep.core.records import FieldType
from instep.engine.rule_making import Said, open_end
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.settings import files_folder
from instep.store.connections import Connection
from instep.store.plans import Wanted as WantedItems

_LARGEST_BYTES = 100 * 1024 * 1024
_ITEMS = 1_000
_KINDS = ("contact", "business")


@dataclass(frozen=True, slots=True)
class Asked:
    """An import as a person asks for it. `pairs` are fields by column; `only` update or create."""

    file: Path
    to: str
    records: str
    pairs: Mapping[str, str]
    key: str
    tag: str | None
    clears: bool
    only: str | None
    dry_run: bool
    report: Path | None
    quiet: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: row by row, and in numbers."""

    connection: str
    sync: str
    plan: str | None
    run: str | None
    rows: Sequence[Mapping[str, Any]]
    refused: Sequence[Finding]
    warnings: Sequence[Finding]
    unused: Sequence[str]
    dry_run: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        told = {name: getattr(self, name) for name in ("connection", "sync", "plan", "run")}
        findings = {
            name: [
                {"line": each.line, "column": each.column, "said": each.sentence} for each in found
            ]
            for name, found in (("refused", self.refused), ("warnings", self.warnings))
        }
        return {
            **told,
            "dry_run": self.dry_run,
            "counts": dict(self.counts),
            "rows": [*self.rows],
            **findings,
            "unused_columns": [*self.unused],
        }


async def carry_in(instep: Instep, asked: Asked) -> Imported:
    """Bring a file in. Raises UserError for what cannot be imported; then nothing is written."""
    if asked.records not in _KINDS:
        raise UserError(
            f"An import brings each {' or '.join(_KINDS)}. Rows that belong to a contact are kept "
            "in step by a sync: instep connect csv --set kind=task --set contacts=FILE."
        )
    target = await instep.connections.get(asked.to)
    table = _read(asked)
    end = await open_end(instep.clients, "b", target.name, asked.records, [*asked.pairs.values()])
    said = csv_mapping.Said(asked.file, asked.pairs, asked.tag, asked.clears)
    fields, types = csv_mapping.paired(table.columns, said, end)
    prepared = prepare(table, target.country, asked.tag, types)
    mapping = csv_mapping.mapping_of(prepared.columns, fields, said, end)
    name = _name(asked)
    await _connect(instep, name, asked, target, types, prepared.raw)
    sync = await _sync(instep, f"{name}-to-{target.name}", (name, target.name), asked, mapping)
    return await _carry_out(
        instep, _Import(asked, prepared, name, sync, csv_mapping.unused(prepared, mapping))
    )


@dataclass(frozen=True, slots=True)
class _Import:
    """An import that is set up."""

    asked: Asked
    prepared: Prepared
    connection: str
    sync: str
    unused: Sequence[str]


def _read(asked: Asked) -> Table:
    if asked.file.exists() and not asked.file.is_file():
        raise UserError(f"{asked.file} is no file. Name a CSV file.")
    try:
        size = asked.file.stat().st_size
        if size > _LARGEST_BYTES:
            raise UserError(
                f"{asked.file} has {size:,} bytes; at most {_LARGEST_BYTES:,} are read at once. "
                "Divide it."
            )
        raw = asked.file.read_bytes()
    except OSError as error:
        raise UserError(f"{asked.file} cannot be read: {error.strerror or error}.") from None
    return read_table(raw, Form(KINDS[asked.records], asked.key), str(asked.file), lenient=True)


# The connection and the sync behind it


def _name(asked: Asked) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", asked.file.stem.lower()).strip("-") or "file"
    return f"import-{stem}" if asked.records == "contact" else f"import-{stem}-{asked.records}"


async def _connect(
    instep: Instep,
    name: str,
    asked: Asked,
    target: Connection,
    types: Mapping[str, FieldType],
    raw: bytes,
) -> None:
    """Put the prepared file in its place and connect it, or what it was brought as before."""
    folder = files_folder(instep.settings)
    path = folder / "imports" / f"{name}.csv"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as written:
            written.write(raw)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}.") from None
    own = {header: kind for header, kind in types.items() if kind is not FieldType.TEXT}
    settings = {
        "path": str(path.relative_to(folder)),
        "kind": asked.records,
        "key": KEY,
        "types": "; ".join(f"{header}={kind}" for header, kind in own.items()),
    }
    typed = Typed("csv", name, country=target.country, settings=settings)
    if any(each.name == name for each in await instep.connections.list()):
        await instep.connections.change(typed)
    else:
        await instep.connections.connect(typed)


async def _sync(
    instep: Instep,
    name: str,
    ends: tuple[str, str],
    asked: Asked,
    mapping: Sequence[Mapping[str, Any]],
) -> str:
    """Make the sync of an import, or make the one of an earlier one go by this mapping."""
    rows = [dict(row) for row in mapping]
    if any(each.name == name for each in await instep.syncs.list()):
        await instep.setup.change(name, Said(mapping=rows))
    else:
        await instep.syncs.create(Wanted(name, *ends, asked.records, rows))
    await instep.syncs.rest(name)
    return name


# Showing and doing


async def _carry_out(instep: Instep, work: _Import) -> Imported:
    asked = work.asked
    plan = (await instep.plans.preview(work.sync, 0)).plan
    await _leave(instep, plan, asked.only)
    items = await _items(instep, plan)
    run = None
    if not asked.dry_run and any(_does(each) for each in items.values()):
        run = await _run(instep, work.sync, plan, quiet=asked.quiet)
        items = await _items(instep, plan)
    troubles = {} if run is None else await instep.syncs.troubles(work.sync, "a")
    rows = [
        csv_rows.told_of(row.line, row.id, items.get(row.id), troubles, dry_run=run is None)
        for row in work.prepared.rows
    ]
    if asked.report is not None:
        csv_rows.write_report(asked.report, work.prepared, rows)
    counts = Counter(row["result"] for row in rows)
    counts["refused"] = len(work.prepared.refused)
    counts["on_their_way"] = await _waiting(instep, work.sync)
    return Imported(
        connection=work.connection,
        sync=work.sync,
        plan=plan,
        run=run,
        rows=[row for row in rows if row["result"] != "in step"],
        refused=[finding for _, finding in work.prepared.refused],
        warnings=work.prepared.warnings,
        unused=work.unused,
        dry_run=asked.dry_run,
        counts={"rows": len(rows) + counts["refused"], **+counts},
    )


async def _leave(instep: Instep, plan: str, only: str | None) -> None:
    """Leave out of a plan what is not wanted."""
    if only == "update":
        await instep.plans.leave(plan, Kind.CREATE, "it is not there, and --update-only says so")
    if only == "create":
        await instep.plans.leave(plan, Kind.UPDATE, "it is there, and --create-only says so")


async def _items(instep: Instep, plan: str) -> dict[str, Mapping[str, Any]]:
    """Return the items of a plan by the id of their row."""
    found: dict[str, Mapping[str, Any]] = {}
    after: int | None = 0
    while after is not None:
        page, after = await instep.plans.items(plan, WantedItems(after=after, limit=_ITEMS))
        found |= {each["a"]: each for each in page if each["a"] is not None}
    return found


def _does(item: Mapping[str, Any]) -> bool:
    return str(item["state"]) == "planned"


async def _run(instep: Instep, sync: str, plan: str, *, quiet: bool) -> str:
    """Carry the plan out; the sync rests again afterwards. Writes an app puts off go on by themselves."""
    ran = await run_now(instep, sync, quiet=quiet, plan=plan)
    run: str = ran["run"]
    return run


async def _waiting(instep: Instep, sync: str) -> int:
    """Count the writes that an app puts off: they go on by themselves while Instep runs."""
    waiting = (await instep.syncs.status(sync)).waiting
    return sum(number for state, number in waiting.items() if state != "failed")
