"""Manifests over REST: an app of one's own is described, tried, kept and taken away. For admins."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from instep.api.access import ADMIN
from instep.api.connectors import ConnectorView
from instep.bootstrap import Instep
from instep.connectors.custom.document import LARGEST
from instep.connectors.registry import Registry
from instep.core.errors import UserError
from instep.engine.manifest_trials import (
    MOST_LISTS,
    ManifestTrials,
    Probing,
    Trial,
    verified,
)
from instep.engine.manifests import Judged, Manifests, judge
from instep.engine.typed import Typed
from instep.sdk.clock import SystemClock
from instep.settings import allows_address, locate_file
from instep.store.audit.entries import About, note

_TOLD = 20_000
"""Characters of a manifest that the audit log tells; few are longer."""


class ManifestView(BaseModel):
    """A manifest there is; `missing` counts its blanks, `own` says whether it is of this house."""

    name: str
    title: str
    status: str
    missing: int
    own: bool


class ManifestText(BaseModel):
    """A manifest, YAML or JSON."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LARGEST)


class KeptManifest(ManifestText):
    """A manifest to keep; `replace` lets it take the place of the one its app has."""

    replace: bool = False


class ManifestProblem(BaseModel):
    """One thing that is wrong or missing: its line, its place, a sentence."""

    line: int
    place: str
    sentence: str


class FieldEvidence(BaseModel):
    """How one field is known: where it stands at the app, its type, and who says so."""

    resource: str
    field: str
    place: str
    type: str
    said_by: str | None


class ManifestJudged(BaseModel):
    """What a manifest comes to; `connector` is there once it is right and complete."""

    app: str
    title: str
    problems: list[ManifestProblem]
    missing: list[ManifestProblem]
    connector: ConnectorView | None
    evidence: list[FieldEvidence]

    @classmethod
    def of(cls, judged: Judged) -> ManifestJudged:
        """Return the view of a judgement."""
        return cls(
            app=judged.app,
            title=judged.title,
            problems=[ManifestProblem(**asdict(each)) for each in judged.problems],
            missing=[ManifestProblem(**asdict(each)) for each in judged.missing],
            connector=None if judged.connector is None else ConnectorView.of(judged.connector),
            evidence=[FieldEvidence(**asdict(each)) for each in judged.evidence],
        )


class TriedManifest(ManifestText):
    """A manifest, and what a person would type to connect its app. Nothing of it is kept."""

    country: str | None = None
    settings: dict[str, SecretStr] = {}


class FindingView(BaseModel):
    """One thing that was tried; `holds` is null where nothing there shows it."""

    resource: str
    what: str
    holds: bool | None
    said: str


class ManifestTrial(BaseModel):
    """What was found; `whole` says whether everything was tried in the minute there was."""

    findings: list[FindingView]
    whole: bool

    @classmethod
    def of(cls, trial: Trial) -> ManifestTrial:
        """Return the view of a trial."""
        findings = [FindingView(**asdict(each)) for each in trial.findings]
        return cls(findings=findings, whole=trial.whole)


class ProbedApp(BaseModel):
    """What to look at: addresses of lists; `auth` is bearer, basic or header:NAME."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    urls: list[str] = Field(min_length=1, max_length=MOST_LISTS)
    auth: str = "bearer"
    key: SecretStr


class SeenField(BaseModel):
    """One key of the records, what it is taken for (null: nothing), and why."""

    resource: str
    place: str
    field: str | None
    type: str
    why: str
    observed: bool


class ProposalView(BaseModel):
    """A manifest for a person to confirm, with what was seen field by field."""

    manifest: str
    seen: list[SeenField]


def router(instep: Instep) -> APIRouter:
    """Return the routes of manifests."""
    routes = APIRouter(prefix="/api/manifests", tags=["manifests"], dependencies=[ADMIN])
    _add_kept(routes, instep)
    _add_trials(routes, instep)
    return routes


def _manifests(instep: Instep) -> Manifests:
    return Manifests(instep.settings.manifests, instep.connectors, partial(_take_up, instep))


def _trials(instep: Instep) -> ManifestTrials:
    settings = instep.settings
    return ManifestTrials(
        SystemClock(), partial(allows_address, settings), partial(locate_file, settings)
    )


def _take_up(instep: Instep) -> None:
    """Have this process read the directory now; others do within some seconds."""
    if isinstance(instep.connectors, Registry):
        instep.connectors.take_up()


def _add_kept(routes: APIRouter, instep: Instep) -> None:
    @routes.get("")
    async def list_manifests() -> list[ManifestView]:
        """List the manifests there are: the blank one, those that ship with Instep, one's own."""
        found = await asyncio.to_thread(_manifests(instep).list)
        return [ManifestView(**asdict(each)) for each in found]

    @routes.get("/{name}")
    async def show_manifest(name: str) -> ManifestText:
        """Show the text of a manifest, to begin with it or to change it."""
        return ManifestText(text=await asyncio.to_thread(_manifests(instep).text, name))

    @routes.put("")
    async def keep_manifest(wanted: KeptManifest) -> ConnectorView:
        """Keep a manifest where this house's are: its app can be connected from now on."""
        made = await asyncio.to_thread(_manifests(instep).save, wanted.text, replace=wanted.replace)
        said = {"title": made.title, "status": made.status, "manifest": wanted.text[:_TOLD]}
        await instep.db.run(lambda tx: note(tx, About("manifest", None, made.name), said))
        return ConnectorView.of(made)

    @routes.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
    async def remove_manifest(name: str) -> None:
        """Take a manifest of this house away; refused while a connection reaches its app."""
        users = [each.name for each in await instep.connections.list() if each.connector == name]
        if users:
            raise UserError(f"{name} is reached by {', '.join(users)}; remove that first.")
        await asyncio.to_thread(_manifests(instep).remove, name)
        about = About("manifest", None, name)
        await instep.db.run(lambda tx: note(tx, about, {"removed": True}))


def _add_trials(routes: APIRouter, instep: Instep) -> None:
    @routes.post("/check")
    async def check_manifest(wanted: ManifestText) -> ManifestJudged:
        """Say everything that is wrong with a manifest, and what is still to be filled in."""
        return ManifestJudged.of(await asyncio.to_thread(judge, wanted.text))

    @routes.post("/verify")
    async def verify_manifest(wanted: TriedManifest) -> ManifestTrial:
        """Ask the app itself whether what a manifest says of it holds. Only reads, for a minute."""
        judged = await asyncio.to_thread(judge, wanted.text)
        if judged.connector is None:
            raise UserError(_first([*judged.problems, *judged.missing]))
        given = {name: value.get_secret_value() for name, value in wanted.settings.items()}
        typed = Typed(judged.app, judged.app, None, wanted.country, given)
        return ManifestTrial.of(await _trials(instep).verify(judged.connector, typed))

    @routes.post("/verify/{connection}")
    async def verify_connection(connection: str) -> ManifestTrial:
        """Ask an app that is connected whether what its connector says of it holds. Only reads."""
        reached = await instep.clients.named(connection)
        found = await verified(reached.connector, reached.account, reached.client)
        return ManifestTrial.of(found)

    @routes.post("/probe")
    async def probe_app(wanted: ProbedApp) -> ProposalView:
        """Read samples of an app's lists and propose a manifest. Only reads, for a minute."""
        key = wanted.key.get_secret_value()
        found = await _trials(instep).probe(Probing(wanted.name, wanted.urls, wanted.auth, key))
        seen = [SeenField(**asdict(each)) for each in found.seen]
        return ProposalView(manifest=found.manifest, seen=seen)


def _first(problems: Sequence[object]) -> str:
    count = len(problems)
    places = "place is" if count == 1 else "places are"
    return f"The manifest cannot be tried yet: {count} {places} wrong or missing. Check it first."
