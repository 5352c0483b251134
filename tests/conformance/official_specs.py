"""The official specs: where they are, and how they are read.

They are GoHighLevel's own and no part of this repository. INSTEP_GHL_SPECS names their folder (the
one with `apps/contacts.json`); unset, it is looked for beside the clone.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPECS_VARIABLE = "INSTEP_GHL_SPECS"
_BESIDE_THE_CLONE = Path(__file__).parents[2] / "../shared/facts/ghl/openapi"
_COMMON = "apps/v3/common/common-schemas.json"
_COMMON_REFERENCE = "../common/common-schemas.json#"


_TOUCHED = (
    *("associations", "blogs", "businesses", "calendars", "campaigns", "companies", "contacts"),
    *("conversations", "locations", "opportunities", "snapshots", "users", "workflows"),
)
"""The specs that the listed operations come from."""


@dataclass(frozen=True, slots=True)
class View:
    """One of the official specs, as one of the two sets has it."""

    name: str
    product: str

    @property
    def file(self) -> str:
        """Where it lies in the folder of specs."""
        if self.name == "v3":
            return f"apps/v3/{self.product}-v3.json"
        return f"apps/{self.product}.json"

    @property
    def client(self) -> str:
        """How its rows are headed in the report."""
        return f"official spec, {self.product}, {self.name} view"


VIEWS = tuple(View(name, product) for name in ("v2", "v3") for product in _TOUCHED)


class SpecsNotFound(Exception):
    """The official specs are not where they were looked for; the text says what to do."""


def find_specs() -> Path:
    """Return the folder of the specs. Raises SpecsNotFound."""
    folder = Path(os.environ.get(SPECS_VARIABLE) or _BESIDE_THE_CLONE)
    if not all((folder / file).is_file() for file in (*(view.file for view in VIEWS), _COMMON)):
        raise SpecsNotFound(
            f"official specs not found at {os.path.normpath(folder)}: set {SPECS_VARIABLE}"
        )
    return folder


def read_spec(folder: Path, view: View) -> dict[str, Any]:
    """Read a spec; the schemas that it refers to in another file become its own."""
    text = (folder / view.file).read_text()
    spec = json.loads(text.replace(_COMMON_REFERENCE, "#"))
    common = json.loads((folder / _COMMON).read_text())
    spec["components"]["schemas"] |= common["components"]["schemas"]
    return _without_any(spec)


def _without_any(node: Any) -> Any:
    """Return a spec without `type: any`, which no version of OpenAPI knows (conversations)."""
    if isinstance(node, list):
        return [_without_any(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_any(value) for key, value in node.items() if (key, value) != _ANY}


_ANY = ("type", "any")


def read_reply_schemas(folder: Path, view: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the schema of each operation's yes, by method and path, complete in itself."""
    schemas = {}
    for each in VIEWS:
        if each.name != view:
            continue
        spec = _without_nullable(read_spec(folder, each))
        for path, operations in spec["paths"].items():
            for method, operation in operations.items():
                schema = _yes(operation)
                if schema is not None:
                    whole = {**schema, "components": spec["components"]}
                    schemas[method.upper(), path] = whole
    return schemas


def _yes(operation: dict[str, Any]) -> dict[str, Any] | None:
    for status, reply in operation.get("responses", {}).items():
        if status.startswith("2"):
            content = reply.get("content", {}).get("application/json", {})
            return content.get("schema") or None
    return None


def _without_nullable(node: Any) -> Any:
    """Return a schema in which OpenAPI's `nullable` is JSON Schema's null."""
    if isinstance(node, list):
        return [_without_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _without_nullable(value) for key, value in node.items()}
    if changed.get("nullable") is True:
        rest = {key: value for key, value in changed.items() if key != "nullable"}
        return {"anyOf": [rest, {"type": "null"}]}
    return changed


def close_bodies(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the spec with no other properties in what is sent than those it names.

    The specs do not say so, but GoHighLevel refuses any other (facts: ghl 6.5): a body with made-up
    properties would never be let in. What is answered is checked as the spec has it.
    """
    schemas = spec["components"]["schemas"]
    paths = {
        path: {
            method: operation | _closed_body(operation, schemas)
            for method, operation in operations.items()
        }
        for path, operations in spec["paths"].items()
    }
    return spec | {"paths": paths}


def _closed_body(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    return {"requestBody": _closed(operation["requestBody"], schemas)}


def _closed(node: Any, schemas: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_closed(each, schemas) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _closed(schemas[node["$ref"].rsplit("/", 1)[-1]], schemas)
    closed = {key: _closed(value, schemas) for key, value in node.items()}
    return closed | ({"additionalProperties": False} if "properties" in node else {})
