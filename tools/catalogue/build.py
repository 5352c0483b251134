"""Builds the catalogue of GoHighLevel's operations from the official OpenAPI documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.catalogue import corrections, listed, names, scopes, views
from tools.catalogue.schemas import Shapes

JsonObject = dict[str, Any]
Products = dict[str, "Product"]

_METHODS = ("get", "post", "put", "patch", "delete")


class Product:
    """What the documents of one product say, both views of an operation brought together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.shapes = Shapes()
        self.operations: list[JsonObject] = []

    def take(self, document: JsonObject, view: str) -> None:
        """Add one document. The older set must come first."""
        alone = []
        for method, path, official in _official(document):
            record = views.read(document, view, method, path, official, self.shapes)
            known = self._same_address(method, path) if view == "v3" else None
            if known is not None:
                known["views"][view] = record
            else:
                alone.append((official["operationId"], record))
        for official_id, record in alone:
            moved = self._moved(official_id, record) if view == "v3" else None
            if moved is not None:
                moved["views"][view] = record
            else:
                self.operations.append({"official": official_id, "views": {view: record}})

    def finish(self, table: scopes.Table) -> JsonObject:
        """Return the product's file. `table` is the official table of scopes."""
        _give_ids(self.name, self.operations)
        for operation in self.operations:
            views.correct(operation)
            scopes.complete(operation, table)
        self.shapes.merge_views(self.operations)
        for place, wrongly in corrections.NOT_REQUIRED.items():
            product, _, shape = place.partition(".")
            if product == self.name:
                self.shapes.relax(shape, wrongly)
        for operation in self.operations:
            listed.describe(operation, self.shapes)
        self.shapes.drop_unused(self.operations)
        return {
            "product": self.name,
            "operations": self.operations,
            "shapes": dict(sorted(self.shapes.kept.items())),
        }

    def _same_address(self, method: str, path: str) -> JsonObject | None:
        for operation in self.operations:
            older = operation["views"].get("v2")
            if older is None or older["method"] != method.upper():
                continue
            if corrections.RENAMED_IN_V3.get(older["path"], older["path"]) == path:
                return operation
        return None

    def _moved(self, official_id: str, record: JsonObject) -> JsonObject | None:
        """Return the one operation of the same official id that v3 has at another path."""
        same = [
            operation
            for operation in self.operations
            if operation["official"] == official_id
            and "v3" not in operation["views"]
            and operation["views"]["v2"]["method"] == record["method"]
        ]
        return same[0] if len(same) == 1 else None


def build(folder: Path) -> dict[str, JsonObject]:
    """Return every file of the catalogue by its product.

    `folder` holds `apps/` and `docs/`, and `catalog.json` lies beside it.
    """
    products: Products = {}
    for view, stem, document in _documents(folder):
        name = names.product_of(stem)
        products.setdefault(name, Product(name)).take(document, view)
    table = scopes.read_table(folder)
    files = {name: product.finish(table) for name, product in sorted(products.items())}
    entries = json.loads((folder.parent / "catalog.json").read_text())["entries"]
    listed.name_the_listed(files, entries)
    return files


def _documents(folder: Path) -> Iterator[tuple[str, str, JsonObject]]:
    """Yield view, file stem and document, the older set first."""
    common = json.loads((folder / "apps/v3/common/common-schemas.json").read_text())
    for view, place in (("v2", "apps"), ("v3", "apps/v3")):
        for file in sorted((folder / place).glob("*.json")):
            document = json.loads(file.read_text())
            document["common"] = common["components"]["schemas"]
            yield view, file.stem, document


def _official(document: JsonObject) -> Iterator[tuple[str, str, JsonObject]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                shared = methods.get("parameters", [])
                official = methods[method]
                yield (
                    method,
                    path,
                    {
                        **official,
                        "parameters": [*shared, *official.get("parameters", [])],
                    },
                )


def _give_ids(product: str, operations: list[JsonObject]) -> None:
    taken: dict[str, str] = {}
    for operation in operations:
        name = names.name_of(product, operation["official"])
        address = _address(operation)
        if name in taken:
            raise SystemExit(
                f"{product}: {address} and {taken[name]} would both be {name}: give one of them "
                "a name of its own in names.NAMES."
            )
        taken[name] = address
        operation["id"] = f"{product}.{name}"


def _address(operation: JsonObject) -> str:
    view = next(iter(operation["views"].values()))
    return f"{view['method']} {view['path']}"
