"""Boils a schema of the official specs down to its facts: types, keys, limits. No prose, no examples."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]

_FACTS = (
    *("type", "enum", "format", "required", "nullable", "pattern", "default"),
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "deprecated"),
)
_COMBINED = ("allOf", "oneOf", "anyOf")
_SHAPES = "#/shapes/"


class Shapes:
    """The named schemas of one product that its operations use, from both sets.

    A name that means something else in v3 is kept a second time as `Name.v3`.
    """

    def __init__(self) -> None:
        self.kept: JsonObject = {}

    def boil(self, schema: Any, document: JsonObject, view: str) -> Any:
        """Return the facts of a schema; what it refers to is kept beside it."""
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            return {"$ref": f"{_SHAPES}{self._keep(schema['$ref'], document, view)}"}
        facts = {name: schema[name] for name in _FACTS if _worth_keeping(name, schema)}
        if "properties" in schema:
            facts["properties"] = {
                name: self.boil(inner, document, view)
                for name, inner in schema["properties"].items()
            }
        if "items" in schema:
            facts["items"] = self.boil(schema["items"], document, view)
        if isinstance(schema.get("additionalProperties"), dict):
            inner = self.boil(schema["additionalProperties"], document, view)
            facts["additionalProperties"] = inner
        return facts | self._combined(schema, document, view)

    def _combined(self, schema: JsonObject, document: JsonObject, view: str) -> JsonObject:
        """Return the combined schemas; a combination of one is just that one."""
        facts: JsonObject = {}
        for word in _COMBINED:
            inner = [self.boil(each, document, view) for each in schema.get(word, ())]
            if len(inner) == 1:
                facts |= inner[0]
            elif inner:
                facts[word] = inner
        return facts

    def _keep(self, reference: str, document: JsonObject, view: str) -> str:
        name = reference.rpartition("/")[2]
        own = document["components"]["schemas"]
        schema = own.get(name, document["common"].get(name))
        if schema is None:
            raise LookupError(f"{reference} leads nowhere")
        key = name if view == "v2" else f"{name}.v3"
        if key not in self.kept:
            self.kept[key] = {}  # a shape may hold itself
            self.kept[key] = self.boil(schema, document, view)
        return key

    def resolve(self, schema: JsonObject) -> JsonObject:
        """Return the schema a reference leads to, or the schema itself."""
        while "$ref" in schema:
            schema = self.kept[schema["$ref"].removeprefix(_SHAPES)]
        return schema

    def relax(self, shape: str, properties: list[str]) -> None:
        """Take properties of a shape off its required ones, in both views."""
        for name in (shape, f"{shape}.v3"):
            kept = self.kept.get(name, {})
            if "required" in kept:
                left = [each for each in kept.pop("required") if each not in properties]
                if left:
                    kept["required"] = left

    def drop_unused(self, operations: list[JsonObject]) -> None:
        """Forget the shapes that no operation leads to any more."""
        ahead, reached = _named(operations), set[str]()
        while ahead:
            reached |= ahead
            ahead = _named([self.kept[name] for name in ahead]) - reached
        self.kept = {name: shape for name, shape in self.kept.items() if name in reached}

    def merge_views(self, operations: list[JsonObject]) -> None:
        """Keep a v3 shape under its plain name where v2 has none or the same one."""
        named = _references([self.kept, operations])
        changed = True
        while changed:
            changed = False
            for key in [name for name in self.kept if name.endswith(".v3")]:
                plain = key.removesuffix(".v3")
                if self.kept.get(plain, self.kept[key]) == self.kept[key]:
                    self.kept[plain] = self.kept.pop(key)
                    renamed = named.pop(key, [])
                    for each in renamed:
                        each["$ref"] = f"{_SHAPES}{plain}"
                    named.setdefault(plain, []).extend(renamed)
                    changed = True


def _worth_keeping(name: str, schema: JsonObject) -> bool:
    if name not in schema:
        return False
    if name == "required":  # some specs write `required: true` on a property, which means nothing
        return isinstance(schema[name], list) and bool(schema[name])
    if name in {"nullable", "deprecated"}:
        return schema[name] is True
    return True


def _references(node: Any) -> dict[str, list[JsonObject]]:
    """Return whatever refers to a shape within, by the shape's name."""
    found: dict[str, list[JsonObject]] = {}
    ahead = [node]
    while ahead:
        each = ahead.pop()
        if isinstance(each, dict):
            if isinstance(each.get("$ref"), str):
                found.setdefault(each["$ref"].removeprefix(_SHAPES), []).append(each)
            ahead += each.values()
        elif isinstance(each, list):
            ahead += each
    return found


def _named(node: Any) -> set[str]:
    """Return the names of the shapes that are referred to within."""
    return {*_references(node)}
