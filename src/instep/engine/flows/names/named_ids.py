"""Names in a flow's document become the ids that the app goes by, when the flow is stored.

`{"name": "Sales"}` stands where an id belongs, and custom fields are an object by their names. An
id is what runs: a pipeline that is renamed later is still the one that was meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from instep.catalogue import operations_of, products
from instep.core.errors import InstepError
from instep.core.flow.problems import Problem, Problems, below, nearest, shown
from instep.engine.flows.actions.calls import Opens
from instep.engine.flows.actions.operations import APP
from instep.engine.flows.names.choices import Choice, Choices
from instep.engine.flows.names.pick_lists import CUSTOM_FIELDS, PickList, pick_list

_STEP_LISTS = ("steps", "otherwise", "ways")
_EXPRESSION = "{{"
_DEEPEST = 20
_NAMED = frozenset({"name"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with ids in it. `problems` are the names that lead to none; they stand as they were."""

    document: Any
    problems: Sequence[Problem]


class NamedIds:
    """Puts ids in the place of names."""

    def __init__(self, opens: Opens, choices: Choices) -> None:
        self._opens = opens
        self._choices = choices

    async def store_by_id(self, document: Any) -> Stored:
        """Return the document with every name that is known as its id. It may be unfinished.

        What the app refuses or cannot be asked now is a problem too: nothing is raised for it.
        """
        work = _Work(self._opens, self._choices)
        return Stored(await work.part(document, "", 0), tuple(work.problems.found))


@dataclass(slots=True)
class _Work:
    opens: Opens
    choices: Choices
    problems: Problems = field(default_factory=Problems)

    async def part(self, part: Any, place: str, depth: int) -> Any:
        """Return a part of a document with ids: what has an operation, and all steps inside."""
        if isinstance(part, list):
            return [
                await self.part(each, f"{place}[{number}]", depth + 1)
                for number, each in enumerate(part, start=1)
            ]
        if not isinstance(part, Mapping) or depth > _DEEPEST:
            return part
        found = dict(part)
        for name in ("trigger", *_STEP_LISTS):
            if name in found:
                found[name] = await self.part(found[name], below(place, name), depth + 1)
        if isinstance(found.get("inputs"), Mapping) and _has_names(found["inputs"]):
            outer, self.problems.step = self.problems.step, _text(found.get("id"))
            found["inputs"] = await self._inputs(found, below(place, "inputs"))
            self.problems.step = outer
        return found

    async def _inputs(self, step: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        connection, operation = _text(step.get("connection")), _text(step.get("operation"))
        product = (operation or "").partition(".")[0]
        inputs: dict[str, Any] = dict(step["inputs"])
        if connection is None or operation is None or not await self._is_ours(connection, product):
            return inputs
        if operation not in operations_of(product):
            return inputs
        for name in sorted(inputs, key=_whose_first):
            picked = pick_list(product, name)
            if picked is None or not _is_named(name, inputs[name]):
                continue
            at = below(place, name)
            try:
                known = await self.choices.all(connection, operation, name, inputs)
            except InstepError as error:
                self.problems.add(at, f"cannot be looked up: {str(error).rstrip('.')}", _GIVE_ID)
                continue
            inputs[name] = self._chosen(inputs[name], picked, known, at)
        return inputs

    async def _is_ours(self, connection: str, product: str) -> bool:
        """Whether this is an operation of GoHighLevel; what is not there is said elsewhere."""
        if product not in products():
            return False
        try:
            return (await self.opens.named(connection)).connector.name == APP
        except InstepError:
            return False

    def _chosen(self, value: Any, picked: PickList, known: Sequence[Choice], at: str) -> Any:
        if picked.lists == "locations.list_custom_fields":
            return self._fields(value, picked, known, at)
        if isinstance(value, list):
            return [
                self._one(each, picked, known, f"{at}[{number}]")
                for number, each in enumerate(value, start=1)
            ]
        return self._one(value, picked, known, at)

    def _fields(
        self, value: Mapping[str, Any], picked: PickList, known: Sequence[Choice], at: str
    ) -> Any:
        """Return values by name as the list that the app takes. facts: ghl 6.6."""
        found = []
        for name, each in value.items():
            chosen = self._id(name, picked, known, below(at, name))
            if chosen is None:
                return value
            found.append({"id": chosen, "field_value": each})
        return found

    def _one(self, value: Any, picked: PickList, known: Sequence[Choice], at: str) -> Any:
        if not (isinstance(value, Mapping) and value.keys() == _NAMED):
            return value
        chosen = self._id(value["name"], picked, known, at)
        return value if chosen is None else chosen

    def _id(self, name: Any, picked: PickList, known: Sequence[Choice], at: str) -> str | None:
        """Return the id behind a name; None, and said, if there is none or more than one."""
        if not isinstance(name, str) or _EXPRESSION in name:
            self.problems.add(at, f"is named by {shown(name)}", "Give a name, or an id as text.")
            return None
        found = [each.id for each in known if each.name == name]
        if not found:
            plain = name.strip().casefold()
            found = [each.id for each in known if each.name.strip().casefold() == plain]
        if len(found) == 1:
            return found[0]
        if found:
            what = f"is called {shown(name)}, as are {len(found)} {picked.what}s"
            self.problems.add(at, what, f"Give the id: {' or '.join(found[:5])}.")
        else:
            what = f"is {shown(name)}, and there is no such {picked.what}"
            self.problems.add(at, what, nearest(name, {each.name for each in known}))
        return None


_GIVE_ID = "Try again later, or give the id."


def _whose_first(name: str) -> int:
    """Return the rank of an input: a pipeline, whose id says which stages there are, comes first."""
    return int("stage" in name.lower())


def _has_names(inputs: Mapping[str, Any]) -> bool:
    return any(_is_named(name, value) for name, value in inputs.items())


def _is_named(name: str, value: Any) -> bool:
    """Whether an input is given by name: an id or a list of the app's own form is not."""
    if name == CUSTOM_FIELDS:
        return isinstance(value, Mapping)
    several = value if isinstance(value, list) else [value]
    return any(isinstance(each, Mapping) and each.keys() == _NAMED for each in several)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
