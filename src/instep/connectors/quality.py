"""How far each connector is proven, rule by rule, as the `quality.toml` in its folder says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from instep.connectors import connector_in, described, manifest_files, packages

FILE = "quality.toml"

RULES: Mapping[str, str] = {
    "contract-suite": "The contract suite passes.",
    "recorded-replies": "The tests use replies that the app itself gave.",
    "rate-limit-declared": "The app's limits are declared and kept.",
    "deletes-detected": "A record that is gone at the app is noticed.",
    "webhook-signature": "Webhooks are proven before they are read.",
    "docs-page": "There is a page about setting it up.",
    "live-tested-on": "The day on which somebody ran it against the app itself.",
}


def answers_in(folder: Path) -> Mapping[str, str]:
    """Return what a connector's folder says of each rule: a word, a day, or `exempt: why`.

    In the order of the rules; empty where the folder says nothing.
    """
    try:
        said = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))["rules"]
    except FileNotFoundError:
        return {}
    return {rule: _told(said[rule]) for rule in RULES if rule in said}


def _told(answer: Any) -> str:
    if isinstance(answer, dict):
        return f"exempt: {answer['exempt']}"
    return answer.isoformat() if isinstance(answer, date) else str(answer)


def quality_of(name: str, manifests: Path | None) -> Mapping[str, str]:
    """Return the answers about the connector of this name; empty for a manifest of the user's."""
    if any(described(path).name == name for path in manifest_files(manifests)):
        return {}
    for package in packages():
        connector = connector_in(package)
        file = import_module(package).__file__
        if connector is not None and connector.name == name and file:
            return answers_in(Path(file).parent)
    return {}
