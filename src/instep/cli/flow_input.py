"""The documents and items of flows, as people type them or as files hold them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from instep.core.errors import UserError

_FILE_MARK, _STANDARD_INPUT = "@", "-"


class _Words(yaml.SafeLoader):  # type: ignore[misc]  # as above
    """Reads YAML as JSON would be: a day stays the text that was written."""


_DAY = "tag:yaml.org,2002:timestamp"
_Words.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != _DAY]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_document(source: str) -> dict[str, Any]:
    """Return the flow of a file, JSON or YAML; `-` is standard input. Raises UserError."""
    text, called = _text(source)
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = _yaml(text, called)
    if not isinstance(read, dict):
        raise UserError(f"{called} holds no flow: it has to be an object with id, trigger, steps.")
    return read


def read_item(source: str) -> Any:
    """Return an item: JSON as it was typed, `@FILE`, or `-`. Raises UserError."""
    if source.startswith(_FILE_MARK) or source == _STANDARD_INPUT:
        text, called = _text(source.removeprefix(_FILE_MARK))
    else:
        text, called = source, "The item"
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{called} is no JSON: {error}.") from None


def _yaml(text: str, called: str) -> Any:
    try:
        read = yaml.load(text, _Words)  # noqa: S506 - a SafeLoader
        json.dumps(read, allow_nan=False)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or "it cannot be read"
        raise UserError(f"{called}{where} is neither JSON nor YAML: {why}.") from None
    except (TypeError, ValueError, RecursionError):
        raise UserError(f"{called} holds what JSON has no form for.") from None
    return read


def _text(source: str) -> tuple[str, str]:
    """Return a text, and what to call where it is from."""
    if source == _STANDARD_INPUT:
        return sys.stdin.read(), "The input"
    try:
        return Path(source).read_text(encoding="utf-8"), source
    except OSError as error:
        raise UserError(f"{source} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{source} is no text in UTF-8.") from None
