"""What became of each row of an imported file, as it is shown and reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from instep.connectors.csv.importing import Prepared, report
from instep.connectors.csv.replacing import replacing
from instep.core.errors import UserError

_WOULD = {"create": "create", "update": "update", "link": "link", "review": "review"}
_DID = {"create": "created", "update": "updated", "link": "linked", "review": "review"}


def told_of(
    line: int,
    record_id: str,
    item: Mapping[str, Any] | None,
    troubles: Mapping[str, tuple[str, str]],
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """Return what becomes of one row, as it is shown."""
    told: dict[str, Any] = {"line": line, "record": record_id, "changes": [], "reason": None}
    if record_id in troubles:
        result, reason = troubles[record_id]
        return {**told, "result": result, "reason": reason}
    if item is None:
        return {**told, "result": "in step"}
    changes = [each for each in item["changes"] if each["side"] == "b"]
    told |= {"record": item["record"], "changes": changes, "reason": item["why"]}
    if item["state"] in {"refused", "stale"}:
        return {**told, "result": "left", "changes": [], "reason": item["sentence"]}
    return {**told, "result": (_WOULD if dry_run else _DID)[item["what"]]}


_NOT_TAKEN = ("left", "review", "failed", "waiting")


def write_report(path: Path, prepared: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows that were not taken to a file, each with its reason. Raises UserError."""
    left = {
        row["line"]: (row["result"], row["reason"] or "")
        for row in rows
        if row["result"] in _NOT_TAKEN
    }
    left |= {
        row.line: ("refused", f"{finding.column or 'the row'}: {finding.sentence}")
        for row, finding in prepared.refused
    }
    try:
        with replacing(path) as written:
            for piece in report(prepared, left):
                written.write(piece)
    except OSError as error:
        raise UserError(
            f"The report {path} cannot be written: {error.strerror or error}."
        ) from None
