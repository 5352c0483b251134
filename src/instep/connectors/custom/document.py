"""The text of a manifest as plain data that remembers its lines. YAML or JSON; nothing is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types

from instep.core.errors import UserError

Location = tuple[str | int, ...]

REQUIRED = "!required"
LARGEST = 1_000_000
"""Characters; no app is described in more."""

_JSON_MARK = re.compile(r"!required(?::\s*(.*))?", re.DOTALL)
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the fast one, where it was built


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands where a person has to fill something in; `why` tells them what."""

    why: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a manifest."""

    line: int
    place: str
    sentence: str


class ManifestRefused(UserError):
    """A manifest that cannot be used; its message has a line for each problem."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(told(file, each) for each in problems))


def told(file: str, problem: Problem) -> str:
    """Return a problem as one line: file, line, place, sentence."""
    where = f", {problem.place}" if problem.place else ""
    return f"{file} line {problem.line}{where}: {problem.sentence}"


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a manifest, and the line that each entry stands on."""

    file: str
    data: Any
    lines: Mapping[Location, int]
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, location: Location) -> int:
        """Return the line of an entry, or of the nearest one around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def missing(self) -> Iterator[tuple[Location, Missing]]:
        """Yield what a person has to fill in, in order."""
        yield from _missing((), self.data)


def read(path: Path) -> Document:
    """Read a file. Raises ManifestRefused where it is no YAML or JSON, UserError if unreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UserError(f"The manifest {path} cannot be read: {reason}.") from None
    # the templates are all called the same: say whose it is
    shared = path.name == "manifest.yaml"
    return parse(text, f"{path.parent.name}/{path.name}" if shared else path.name)


def parse(text: str, file: str) -> Document:
    """Read the text of a manifest. Raises ManifestRefused where it is no YAML or JSON."""
    if len(text) > LARGEST:
        raise ManifestRefused(file, [Problem(1, "", "it is too large for a manifest.")])
    is_json = file.endswith(".json")
    try:
        plain = json.loads(text) if is_json else None
        # JSON with tabs is no YAML; inside a text JSON has none
        node = yaml.compose(text.replace("\t", " ") if is_json else text, Loader=_LOADER)
    except json.JSONDecodeError as error:
        raise _unreadable(file, error.lineno, f"it is no JSON ({error.msg}).") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "it is no YAML"
        raise _unreadable(file, mark.line + 1 if mark else 1, f"{why}.") from None
    except RecursionError:
        raise _unreadable(file, 1, "it is nested too deeply.") from None
    reader = _Reader()
    data = reader.data(node, ())
    return Document(file, _marked(plain) if is_json else data, reader.lines, reader.problems)


def _unreadable(file: str, line: int, sentence: str) -> ManifestRefused:
    return ManifestRefused(file, [Problem(line, "", sentence)])


class _Reader:
    """Turns YAML's nodes into data. Fewer things are special than in YAML: `no` is a word."""

    def __init__(self) -> None:
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def data(self, node: Any, at: Location) -> Any:
        """Return the data of a node."""
        if node is None:
            return None
        self.lines.setdefault(at, node.start_mark.line + 1)
        if not isinstance(node, yaml.ScalarNode):
            if id(node) in self._seen:
                self._note(node, at, "it refers to another place; write it out.")
                return None
            self._seen.add(id(node))
        match node:
            case yaml.MappingNode():
                return self._mapping(node, at)
            case yaml.SequenceNode():
                return [self.data(each, (*at, place)) for place, each in enumerate(node.value)]
        return self._scalar(node, at)

    def _mapping(self, node: Any, at: Location) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in pairs:
                self._note(key, (*at, name), "it is there twice.")
            self.lines[(*at, name)] = key.start_mark.line + 1
            pairs[name] = self.data(value, (*at, name))
        return pairs

    def _scalar(self, node: Any, at: Location) -> Any:
        text = str(node.value)
        if node.tag == REQUIRED:
            return Missing(text)
        if node.tag.startswith("!"):
            self._note(node, at, f"the mark {node.tag} means nothing here; there is {REQUIRED}.")
        return text if node.style else _plain(text)

    def _note(self, node: Any, at: Location, sentence: str) -> None:
        place = ".".join(map(str, at))
        self.problems.append(Problem(node.start_mark.line + 1, place, sentence))


def _plain(text: str) -> Any:
    """Return an unquoted word as what it looks like; a date stays text."""
    words = {"": None, "~": None, "null": None, "true": True, "false": False}
    if text.lower() in words:
        return words[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _marked(data: Any) -> Any:
    """Return JSON with its marks, which are texts there, as what they mean."""
    match data:
        case dict():
            return {key: _marked(value) for key, value in data.items()}
        case list():
            return [_marked(value) for value in data]
        case str() if found := _JSON_MARK.fullmatch(data):
            return Missing(found[1] or "")
    return data


def _missing(at: Location, data: Any) -> Iterator[tuple[Location, Missing]]:
    match data:
        case Missing():
            yield at, data
        case dict():
            for key, value in data.items():
                yield from _missing((*at, key), value)
        case list():
            for place, value in enumerate(data):
                yield from _missing((*at, place), value)
