"""GoHighLevel's operations as data. One record feeds client, sandbox, commands and reference.

The files under `data/` are built by `make catalogue` from the official specs and checked in.
"""

from __future__ import annotations

from instep.catalogue.operation import Address, Body, Listed, Operation, Paging, Parameter, Schema
from instep.catalogue.reading import (
    all_operations,
    get,
    operations_of,
    products,
    resolve,
    shapes_of,
)

__all__ = [
    "Address",
    "Body",
    "Listed",
    "Operation",
    "Paging",
    "Parameter",
    "Schema",
    "all_operations",
    "get",
    "operations_of",
    "products",
    "resolve",
    "shapes_of",
]
