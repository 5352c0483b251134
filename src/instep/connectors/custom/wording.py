"""What pydantic finds wrong with a manifest, as sentences that name line, place and the right word."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from instep.connectors.custom.document import Document, Location, Missing, Problem

_QUOTED = re.compile(r"'([^']*)'")
_SHOWN = 60
_WORDS = {
    "enum": "expected",
    "literal_error": "expected",
    "union_tag_invalid": "expected_tags",
}


def problems_of(
    error: ValidationError, document: Document, model: type[BaseModel]
) -> list[Problem]:
    """Return one problem for each thing wrong, leaving out what a person has yet to fill in."""
    found = [_problem(each, document, model) for each in error.errors()]
    return [each for each in found if each is not None]


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return the known word that is most like this one, if one is."""
    close = difflib.get_close_matches(word.lower(), [*known], n=1, cutoff=0.6)
    return close[0] if close else None


def _problem(error: ErrorDetails, document: Document, model: type[BaseModel]) -> Problem | None:
    if isinstance(error["input"], Missing):
        return None
    at = _place_in(document.data, error["loc"])
    if isinstance(_at(document.data, at), Missing):
        return None
    sentence = _sentence(error, at, model)
    return Problem(document.line_of(at), ".".join(map(str, at)), sentence)


def _sentence(error: ErrorDetails, at: Location, model: type[BaseModel]) -> str:
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        known = known_below(model, error["loc"][:-1])
        return f"there is no such entry{_meant(str(at[-1]), known)}"
    if kind == "missing":
        return "it is missing."
    if kind == "union_tag_not_found":
        return "it has no type that says what it is."
    if kind in _WORDS:
        words = _QUOTED.findall(str(error.get("ctx", {}).get(_WORDS[kind], "")))
        said = error.get("ctx", {}).get("tag", value) if kind == "union_tag_invalid" else value
        return f"{str(said)[:_SHOWN]!r} is no {_noun(at, kind)}{_meant(str(said), words)}"
    if kind == "string_pattern_mismatch":
        return (
            f"{str(value)[:_SHOWN]!r} does not look right; it has to fit {error['ctx']['pattern']}"
        )
    said = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    shown = "" if isinstance(value, dict | list) or kind == "value_error" else f", not {value!r}"
    return f"{said[:1].lower()}{said[1:]}{shown}."


def _meant(word: str, known: Collection[str]) -> str:
    close = nearest(word, known)
    if close is not None:
        return f"; did you mean {close}?"
    return f"; there are {', '.join(known)}." if known else "."


def _noun(at: Location, kind: str) -> str:
    if kind == "union_tag_invalid":
        return "type of this"
    last = str(at[-1]) if at else "value"
    return "field type" if last == "type" and "fields" in at else last


def _place_in(data: Any, location: Sequence[str | int]) -> Location:
    """Return where in the file it is: pydantic also names the kinds it chose between."""
    at: list[str | int] = []
    for place, step in enumerate(location):
        if isinstance(data, dict):
            if step not in data and place < len(location) - 1:
                continue
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            break
        at.append(step)
    return tuple(at)


def _at(data: Any, location: Location) -> Any:
    for step in location:
        if isinstance(data, Missing):
            return data
        try:
            data = data[step]
        except (LookupError, TypeError):
            return None
    return data


def known_below(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Return the entries there are at a place of a manifest."""
    here: list[Any] = [model]
    for step in location:
        here = [found for kind in here for found in _step(kind, step)]
    names = {name for kind in here for name in getattr(kind, "model_fields", {})}
    return sorted(names)


def _step(kind: Any, step: str | int) -> Iterator[Any]:
    fields: Mapping[str, Any] = getattr(kind, "model_fields", {})
    if str(step) in fields:
        yield from _arms(fields[str(step)].annotation)
        return
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is dict:
        yield from _arms(arguments[1])
    elif typing.get_origin(kind) in (list, tuple):
        yield from _arms(arguments[0])
    elif fields and _tag(kind) == step:
        yield kind  # the kind that was chosen among several
    elif fields and _tag(kind) is None:
        yield kind


def _tag(kind: Any) -> Any:
    field = kind.model_fields.get("type")
    words = typing.get_args(field.annotation) if field is not None else ()
    return words[0] if len(words) == 1 else None


def _arms(annotation: Any) -> Iterator[Any]:
    """Yield what an annotation may be, without None and without its decoration."""
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _arms(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (dict, list, tuple) or isinstance(annotation, type):
        if annotation is not NoneType:
            yield annotation
    else:
        for each in typing.get_args(annotation):
            yield from _arms(each)
