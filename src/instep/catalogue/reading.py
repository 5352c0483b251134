"""Reads the catalogue's files, each once, when one of its operations is first asked for."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from instep.catalogue.operation import (
    Address,
    Body,
    Listed,
    Operation,
    Paging,
    Parameter,
    Schema,
    ViewName,
)
from instep.core.errors import UserError

JsonObject = dict[str, Any]


@cache
def products() -> tuple[str, ...]:
    """Return the names of the products, in order."""
    folder = files(__package__).joinpath("data")
    return tuple(
        sorted(
            each.name.removesuffix(".json")
            for each in folder.iterdir()
            if each.name.endswith(".json")
        )
    )


def all_operations() -> Iterator[Operation]:
    """Yield every operation, product by product."""
    for product in products():
        yield from operations_of(product).values()


def get(identifier: str) -> Operation:
    """Return one operation by its id. Raises UserError that names the nearest ones."""
    product, _, _ = identifier.partition(".")
    if product in products():
        operation = operations_of(product).get(identifier)
        if operation is not None:
            return operation
    known = [each.id for each in all_operations()]
    near = difflib.get_close_matches(identifier, known, n=3)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UserError(f"There is no operation {identifier!r}.{meant}")


@cache
def operations_of(product: str) -> Mapping[str, Operation]:
    """Return a product's operations by id. Raises KeyError for an unknown product."""
    return {each["id"]: _operation(each) for each in _file(product)["operations"]}


@cache
def shapes_of(product: str) -> Mapping[str, Schema]:
    """Return the named schemas that a product's operations refer to."""
    shapes: dict[str, Schema] = _file(product)["shapes"]
    return shapes


def resolve(product: str, schema: Schema) -> Schema:
    """Return the schema that a reference leads to, or the schema itself."""
    while "$ref" in schema:
        schema = shapes_of(product)[schema["$ref"].removeprefix("#/shapes/")]
    return schema


@cache
def _file(product: str) -> JsonObject:
    if product not in products():
        raise KeyError(product)
    text = files(__package__).joinpath("data", f"{product}.json").read_text(encoding="utf-8")
    read: JsonObject = json.loads(text)
    return read


def _operation(told: JsonObject) -> Operation:
    paging = told["paging"]
    listed = told.get("listed")
    views: dict[ViewName, Address] = {name: _address(view) for name, view in told["views"].items()}
    return Operation(
        id=told["id"],
        official=told["official"],
        effect=told["effect"],
        events=tuple(told["events"]),
        media=told["media"],
        paging=Paging(**{**paging, "parameters": tuple(paging["parameters"])}) if paging else None,
        items=told["items"],
        key=told["key"],
        record=told["record"],
        views=views,
        listed=Listed(**listed) if listed else None,
        parts=tuple(told.get("parts", ())),
        flags=tuple(told.get("flags", ())),
        replaced_by=told.get("replaced_by"),
    )


def _address(told: JsonObject) -> Address:
    body = told["body"]
    reply = told["reply"]
    return Address(
        method=told["method"],
        path=told["path"],
        version=told["version"],
        token=told["token"],
        scopes=tuple(told["scopes"]),
        parameters=tuple(
            Parameter(each["name"], each["in"], each["required"], each["schema"])
            for each in told["parameters"]
        ),
        body=Body(**body) if body else None,
        status=told["status"],
        reply=reply["schema"] if reply else None,
        deprecated=told.get("deprecated", False),
    )
