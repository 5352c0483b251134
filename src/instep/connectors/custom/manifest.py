"""A manifest: one app described as data, in YAML or JSON. Its parts are in modules of their own."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from instep.connectors.custom.connecting import Asked, Http
from instep.connectors.custom.describing import OneResource
from instep.connectors.custom.hooks import Inbound
from instep.connectors.custom.parts import Part

Status = Literal["documented", "partial", "template"]


class Webhooks(Part):
    """What the app sends by itself."""

    inbound: Inbound


class Manifest(Part):
    """One app. `evidence` says in words where its facts come from."""

    manifest_version: Literal[1]
    app: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    title: str = Field(min_length=1, max_length=80)
    status: Status
    evidence: dict[str, str | bool] = Field(default_factory=dict)
    config: dict[str, Asked] = Field(default_factory=dict)
    http: Http
    resources: dict[str, OneResource] = Field(min_length=1)
    webhooks: Webhooks | None = None
