"""The arguments of `instep op call`, as people type them or as a file holds them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from instep.catalogue import Operation
from instep.catalogue.arguments import WHOLE_BODY, argument_called
from instep.catalogue.operation import ViewName
from instep.catalogue.values import from_text
from instep.core.errors import UserError

_FILE_MARK = "@"


def read_arguments(
    operation: Operation, view: ViewName, pairs: Sequence[str], source: str | None
) -> dict[str, Any]:
    """Return the arguments by name: those of the file first, what was typed on top.

    Raises UserError for a pair without `=`, for what is not of its type, for a file that is no
    JSON.
    """
    given = _from_file(source) if source is not None else {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise UserError(f"Arguments are typed name=value; {pair!r} has no value.")
        given[name] = _typed(operation, view, name, text)
    return given


def _typed(operation: Operation, view: ViewName, name: str, text: str) -> Any:
    if text.startswith(_FILE_MARK) and _uploads(operation):
        path = Path(text.removeprefix(_FILE_MARK))
        if not path.is_file():
            raise UserError(f"There is no file {path}, which {name} names.")
        return path
    argument = argument_called(operation, view, name)
    return text if argument is None else from_text(operation.product, argument.schema, text, name)


def _uploads(operation: Operation) -> bool:
    bodies = (each.body for each in operation.views.values())
    return any(body is not None and body.content == "multipart" for body in bodies)


def _from_file(source: str) -> dict[str, Any]:
    """Return a JSON object's members; anything else is the whole body."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        read = json.loads(text)
    except OSError as error:
        raise UserError(f"{source} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UserError(
            f"{'The input' if source == '-' else source} is no JSON: {error}."
        ) from error
    return read if isinstance(read, dict) else {WHOLE_BODY: read}
