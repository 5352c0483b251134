"""From a file to a manifest, or to what is still missing in it. Says everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from instep.connectors.custom import document as documents
from instep.connectors.custom.checking import check
from instep.connectors.custom.document import Document, ManifestRefused, Problem
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.wording import problems_of


@dataclass(frozen=True, slots=True)
class Blank:
    """One place that a person has to fill in."""

    line: int
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Template:
    """A manifest with blanks. `resources` maps each resource to its kind and the names of its fields."""

    file: str
    app: str
    title: str
    blanks: tuple[Blank, ...]
    evidence: Mapping[str, str]
    resources: Mapping[str, tuple[str, tuple[str, ...]]]


def load(path: Path) -> Manifest | Template:
    """Read a manifest. Raises ManifestRefused with every problem, UserError if unreadable."""
    return judged(documents.read(path))


def loads(text: str, file: str = "manifest.yaml") -> Manifest | Template:
    """Read the text of a manifest. Raises ManifestRefused with every problem."""
    return judged(documents.parse(text, file))


def complete(path: Path) -> Manifest:
    """Read a manifest that has no blanks. Raises ManifestRefused, naming the blanks it has."""
    found = load(path)
    if isinstance(found, Template):
        raise ManifestRefused(found.file, [blank_told(each) for each in found.blanks])
    return found


def blank_told(blank: Blank) -> Problem:
    """Return a blank as the problem it is where a whole manifest is needed."""
    why = f": {blank.why.rstrip('.')}" if blank.why else ""
    return Problem(blank.line, blank.place, f"fill this in{why}.")


def judged(document: Document) -> Manifest | Template:
    """Return what a document describes. Raises ManifestRefused."""
    if not isinstance(document.data, dict):
        problem = Problem(1, "", "a manifest is an object with entries such as app and resources.")
        raise ManifestRefused(document.file, [problem])
    blanks = tuple(
        Blank(document.line_of(at), ".".join(map(str, at)), each.why)
        for at, each in document.missing()
    )
    problems, manifest = _validated(document)
    status = document.data.get("status")
    if blanks and status != "template":
        said = f"{len(blanks)} places are marked !required, so the status is template."
        problems.append(Problem(document.line_of(("status",)), "status", said))
    if problems:
        raise ManifestRefused(document.file, sorted(problems, key=lambda each: each.line))
    if blanks or manifest is None:
        return _template(document, blanks)
    return manifest


def _validated(document: Document) -> tuple[list[Problem], Manifest | None]:
    problems = list(document.problems)
    try:
        manifest = Manifest.model_validate(document.data)
    except ValidationError as error:
        return problems + problems_of(error, document, Manifest), None
    return problems + check(manifest, document), manifest


def _template(document: Document, blanks: tuple[Blank, ...]) -> Template:
    data = document.data
    return Template(
        document.file,
        _said(data.get("app"), Path(document.file).stem),
        _said(data.get("title"), Path(document.file).stem),
        blanks,
        {str(name): str(said) for name, said in (data.get("evidence") or {}).items()},
        {str(name): _outline(each) for name, each in (data.get("resources") or {}).items()},
    )


def _said(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise


def _outline(resource: Any) -> tuple[str, tuple[str, ...]]:
    if not isinstance(resource, dict):
        return "", ()
    fields = resource.get("fields")
    return str(resource.get("kind", "")), tuple(fields) if isinstance(fields, dict) else ()
