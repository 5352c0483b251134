"""Read samples of an app's lists and propose a manifest for a person to confirm. GET only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from instep.connectors.custom import guessing
from instep.connectors.custom.guessing import GuessedField, Path, Row
from instep.connectors.custom.places import UNTOLD, dig, told
from instep.core.errors import ConnectionBroken, DailyLimit, InstepError, UserError
from instep.core.records import FieldType
from instep.sdk.client import Client
from instep.sdk.limits import Purpose
from instep.sdk.pages import LinkHeader
from instep.sdk.request import Reply, Request

LIMITS = ("limit", "per_page", "page_size", "pageSize", "size", "take", "top", "count")
PAGES = ("page", "offset", "skip", "start", "page_number")
SINCE = (
    "updated_since",
    "updated_after",
    "modified_since",
    "changed_since",
    "since",
    "updatedSince",
)
TOKENS = ("next_cursor", "nextCursor", "next_token", "nextToken", "cursor", "next_page_token")
NEXT = ("next", "next_url", "nextUrl", "next_page", "nextPage")
_FUTURE = "2100-01-01T00:00:00Z"
_SMALL = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """What was read of one list."""

    path: str
    query: Mapping[str, str]
    kind: str
    records: Path
    rows: Sequence[Row]
    id: str
    paging: Mapping[str, Any]
    changed: tuple[str, str] | None = None
    since: str | None = None
    get: Path | None = None
    fields: Sequence[GuessedField] = field(default_factory=list)


async def sample(client: Client, path: str, query: Mapping[str, str]) -> Sample:
    """Read one list, and try which parameters it honours. Raises UserError if it is none."""
    request = Request("GET", path, dict(query))
    reply = await client.send(request, Purpose.PERSON)
    found = guessing.records_in(reply.body)
    if found is None:
        raise UserError(
            f"{path} answers with no list of records, or with an empty one; probe one that has some."
        )
    records, rows = found
    kind = guessing.kind_of(path)
    identifier = guessing.id_of(rows, kind)
    if identifier is None:
        raise UserError(f"No key of the records of {path} tells them apart like an id.")
    trial = _Trial(client, request, records, identifier)
    changed = guessing.changed_in(rows)
    return Sample(
        path,
        query,
        kind,
        records,
        rows,
        identifier,
        await trial.paging(reply, rows),
        changed,
        await trial.since() if changed is not None and changed[1] == "iso" else None,
        await trial.get(str(rows[0][identifier])),
        guessing.fields_in(rows, kind),
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """Small reads of one list with a parameter more: what changes the answer is honoured."""

    client: Client
    request: Request
    records: Path
    id: str

    async def paging(self, reply: Reply, rows: Sequence[Row]) -> Mapping[str, Any]:
        """Return how the list is paged, as a manifest says it."""
        limit = await self._limit(rows)
        sized: dict[str, Any] = {"size": max(len(rows), 1)}
        if limit is not None:
            sized["limit"] = limit
        told_so = _told_paging(self.request, reply)
        if told_so is not None:
            return {**told_so, **sized}
        small = {} if limit is None else {limit: str(_SMALL)}
        first = await self._ids(small)
        for name in PAGES:
            numbered = "page" in name
            # a page counts pages, an offset counts records
            step = "2" if numbered else str(max(len(first), 1))
            second = await self._ids({**small, name: step})
            if second and first and second[0] != first[0]:
                kind = "page" if numbered else "offset"
                return {"type": kind, kind: name, **sized}
        return {"type": "none"}

    async def since(self) -> str | None:
        """Return the parameter after which nothing is left that changed before a far day."""
        for name in SINCE:
            if await self._ids({name: _FUTURE}, unanswered=["?"]) == []:
                return name
        return None

    async def get(self, record_id: str) -> Path | None:
        """Return where a record stands that is asked for by its id; None if that fails."""
        reply = await self._reply(Request("GET", f"{self.request.path}/{record_id}"))
        body = reply.body if reply is not None else None
        inside: list[Path] = (
            [(), *(((str(key)),) for key in body)] if isinstance(body, dict) else []
        )
        for place in inside:
            if str(dig(body, (*place, self.id))) == record_id:
                return place
        return None

    async def _limit(self, rows: Sequence[Row]) -> str | None:
        if len(rows) <= _SMALL:
            return None
        for name in LIMITS:
            if len(await self._ids({name: str(_SMALL)})) == _SMALL:
                return name
        return None

    async def _ids(self, more: Mapping[str, str], unanswered: Sequence[str] = ()) -> list[str]:
        reply = await self._reply(self.request.with_query(**more))
        rows = dig(reply.body, self.records) if reply is not None else UNTOLD
        if not isinstance(rows, list):
            return [*unanswered]
        return [str(row.get(self.id)) for row in rows if isinstance(row, dict)]

    async def _reply(self, request: Request) -> Reply | None:
        """Return the answer, None to a refusal: then the app knows no such parameter."""
        try:
            return await self.client.send(request, Purpose.PERSON)
        except (ConnectionBroken, DailyLimit):
            raise
        except InstepError:
            return None


def _told_paging(request: Request, reply: Reply) -> dict[str, Any] | None:
    """Return the paging that the reply itself tells: a link or a token to the next page."""
    if LinkHeader().next(replace(request, path=f"{request.path}#"), reply) is not None:
        return {"type": "link"}
    for place in _places(reply.body):
        value = dig(reply.body, place)
        if place[-1] in NEXT and isinstance(value, str) and "/" in value:
            return {"type": "link", "link": told(place)}
        if place[-1] in (*TOKENS, *NEXT) and isinstance(value, str | int) and value != "":
            return {"type": "cursor", "token": told(place), "param": "cursor"}
    return None


def _places(body: Any) -> list[Path]:
    if not isinstance(body, dict):
        return []
    below = [
        (str(key), str(inner))
        for key, value in body.items()
        if isinstance(value, dict)
        for inner in value
    ]
    return [*((str(key),) for key in body), *below]


def base_of(urls: Sequence[str]) -> tuple[str, list[tuple[str, dict[str, str]]]]:
    """Return the base URL of some addresses, and path and query of each below it.

    Raises UserError for what is no address, or addresses of several hosts.
    """
    parts = [urlsplit(url) for url in urls]
    if any(part.scheme not in ("http", "https") or not part.hostname for part in parts):
        raise UserError("Probe whole addresses, such as https://app.example/api/contacts.")
    if len({(part.scheme, part.netloc) for part in parts}) > 1:
        raise UserError("Probe the lists of one app at a time: the addresses name several hosts.")
    folders = [part.path.strip("/").split("/")[:-1] for part in parts]
    shared: list[str] = []
    for level in zip(*folders, strict=False):
        if len({*level}) > 1:
            break
        shared.append(level[0])
    prefix = "/" + "/".join(shared) if shared else ""
    below = [(part.path.removeprefix(prefix).rstrip("/"), _query(part.query)) for part in parts]
    return f"{parts[0].scheme}://{parts[0].netloc}{prefix}", below


def _query(text: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in text.split("&") if each)
    return {name: value for name, _, value in pairs}


def proposed(name: str, base_url: str, auth: Mapping[str, Any], samples: Sequence[Sample]) -> str:
    """Return a manifest of what was seen, as YAML. It only reads: nothing shows how to write."""
    manifest = {
        "manifest_version": 1,
        "app": name,
        "title": name.replace("-", " ").replace("_", " ").title(),
        "status": "partial",
        "evidence": {"probe": "read from the app itself; confirm each entry"},
        "config": {
            "base_url": {"type": "url", "default": base_url, "evidence": "observed"},
            **{secret: {"type": "secret"} for secret in _secrets(auth)},
        },
        "http": {
            "base_url": "{config.base_url}",
            "auth": {**auth, "evidence": "observed"},
            "verify": {"path": samples[0].path, "params": dict(samples[0].query)},
            "limits": {"rate": 1, "per": 1, "evidence": "none"},
        },
        "resources": {each.path.rpartition("/")[2]: _resource(each) for each in samples},
    }
    text: str = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100)
    return _HEAD + text + "".join(_unnamed(each) for each in samples)


def _secrets(auth: Mapping[str, Any]) -> list[str]:
    return [str(auth[entry]) for entry in ("secret", "username", "password") if auth.get(entry)]


_HEAD = (
    "# Proposed by instep connector probe. Everything marked `observed` was seen in samples, which\n"
    "# proves little: compare it with the app's documents. create, update and delete are not here,\n"
    "# because nothing was written: add them, then run instep connector check and verify.\n"
)


def _resource(seen: Sample) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": seen.kind,
        "evidence": "observed",
        "id": {"path": seen.id},
        "list": {
            "path": seen.path,
            "params": dict(seen.query),
            "records": told(seen.records),
            "paging": dict(seen.paging),
        },
        "get": {"path": f"{seen.path}/{{id}}", "record": told(seen.get or ())},
    }
    if seen.get is None:
        found["get"]["evidence"] = "none"
    if seen.changed is not None:
        found["cursor"] = {"field": seen.changed[0], "record_format": seen.changed[1]}
        if seen.since is not None:
            params = {**seen.query, seen.since: "{since}"}
            found["changes"] = {"path": seen.path, "params": params, "records": told(seen.records)}
    found["fields"] = {
        each.name: _field(seen, each) for each in seen.fields if each.name is not None
    }
    if not found["fields"]:
        found["fields"] = {seen.id: {"path": seen.id, "readonly": True}}
    return found


def _field(seen: Sample, guessed: GuessedField) -> dict[str, Any]:
    evidence = "observed" if guessed.seen else "none"
    entry: dict[str, Any] = {"path": told(guessed.path), "evidence": evidence}
    if guessed.name == "contact_id":  # an id is a word, whatever it looks like
        as_number = {"sent_as": "number"} if guessed.type is FieldType.NUMBER else {}
        return {**entry, **as_number, "link": "contact"}
    if guessed.type is not FieldType.TEXT:
        entry["type"] = guessed.type.value
    if guessed.type is FieldType.MOMENT:
        form = guessing.time_format([dig(row, guessed.path) for row in seen.rows])
        entry["format"] = form or "iso"
    if guessed.name in ("email", "phone") and seen.kind == "contact":
        entry["identity"] = "strong" if guessed.name == "email" else "weak"
    return entry


def _unnamed(seen: Sample) -> str:
    """Tell the keys that got no canonical name, as a comment."""
    rest = [each for each in seen.fields if each.name is None and told(each.path) != seen.id]
    lines = [f"#   {told(each.path)} ({each.type.value}): {each.why}\n" for each in rest]
    return f"#\n# {seen.path} also has:\n{''.join(lines)}" if lines else ""
