"""What an input may be, by the names that people know: asked of the app, kept for a minute."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.catalogue import get
from instep.catalogue.descriptions import usual_view
from instep.catalogue.operation import ViewName
from instep.catalogue.paging import next_arguments, records_in, with_size
from instep.core.errors import UserError
from instep.engine.clients import Reached
from instep.engine.flows.actions.calls import Opens
from instep.engine.flows.actions.offered_actions import OfferedActions
from instep.engine.flows.actions.operations import APP, line_of
from instep.engine.flows.names.pick_lists import PickList, pick_list
from instep.engine.operation_services import call_once, prepare
from instep.sdk.clock import Clock
from instep.sdk.limits import Purpose

KEPT_SECONDS = 60.0
MOST = 100
"""How many are handed out at once: who looks for another types some of its name."""

_PAGES = 10
_LISTS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing an input may be: what is stored, and what people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class _Known:
    at: float
    choices: tuple[Choice, ...]


class Choices:
    """The choices of every connection of this process."""

    def __init__(self, opens: Opens, clock: Clock) -> None:
        self._opens = opens
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def choices(
        self,
        connection: str,
        operation: str,
        name: str,
        inputs: Mapping[str, Any] | None = None,
        text: str = "",
    ) -> Sequence[Choice]:
        """Return what an input of an operation may be, at most MOST; empty where it is free.

        `inputs` are the others of the step: a stage is one of its pipeline. `text` is some of the
        name. Raises UserError for an unknown connection or operation, and what the app answers.
        """
        found = await self.all(connection, operation, name, inputs)
        wanted = text.casefold().strip()
        return [each for each in found if wanted in each.name.casefold()][:MOST]

    async def all(
        self, connection: str, operation: str, name: str, inputs: Mapping[str, Any] | None = None
    ) -> Sequence[Choice]:
        """Return everything an input may be, in the app's order, as far as `choices` would."""
        reached = await self._opens.named(connection)
        if reached.connector.name == APP:
            picked = pick_list(get(operation).product, name)
            if picked is not None:
                return await self._of_list(reached, picked, inputs or {})
        offered = OfferedActions().actions(reached)
        if operation not in offered:
            raise UserError(f"{connection} has no operation {operation!r}.")
        asked = offered[operation].inputs.get(name)
        return [Choice(each, each) for each in asked.allowed] if asked is not None else []

    async def _of_list(
        self, reached: Reached, picked: PickList, inputs: Mapping[str, Any]
    ) -> Sequence[Choice]:
        whose = inputs.get(picked.of) if picked.of is not None else None
        if not isinstance(whose, str) or "{{" in whose:
            whose = None  # it is known only in a run
        parts = (reached.connection_id, picked.lists, picked.within, whose, picked.arguments)
        key = json.dumps(parts, default=str, sort_keys=True)
        known, now = self._known.get(key), self._clock.monotonic()
        if known is None or now - known.at >= KEPT_SECONDS:
            items = await _listed(reached, picked)
            known = _Known(now, tuple(_choices(picked, items, whose)))
            self._known[key] = known
            if len(self._known) > _LISTS_KEPT:
                self._known.popitem(last=False)
        return known.choices


async def _listed(reached: Reached, picked: PickList) -> list[Any]:
    """Return the entries of a list, some pages of them at most."""
    line, operation = line_of(reached), get(picked.lists)
    view: ViewName = usual_view(operation)
    arguments: dict[str, Any] | None = with_size(operation, picked.arguments, None)
    found: list[Any] = []
    for _ in range(_PAGES):
        made = prepare(operation, view, arguments or {}, line.defaults)
        reply = await call_once(line, made, Purpose.PERSON)
        page = records_in(operation, reply)
        if page and page[0] in found:
            break  # facts: ghl 7 row 1 (a wrong cursor hands out the first page again)
        found += page
        arguments = next_arguments(operation, arguments or {}, reply)
        if arguments is None:
            break
    return found


def _choices(picked: PickList, items: list[Any], whose: Any) -> Iterator[Choice]:
    for item in items:
        if not isinstance(item, Mapping):
            continue
        if picked.within is None:
            yield from _choice(picked, item, "")
        elif whose in (None, "", item.get("id")):
            # stages of several pipelines may be called the same
            before = "" if whose else f"{item.get('name')}: "
            for each in item.get(picked.within) or ():
                yield from _choice(picked, each, before)


def _choice(picked: PickList, item: Any, before: str) -> Iterator[Choice]:
    if not isinstance(item, Mapping) or not item.get(picked.key):
        return
    said = " ".join(str(item[name]) for name in picked.names if item.get(name))
    yield Choice(str(item[picked.key]), f"{before}{said or item.get('name') or item[picked.key]}")
