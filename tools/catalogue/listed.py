"""What the catalogue says beyond the specs: the list's names, reading or writing, pages, events."""

from __future__ import annotations

from typing import Any

from tools.catalogue import corrections, paging
from tools.catalogue.events import EVENTS
from tools.catalogue.schemas import Shapes

JsonObject = dict[str, Any]

_READING = ("search", "filter", "list", "validate", "check", "get", "find", "export", "preview")
MEDIA = {
    # facts: ghl 1, notes (binary audio; text)
    "conversations.get_recording": "audio",
    "conversations.download_transcription": "text",
}


def describe(operation: JsonObject, shapes: Shapes) -> None:
    """Add effect, paging, places in the reply and events, in the order of the file's keys."""
    view = next(iter(operation["views"].values()))
    both = operation.pop("views")
    official = operation.pop("official")
    operation |= {
        "official": official,
        "effect": corrections.EFFECTS.get(operation["id"]) or _effect(operation["id"], view),
        "events": list(EVENTS.get(operation["id"], ())),
        "media": MEDIA.get(operation["id"], "json"),
        "paging": paging.paging_of(operation["id"], view, shapes.resolve),
    }
    operation["items"], operation["key"] = paging.items_of(view, shapes.resolve)
    listing = operation["items"] is not None
    operation["record"] = None if listing else paging.record_of(view, shapes.resolve)
    operation |= corrections.PLACES.get(operation["id"], {})
    operation["views"] = both
    _add_remarks(operation)


def _add_remarks(operation: JsonObject) -> None:
    """Add what few operations have: flags, and what took their place in v3."""
    tokens = {view["token"] for view in operation["views"].values()}
    flags = []
    if operation["id"] in corrections.LEGACY_PRODUCTS:
        flags.append("legacy_product")
    if tokens == {"agency"}:
        flags.append("agency_token_only")
    if flags:
        operation["flags"] = flags
    if operation["id"] in corrections.REPLACED_BY:
        operation["replaced_by"] = corrections.REPLACED_BY[operation["id"]]


def _effect(identifier: str, view: JsonObject) -> str:
    name = identifier.partition(".")[2]
    if view["method"] == "GET":
        return "read"
    if view["method"] == "DELETE" or "delete" in name.split("_"):
        return "destructive"
    return "read" if name.startswith(_READING) and view["method"] == "POST" else "write"


def name_the_listed(files: dict[str, JsonObject], entries: list[JsonObject]) -> None:
    """Give the list's names to their operations, and add the composite ones.

    Raises SystemExit if an entry finds no operation or two entries the same one.
    """
    by_id = {each["id"]: each for file in files.values() for each in file["operations"]}
    by_address = {
        (each["views"]["v2"]["method"], each["views"]["v2"]["path"]): each["id"]
        for each in by_id.values()
        if "v2" in each["views"]
    }
    for identifier, parts in corrections.COMPOSITES.items():
        composite = _composite(identifier, [by_id[part] for part in parts])
        files[identifier.partition(".")[0]]["operations"].append(composite)
        by_id[identifier] = composite
    for entry in entries:
        official = entry["official"][0]
        address = (official["method"], official["path"])
        operation = by_id[corrections.LISTED_AS.get(entry["name"]) or by_address[address]]
        if "listed" in operation:
            raise SystemExit(f"{operation['id']} is listed twice: {entry['name']}")
        operation["listed"] = {name: entry[name] for name in ("name", "category", "kind")}


def _composite(identifier: str, parts: list[JsonObject]) -> JsonObject:
    first = parts[0]
    return {
        "id": identifier,
        "official": None,
        "parts": [part["id"] for part in parts],
        "effect": "read",
        "events": [],
        "media": "json",
        "paging": None,
        "items": None,
        "key": None,
        "record": first["record"],
        "views": {},
    } | corrections.PLACES.get(identifier, {})
