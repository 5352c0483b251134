"""One operation of GoHighLevel, as data: how it is called in either view, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Schema = Mapping[str, Any]
"""A JSON Schema without prose. `{"$ref": "#/shapes/Name"}` leads into the product's shapes."""

ViewName = Literal["v2", "v3"]
TokenClass = Literal["any", "location", "agency", "location_oauth", "agency_oauth", "none"]
Effect = Literal["read", "write", "destructive"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter in the path, the query or a header."""

    name: str
    place: Literal["path", "query", "header"]
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: `content` is json, form or multipart."""

    content: Literal["json", "form", "multipart"]
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Address:
    """How an operation is called in one view, and how a yes looks there.

    `version` is the value of its Version header, None where the spec names none. `token` is the
    class of token that may call (`any` is any of them; `…_oauth` excludes private integration
    tokens). `reply` is the schema of the body, None where the spec does not tell it.
    """

    method: str
    path: str
    version: str | None
    token: TokenClass
    scopes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    status: int
    reply: Schema | None
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """How pages follow each other: which parameters lead on, which sets a page's size."""

    kind: Literal["search_after", "cursors", "last_id", "last_sort", "token", "offset", "page"]
    parameters: tuple[str, ...]
    size: str | None
    largest: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the list of polling triggers and actions that carries this operation."""

    name: str
    category: str
    kind: Literal["trigger", "action"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `id` is `product.name`; `official` is its id in the official specs.

    `views` holds the addresses it has, "v2" and "v3"; a composite has none, but `parts`. In a
    reply, `items` is the key of the list of records ("" is the reply itself), `record` the key of
    the one record, `key` the key of a record's id. `events` are the webhooks it causes. `media` is
    what comes back: json, text or audio. `effect` is destructive where something is taken away.
    `flags` are "legacy_product" and "agency_token_only"; `replaced_by` is the operation of v3 that
    does its work where v3 has it no more.
    """

    id: str
    official: str | None
    effect: Effect
    events: tuple[str, ...]
    media: Literal["json", "text", "audio"]
    paging: Paging | None
    items: str | None
    key: str | None
    record: str | None
    views: Mapping[ViewName, Address]
    listed: Listed | None = None
    parts: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    replaced_by: str | None = None

    @property
    def product(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """The part of the id after the dot."""
        return self.id.partition(".")[2]

    @property
    def title(self) -> str:
        """A few words for people: the list's name where there is one."""
        if self.listed is not None:
            return self.listed.name
        words = f"{self.product}: {self.name}".replace("_", " ")
        return words[0].upper() + words[1:]

    def address(self, preferred: ViewName = "v2") -> Address:
        """Return how it is called in the preferred view, else in the other.

        Raises LookupError for a composite operation.
        """
        for view in (preferred, *self.views):
            if view in self.views:
                return self.views[view]
        raise LookupError(f"{self.id} is made of {', '.join(self.parts)}")
