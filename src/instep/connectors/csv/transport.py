"""The wire of a file: the same requests and replies, no socket."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

from instep.connectors.csv.columns import ID
from instep.connectors.csv.file import CsvFile, Place
from instep.connectors.csv.keeper import FileKeeper
from instep.connectors.csv.kinds import KINDS
from instep.connectors.csv.resources import COLUMNS, RESOURCES
from instep.connectors.csv.table import Form
from instep.core.errors import UserError
from instep.core.records import FieldType
from instep.sdk.kept import Answering
from instep.sdk.request import Reply, Request

_MEGABYTE = 1024 * 1024


def open_transport(config: Mapping[str, str]) -> FileTransport:
    """Return the wire to the file that the connection's settings name."""
    return FileTransport({kind: CsvFile(place) for kind, place in places(config).items()})


def places(config: Mapping[str, str]) -> dict[str, Place]:
    """Return where the files of a connection are, by kind."""
    kind = config["kind"]
    rows = int(config["largest_rows"])
    main = Place(
        Path(config["path"]),
        Form(KINDS[kind], config["key"], rows, types_of(config.get("types", ""))),
        config["begins"] == "yes",
        int(config["largest_mb"]) * _MEGABYTE,
    )
    found = {kind: main}
    if config.get("contacts") and KINDS[kind].parent is not None:
        contacts = Form(KINDS["contact"], ID, rows)
        found["contact"] = replace(main, path=Path(config["contacts"]), form=contacts)
    return found


def types_of(text: str) -> dict[str, FieldType]:
    """Return the types of a file's own columns: `Renews=date; Premium=number`. Raises UserError."""
    found: dict[str, FieldType] = {}
    for each in filter(str.strip, text.split(";")):
        header, _, word = each.rpartition("=")
        if not header.strip() or word.strip() not in set(FieldType):
            words = ", ".join(FieldType)
            raise UserError(
                f"types takes HEADER=TYPE, with a type of {words}; not {each.strip()!r}."
            )
        found[" ".join(header.split())] = FieldType(word.strip())
    return found


class FileTransport:
    """Carries requests to the files of one connection."""

    def __init__(self, files: Mapping[str, CsvFile]) -> None:
        self._files = files
        self._keeper = FileKeeper(files)
        self._answering = Answering(self._keeper, RESOURCES)

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:  # noqa: ARG002 - a file asks for no credential
        """Answer out of the file. Raises UserError, RetryLater for a file that cannot be used."""
        asked_at = formatdate(time.time(), usegmt=True)
        return replace(await self._answer(request), headers={"date": asked_at})

    async def _answer(self, request: Request) -> Reply:
        match request.path.strip("/").split("/"):
            case [""]:
                return await self._look()
            case [place, name] if place == COLUMNS:
                kind = next(each.canonical for each in RESOURCES if each.name == name)
                return Reply(200, {}, {COLUMNS: await self._keeper.fields(kind)})
        return await self._answering.answer(request)

    async def _look(self) -> Reply:
        """Read every file's columns. Raises UserError that says why one cannot be used."""
        for file in self._files.values():
            if not file.is_there():
                raise UserError(
                    f"There is no file {file.path}. Put it there, or say begins=yes: then Instep "
                    "makes it when there is something to write."
                )
        return Reply(200, {}, {kind: await self._keeper.fields(kind) for kind in self._files})

    async def close(self) -> None:
        """Nothing to let go of."""
