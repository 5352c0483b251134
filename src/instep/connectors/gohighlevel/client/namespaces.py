"""`ghl.contacts.create(...)`: products and their operations as attributes, made when looked up."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Any

from instep import catalogue
from instep.catalogue import Operation

Invoke = Callable[[str, Mapping[str, Any]], Any]
"""Carries out one operation, given its id and arguments."""


class Method:
    """One operation, ready to be called with GoHighLevel's own argument names."""

    def __init__(self, operation: Operation, invoke: Invoke) -> None:
        self._operation = operation
        self._invoke = invoke
        self.__name__ = operation.name
        self.__doc__ = _described(operation)

    def __call__(self, **arguments: Any) -> Any:
        """Call it."""
        return self._invoke(self._operation.id, arguments)

    def __repr__(self) -> str:
        return f"<operation {self._operation.id}>"

    @property
    def __signature__(self) -> Signature:
        """What `help()` and a console show."""
        return Signature([Parameter(name, Parameter.KEYWORD_ONLY) for name in self._names()])

    def _names(self) -> list[str]:
        if not self._operation.views:
            return []
        from_paths = [each.name for each in self._operation.address().parameters]
        body = self._operation.address().body
        schema = catalogue.resolve(self._operation.product, body.schema) if body else {}
        return [*dict.fromkeys([*from_paths, *schema.get("properties", {})])]


class Product:
    """The operations of one product."""

    def __init__(self, name: str, invoke: Invoke, extras: Mapping[str, Any]) -> None:
        self._name = name
        self._invoke = invoke
        self._extras = extras

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._extras:
            return self._extras[name]
        operation = catalogue.operations_of(self._name).get(f"{self._name}.{name}")
        if operation is None:
            raise AttributeError(_unknown(f"{self._name} has no operation", name, dir(self)))
        method = Method(operation, self._invoke)
        self.__dict__[name] = method  # the next look-up does not come here
        return method

    def __call__(self, *args: Any, **arguments: Any) -> Any:
        """Carry out what the product's own name stands for. Raises TypeError if that is nothing."""
        if "" not in self._extras:
            raise TypeError(f"{self._name} is a product; call one of its operations: {dir(self)}")
        return self._extras[""](*args, **arguments)

    def __dir__(self) -> list[str]:
        return sorted(each.name for each in catalogue.operations_of(self._name).values())


class Products:
    """Every product as an attribute. `_extras` are what a product has beside its operations."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in catalogue.products():
            raise AttributeError(_unknown("There is no product", name, catalogue.products()))
        product = Product(name, self.call_with, self._extras(name))
        self.__dict__[name] = product
        return product

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *catalogue.products()})

    def call_with(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Carry out an operation."""
        raise NotImplementedError

    def _extras(self, _product: str) -> Mapping[str, Any]:
        return {}


def _described(operation: Operation) -> str:
    scopes = next((each.scopes for each in operation.views.values()), ())
    needs = f" Needs the scope {' or '.join(scopes)}." if scopes else ""
    return f"{operation.title}.{needs}"


def _unknown(what: str, name: str, there: Any) -> str:
    near = difflib.get_close_matches(name, there, n=1)
    return f"{what} {name!r}." + (f" Did you mean {near[0]}?" if near else "")
