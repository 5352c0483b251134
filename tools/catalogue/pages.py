"""The reference pages of the operations, written out from the catalogue: an index, a page per product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from instep.catalogue import Address, Operation, all_operations, operations_of, products
from instep.catalogue.descriptions import Field, example_call, remarks, takes, usual_view

_TOKENS = {
    "any": "any",
    "location": "of a location",
    "agency": "of an agency",
    "location_oauth": "of a location, OAuth 2.0 only",
    "agency_oauth": "of an agency, OAuth 2.0 only",
    "none": "none",
}


def all_pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    pages = {f"{product.replace('_', '-')}.md": _product_page(product) for product in products()}
    return {"README.md": _index(), **pages}


def _index() -> str:
    operations = [*all_operations()]
    v2, v3 = (sum(view in each.views for each in operations) for view in ("v2", "v3"))
    listed = sum(each.listed is not None for each in operations)
    rows = []
    for product in products():
        own = [*operations_of(product).values()]
        rows.append(
            (
                f"[{product}]({product.replace('_', '-')}.md)",
                len(own),
                sum("v2" in each.views for each in own),
                sum("v3" in each.views for each in own),
                sum(each.listed is not None for each in own) or "",
            )
        )
    heads = ("product", "operations", "in v2", "in v3", "listed")
    return _joined(
        [
            "# Operations",
            (
                "Every operation of GoHighLevel that its official specs name: "
                f"{len(operations)} in all, {v2} in v2 and {v3} in v3. {listed} of them are the "
                "listed polling triggers and actions. `instep op list` finds one by words, "
                "`instep op show` tells what it takes, `instep op call` calls it: "
                "[commands](../cli.md#instep-op-list)."
            ),
            (
                "These pages are written by `make catalogue` from the data that the client, the "
                "sandbox and the commands use. The specs' corrections are in "
                "`tools/catalogue/corrections.py`. Why the catalogue is data: "
                "[decision 14](../../adr/0014-the-catalogue-is-data.md)."
            ),
            _table(heads, rows),
            "## How to read these pages",
            (
                "- An operation has an address per view, v2 and v3. The version is the value of "
                "its `Version` header.\n"
                "- The token is the class that may call: any, one of a location or one of an "
                "agency.\n"
                "- The effect is read, write or destructive. A destructive operation takes "
                "something away.\n"
                "- A name in the list *It takes* is required where it is **bold**. What Instep "
                "knows by itself (`locationId`, `companyId`, `altId`, `altType`) need not be "
                "given.\n"
                "- Fields within a body are listed as far as the specs tell them."
            ),
        ]
    )


def _product_page(product: str) -> str:
    own = [*operations_of(product).values()]
    rows = [
        (
            f"[`{each.id}`](#{_anchor(each.id)})",
            each.listed.name if each.listed else "",
            each.effect,
        )
        for each in own
    ]
    return _joined(
        [
            f"# Operations: {product}",
            "[All products](README.md). Written by `make catalogue`.",
            _table(("id", "listed as", "effect"), rows),
            *(section for each in own for section in _sections(each)),
        ]
    )


def _sections(operation: Operation) -> Iterator[str]:
    yield f"## {operation.id}"
    yield _table(("", ""), [*_facts(operation)])
    taken = takes(operation, usual_view(operation))
    if taken:
        yield _table(("it takes", "in", "type"), [_taken(each) for each in taken])
    yield f"```sh\n{example_call(operation)}\n```"


def _facts(operation: Operation) -> Iterator[tuple[str, str]]:
    listed = operation.listed
    if listed is not None:
        yield "listed as", f"{listed.name} ({listed.kind}, {listed.category})"
    if operation.official is not None:
        yield "official id", f"`{operation.official}`"
    for view, address in operation.views.items():
        yield view, _address(address)
    yield "effect", operation.effect
    yield from remarks(operation).items()


def _address(address: Address) -> str:
    scopes = ", ".join(f"`{each}`" for each in address.scopes) or "none declared"
    told = (
        f"`{address.method} {address.path}`, version {address.version or 'not declared'}, "
        f"token {_TOKENS[address.token]}, scope {scopes}, answers {address.status}"
    )
    return f"{told}, deprecated" if address.deprecated else told


def _taken(field: Field) -> tuple[str, str, str]:
    name = f"`{field.name}`"
    return f"**{name}**" if field.required else name, field.place, field.type


def _anchor(identifier: str) -> str:
    """Return the fragment of a heading that is an id: GitHub drops the dot."""
    return identifier.replace(".", "")


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ")


def _joined(blocks: Sequence[str]) -> str:
    return "\n\n".join(blocks) + "\n"
