"""One operation as one of the two sets describes it."""

from __future__ import annotations

import re
from typing import Any

from tools.catalogue import corrections
from tools.catalogue.schemas import Shapes

JsonObject = dict[str, Any]

_TOKENS = {
    "bearer": "any",
    "Location-Access": "location",
    "Agency-Access": "agency",
    "Location-Access-Only": "location_oauth",
    "Agency-Access-Only": "agency_oauth",
}
_BODIES = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}
_HEADERS = ("version", "authorization")


def read(
    document: JsonObject, view: str, method: str, path: str, official: JsonObject, shapes: Shapes
) -> JsonObject:
    """Return the facts about one operation in one view."""
    token, scopes = _security(official)
    status, reply = _success(official, document, view, shapes)
    record: JsonObject = {
        "method": method.upper(),
        "path": path,
        "version": _version(official, view),
        "token": token,
        "scopes": scopes,
        "parameters": _parameters(path, official, document, view, shapes),
        "body": _body(official, document, view, shapes),
        "status": status,
        "reply": reply,
    }
    if official.get("deprecated"):
        record["deprecated"] = True
    return record


def correct(operation: JsonObject) -> None:
    """Put right what the specs have wrong about this operation."""
    for record in operation["views"].values():
        identifier = operation["id"]
        if identifier in corrections.PARAMETERS:
            declared = {each["name"] for each in corrections.PARAMETERS[identifier]}
            others = [each for each in record["parameters"] if each["name"] not in declared]
            record["parameters"] = [*corrections.PARAMETERS[identifier], *others]
        if identifier in corrections.SECURITY:
            record["token"], record["scopes"] = corrections.SECURITY[identifier]
        if identifier in corrections.VERSIONS and record["version"] is None:
            record["version"] = corrections.VERSIONS[identifier]
        if identifier in corrections.BODIES:
            schema = corrections.BODIES[identifier]
            record["body"] = {"content": "json", "required": True, "schema": schema}
        if identifier in corrections.REPLIES and record["reply"] is None:
            record["reply"] = {"schema": corrections.REPLIES[identifier]}


def _security(official: JsonObject) -> tuple[str, list[str]]:
    """Return the class of token and the scopes. Several classes may be allowed: then any of them."""
    named = [pair for each in official.get("security") or () for pair in each.items()]
    kinds = {_TOKENS[kind] for kind, _ in named}
    scopes = sorted({scope for _, wanted in named for scope in wanted})
    if not kinds:
        return "none", []
    if "any" in kinds or {"location", "agency"} <= kinds:
        return "any", scopes
    return min(kinds), scopes


def _version(official: JsonObject, view: str) -> str | None:
    """Return the Version header of the set; where it names several dates, the newest."""
    for each in official["parameters"]:
        if each.get("in") == "header" and each["name"].lower() == "version":
            values = each["schema"].get("enum") or []
            if view == "v3":
                return "v3" if "v3" in values else max(values, default=None)
            return max((value for value in values if value != "v3"), default=None)
    return None


def _parameters(
    path: str, official: JsonObject, document: JsonObject, view: str, shapes: Shapes
) -> list[JsonObject]:
    found = [
        {
            "name": each["name"],
            "in": each["in"],
            "required": bool(each.get("required")) or each["in"] == "path",
            "schema": shapes.boil(each.get("schema") or {}, document, view),
        }
        for each in official["parameters"]
        if each["in"] != "header" or each["name"].lower() not in _HEADERS
    ]
    in_path = re.findall(r"{(\w+)}", path)
    declared = {each["name"] for each in found if each["in"] == "path"}
    undeclared = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in in_path
        if name not in declared
    ]
    # some specs declare a path parameter that the path does not have
    kept = [each for each in found if each["in"] != "path" or each["name"] in in_path]
    return [*undeclared, *kept]


def _body(
    official: JsonObject, document: JsonObject, view: str, shapes: Shapes
) -> JsonObject | None:
    described = official.get("requestBody")
    if not described or not described.get("content"):
        return None
    content, inner = next(iter(described["content"].items()))
    return {
        "content": _BODIES[content],
        "required": bool(described.get("required")),
        "schema": shapes.boil(inner.get("schema") or {}, document, view),
    }


def _success(
    official: JsonObject, document: JsonObject, view: str, shapes: Shapes
) -> tuple[int, JsonObject | None]:
    """Return the status of a yes and, where the spec tells, what comes with it."""
    yes = sorted(int(status) for status in official.get("responses", {}) if status.startswith("2"))
    if not yes:
        return 200, None
    content = official["responses"][str(yes[0])].get("content") or {}
    for inner in content.values():
        schema = shapes.boil(inner.get("schema") or {}, document, view)
        return yes[0], {"schema": schema} if schema else None
    return yes[0], None
