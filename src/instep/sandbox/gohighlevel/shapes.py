"""Declared shapes of bodies and queries, and what is wrong with one that does not fit.

A shape names every property there may be; GoHighLevel refuses all others (facts: ghl 6.5). The
messages are worded as its validator words them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from instep.sandbox.gohighlevel.versions import View

Check = Callable[[str, Any, View], list[str]]
"""Looks at one value; takes its path and the view, returns what is wrong."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a shape. `view` None: it is there in both."""

    check: Check
    required: bool = False
    nullable: bool = False
    view: View | None = None

    def problems(self, path: str, value: Any, view: View) -> list[str]:
        """Return what is wrong with this value."""
        if value is None and self.nullable:
            return []
        return self.check(path, value, view)


class Shape:
    """The properties of a JSON object; unknown ones are refused. A query's are not (`open_`)."""

    def __init__(self, properties: Mapping[str, Property], *, open_: bool = False) -> None:
        self._properties = dict(properties)
        self._open = open_

    def problems(self, value: Mapping[str, Any], view: View, prefix: str = "") -> list[str]:
        """Return everything that is wrong with this object, in the validator's words."""
        known = {name: each for name, each in self._properties.items() if each.view in {None, view}}
        found = [
            f"{prefix}property {name} should not exist"
            for name in value
            if not self._open and name not in known
        ]
        for name, each in known.items():
            if name in value:
                found += each.problems(prefix + name, value[name], view)
            elif each.required:
                found += [f"{prefix}{name} should not be empty"]
                found += each.check(prefix + name, None, view)
        return found


def required(each: Property) -> Property:
    """Return this property as one that must be there."""
    return replace(each, required=True)


def nullable(each: Property) -> Property:
    """Return this property as one that may be null."""
    return replace(each, nullable=True)


def only_in(view: View, each: Property) -> Property:
    """Return this property as one that is unknown in the other view."""
    return replace(each, view=view)


def _of_type(kind: type, words: str) -> Check:
    def check(path: str, value: Any, _view: View) -> list[str]:
        # JSON's true and false are Python's bool, which is an int
        fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        return [] if fits else [f"{path} must be {words}"]

    return check


def _strings(path: str, value: Any, _view: View) -> list[str]:
    if not isinstance(value, list):
        return [f"{path} must be an array"]
    fits = all(isinstance(item, str) for item in value)
    return [] if fits else [f"each value in {path} must be a string"]


def _anything(_path: str, _value: Any, _view: View) -> list[str]:
    return []


STRING = Property(_of_type(str, "a string"))
BOOLEAN = Property(_of_type(bool, "a boolean value"))
ARRAY = Property(_of_type(list, "an array"))
STRINGS = Property(_strings)
ANYTHING = Property(_anything)


def checked(check: Callable[[Any], bool], words: str) -> Property:
    """Return a property whose value must pass `check`; `words` end "x must …"."""
    return Property(lambda path, value, _view: [] if check(value) else [f"{path} must {words}"])


def one_of(*values: str) -> Property:
    """Return a property with a fixed set of values."""
    words = f"be one of the following values: {', '.join(values)}"
    return checked(lambda value: isinstance(value, str) and value in values, words)


def text(longest: int) -> Property:
    """Return a text of at most so many characters."""

    def check(path: str, value: Any, view: View) -> list[str]:
        if isinstance(value, str) and len(value) > longest:
            return [f"{path} must be shorter than or equal to {longest} characters"]
        return STRING.check(path, value, view)

    return Property(check)


def number(least: int, most: int | None = None) -> Property:
    """Return a whole number between these two, both included."""

    def check(path: str, value: Any, _view: View) -> list[str]:
        whole = None if isinstance(value, str) else whole_number(value)
        if whole is None:
            return [f"{path} must be an integer number"]
        if whole < least:
            return [f"{path} must not be less than {least}"]
        if most is not None and whole > most:
            return [f"{path} must not be greater than {most}"]
        return []

    return Property(check)


def real_number(least: float | None, most: float | None) -> Property:
    """Return a number, whole or not, within these bounds where there are any."""

    def check(path: str, value: Any, _view: View) -> list[str]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return [f"{path} must be a number conforming to the specified constraints"]
        if least is not None and value < least:
            return [f"{path} must not be less than {least}"]
        if most is not None and value > most:
            return [f"{path} must not be greater than {most}"]
        return []

    return Property(check)


def listing(each: Property, most: int | None = None) -> Property:
    """Return an array whose every item is such a property; `most` bounds how many there are."""

    def check(path: str, value: Any, view: View) -> list[str]:
        if not isinstance(value, list):
            return [f"{path} must be an array"]
        if most is not None and len(value) > most:
            return [f"{path} must contain no more than {most} elements"]
        return [
            problem
            for index, item in enumerate(value)
            for problem in each.problems(f"{path}.{index}", item, view)
        ]

    return Property(check)


def number_text(least: int) -> Property:
    """Return a whole number as a query carries it: as text."""
    inner = number(least)
    return Property(lambda path, value, view: inner.check(path, whole_number(value), view))


_LARGEST = 2**53  # beyond it JSON's numbers are not exact


def whole_number(value: Any) -> int | None:
    """Return the whole number that a JSON value or a query's text holds, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        whole = int(value)
    except (ValueError, OverflowError):
        return None
    if (isinstance(value, float) and whole != value) or abs(whole) > _LARGEST:
        return None
    return whole


def nested(shape: Shape) -> Property:
    """Return an object of this shape."""

    def check(path: str, value: Any, view: View) -> list[str]:
        if not isinstance(value, dict):
            return [f"nested property {path} must be either object or array"]
        return shape.problems(value, view, f"{path}.")

    return Property(check)


def array_of(shape: Shape) -> Property:
    """Return an array of objects of this shape."""

    def check(path: str, value: Any, view: View) -> list[str]:
        if not isinstance(value, list):
            return [f"{path} must be an array"]
        each = nested(shape)
        return [
            problem
            for index, item in enumerate(value)
            for problem in each.problems(f"{path}.{index}", item, view)
        ]

    return Property(check)
