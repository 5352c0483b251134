"""The manifests of this house: looked at, checked, kept where the registry finds them, taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from instep import connectors
from instep.connectors.custom.building import connector_of
from instep.connectors.custom.document import ManifestRefused, Problem
from instep.connectors.custom.loading import Template, blank_told, loads
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.places import told
from instep.core.errors import UserError
from instep.sdk.connector import Connector

BLANK = "custom"
"""The connector whose manifest is the blank one."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_DRAFT = ".draft"
"""How a file is called while it is written: the registry takes no notice of it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A manifest there is: its app's name and title, how complete it is, and whether it is ours."""

    name: str
    title: str
    status: str
    missing: int
    own: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """How one field of a manifest is known: where it stands at the app, and who says so."""

    resource: str
    field: str
    place: str
    type: str
    said_by: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a manifest's text comes to. `connector` is there once it is complete and right."""

    app: str
    title: str
    problems: Sequence[Problem] = ()
    missing: Sequence[Problem] = ()
    connector: Connector | None = None
    evidence: Sequence[Evidence] = ()


class Manifests:
    """Keeps the manifests of one directory; `take_up` makes this process read it at once."""

    def __init__(
        self, folder: Path | None, known: Mapping[str, Connector], take_up: Callable[[], None]
    ) -> None:
        self._folder = folder
        self._known = known
        self._take_up = take_up

    def list(self) -> list[Kept]:
        """Return every manifest there is, the blank one and those of built-in apps included."""
        own = self._own()
        together = {**connectors.manifests(None), **own}
        found = {name: connectors.described(path) for name, path in together.items()}
        return [
            Kept(name, each.title, each.status, len(each.missing), name in own)
            for name, each in found.items()
        ]

    def text(self, name: str) -> str:
        """Return a manifest's text. Raises UserError if no manifest describes this app."""
        path = connectors.manifests(self._folder).get(name)
        if path is None:
            raise UserError(
                f"No manifest describes {name!r}; it is written in Python, or there is none."
            )
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}.") from None

    def save(self, text: str, *, replace: bool = False) -> Connector:
        """Keep a manifest, and take its app up in this process at once.

        Raises ManifestRefused with every problem, UserError for a name that is taken, and for an
        incomplete one in the place of one that is complete.
        """
        judged = judge(text)
        if judged.problems:
            raise ManifestRefused(judged.app, [*judged.problems])
        before = self._free_for(judged, replace=replace)
        path = _folder_of(self._folder) / file_of(judged.app, text)
        _write(path, text)
        if before is not None and before != path:
            before.unlink(missing_ok=True)
        self._take_up()
        return self._known[judged.app]

    def remove(self, name: str) -> None:
        """Take a manifest of this house away. Raises UserError if it is none of ours."""
        path = self._own().get(name)
        if path is None:
            raise UserError(f"{name!r} is described by no manifest of this house.")
        path.unlink(missing_ok=True)
        self._take_up()

    def _own(self) -> dict[str, Path]:
        files = connectors.manifest_files(self._folder)
        return {connectors.described(path).name: path for path in files}

    def _free_for(self, judged: Judged, *, replace: bool) -> Path | None:
        """Return the file whose place a manifest takes, None if it is new. Raises UserError."""
        name = judged.app
        if not _NAME.fullmatch(name) or name == BLANK:
            raise UserError(
                "`app` has to be a name of its own: small letters, digits, - and _, such as mycrm."
            )
        before, known = self._own().get(name), self._known.get(name)
        if before is None and known is not None and not known.missing:
            raise UserError(f"There is an app called {name!r} already; choose another `app`.")
        if before is not None and not replace:
            raise UserError(
                f"There is a manifest of {name!r} already: it is not overwritten unasked."
            )
        if before is not None and judged.missing and not connectors.described(before).missing:
            raise UserError(
                f"The manifest of {name!r} is complete, and this one is not: fill in what is missing "
                "first, so that its connections go on."
            )
        return before


def judge(text: str) -> Judged:
    """Say everything that is wrong with a manifest's text, and what is still to be filled in."""
    file = file_of("manifest", text)
    try:
        found = loads(text, file)
    except ManifestRefused as error:
        return Judged("", "", problems=error.problems)
    if isinstance(found, Template):
        return Judged(found.app, found.title, missing=[blank_told(each) for each in found.blanks])
    return Judged(found.app, found.title, connector=connector_of(found), evidence=_evidence(found))


def file_of(name: str, text: str) -> str:
    """Return the name of the file that a manifest's text is kept in: by what it is written in."""
    return f"{name}.{'json' if text.lstrip().startswith('{') else 'yaml'}"


def _evidence(manifest: Manifest) -> Sequence[Evidence]:
    return [
        Evidence(name, field, told(part.path), part.type.value, part.evidence or resource.evidence)
        for name, resource in manifest.resources.items()
        for field, part in resource.fields.items()
    ]


def _folder_of(folder: Path | None) -> Path:
    if folder is None:
        raise UserError("There is no directory for manifests: set INSTEP_MANIFESTS.")
    return folder.expanduser()


def _write(path: Path, text: str) -> None:
    """Write a file in one stroke: nobody ever sees half of one. Raises UserError."""
    draft = path.with_suffix(_DRAFT)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise UserError(f"{path} cannot be written: {error.strerror}.") from None
