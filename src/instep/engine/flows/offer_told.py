"""What there is for flows to use, as people and editors read it: found by words, and in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from instep.catalogue import operations_of, products
from instep.catalogue.search import Wanted, find
from instep.core.errors import UserError
from instep.core.flow.offer import Input, OfferedAction, OfferedTrigger
from instep.core.flow.problems import nearest
from instep.core.template import Kind, Shape
from instep.engine.clients import Clients
from instep.engine.flows.actions.offered_actions import with_custom_fields
from instep.engine.flows.actions.operations import APP
from instep.engine.flows.names.choices import Choice, Choices
from instep.engine.flows.names.pick_lists import pick_list
from instep.engine.flows.offers import WorkspaceOffer, WorkspaceOffers

How = Literal["poll", "event"]
"""How a trigger comes by its items."""

_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One operation or trigger of a connection, as a list shows it."""

    name: str
    title: str
    how: str

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {"name": self.name, "title": self.title, "how": self.how}


class OfferTold:
    """Tells what the workspace's connections offer."""

    def __init__(self, offers: WorkspaceOffers, clients: Clients, choices: Choices) -> None:
        self._offers = offers
        self._clients = clients
        self._choices = choices

    async def connections(self) -> Sequence[Mapping[str, Any]]:
        """Return the connections with how much each offers."""
        offer = await self._offers.current()
        return [
            {
                "name": name,
                "app": None if (row := offer.rows.get(name)) is None else row.connector,
                "operations": len(offer.actions(name)),
                "polls": len(offer.polls(name)),
                "events": len(offer.events(name)),
            }
            for name in offer.connections()
        ]

    async def operations(self, connection: str, words: Sequence[str] = ()) -> Sequence[Found]:
        """Return what a step may call, the best for these words first. Raises UserError."""
        offer = await self._offer_of(connection)
        offered = offer.actions(connection)
        return [
            Found(name, self._title(offer, connection, name), offered[name].effect)
            for name in self._fitting(offer, connection, offered, words)
        ]

    async def operation(self, connection: str, name: str) -> Mapping[str, Any]:
        """Return all that is known of an operation: its inputs, and what it gives.

        The fields that the account made itself are asked of its app. Raises UserError for an
        unknown one, and what the app answers.
        """
        offer = await self._offer_of(connection)
        offered = offer.actions(connection)
        reached = offer.reached.get(connection)
        if reached is not None and reached.connector.name != APP:
            account = await with_custom_fields(self._clients, reached)
            offered = offer.offered.actions(reached, account)
        if name not in offered:
            raise UserError(f"{connection} does not offer {name!r}. {nearest(name, offered)}")
        action: OfferedAction = offered[name]
        return {
            "name": name,
            "title": self._title(offer, connection, name),
            "effect": action.effect,
            "scopes": [*action.scopes],
            "inputs": self._inputs(offer, connection, name, action.inputs),
            "output": shape_as_json(action.output),
        }

    async def triggers(self, connection: str, words: Sequence[str] = ()) -> Sequence[Found]:
        """Return what may start a flow, the best for these words first. Raises UserError."""
        offer = await self._offer_of(connection)
        polls, events = offer.polls(connection), offer.events(connection)
        told = [
            Found(name, self._title(offer, connection, name), "poll")
            for name in self._fitting(offer, connection, polls, words)
        ]
        fitting = [each for each in events if _fits(each, words)]
        return [*(Found(name, name, "event") for name in fitting), *told]

    async def trigger(self, connection: str, how: How, name: str) -> Mapping[str, Any]:
        """Return all that is known of a trigger: its inputs, and its items. Raises UserError."""
        offer = await self._offer_of(connection)
        offered = offer.events(connection) if how == "event" else offer.polls(connection)
        if name not in offered:
            raise UserError(f"{connection} does not offer {name!r}. {nearest(name, offered)}")
        trigger: OfferedTrigger = offered[name]
        return {
            "name": name,
            "title": self._title(offer, connection, name),
            "how": how,
            "scopes": [*trigger.scopes],
            "inputs": self._inputs(offer, connection, name, trigger.inputs),
            "item": shape_as_json(trigger.item),
        }

    async def choices(
        self, connection: str, operation: str, name: str, inputs: Mapping[str, Any], text: str
    ) -> Sequence[Choice]:
        """Return what an input may be, by name. Raises UserError, and what the app answers."""
        await self._offer_of(connection)
        return await self._choices.choices(connection, operation, name, inputs, text)

    async def _offer_of(self, connection: str) -> WorkspaceOffer:
        offer = await self._offers.current()
        if connection not in offer.connections():
            known = nearest(connection, offer.connections())
            raise UserError(f"There is no connection called {connection!r}. {known}")
        if connection in offer.rows and connection not in offer.reached:
            await self._clients.named(connection)  # raises what keeps it from being opened
        return offer

    def _fitting(
        self, offer: WorkspaceOffer, connection: str, names: Iterable[str], words: Sequence[str]
    ) -> list[str]:
        """Return the names that fit these words; GoHighLevel's as `op list` finds them."""
        if not self._is_catalogue(offer, connection):
            return [each for each in names if _fits(each, words)]
        known = [*names]
        found = [each.id for each in find(Wanted(words)) if each.id in set(known)]
        others = [each for each in known if _operation(each) is None and _fits(each, words)]
        return [*found, *others]

    def _title(self, offer: WorkspaceOffer, connection: str, name: str) -> str:
        operation = _operation(name) if self._is_catalogue(offer, connection) else None
        return name.replace(".", " ").replace("_", " ") if operation is None else operation.title

    def _is_catalogue(self, offer: WorkspaceOffer, connection: str) -> bool:
        reached = offer.reached.get(connection)
        return reached is not None and reached.connector.name == APP

    def _inputs(
        self,
        offer: WorkspaceOffer,
        connection: str,
        operation: str,
        inputs: Mapping[str, Input],
    ) -> list[dict[str, Any]]:
        """Return the inputs, needed ones first. `by_name`: it may be given by name."""
        listed = self._is_catalogue(offer, connection)
        product = operation.partition(".")[0]
        told = [
            {
                "name": name,
                "required": each.required,
                "allowed": [*each.allowed],
                "by_name": listed and pick_list(product, name) is not None,
                "shape": shape_as_json(each.shape),
            }
            for name, each in inputs.items()
        ]
        return sorted(told, key=lambda each: not each["required"])


def shape_as_json(shape: Shape, deepest: int = _DEEPEST) -> dict[str, Any]:
    """Return a shape as programs read it, some levels of it: kind, fields, items, more."""
    told: dict[str, Any] = {"kind": shape.kind.value}
    if shape.kind is Kind.OBJECT:
        fields = shape.fields if deepest else {}
        told["fields"] = {name: shape_as_json(each, deepest - 1) for name, each in fields.items()}
        told["more"] = shape.more or not deepest
    if shape.kind is Kind.LIST and shape.items is not None and deepest:
        told["items"] = shape_as_json(shape.items, deepest - 1)
    return told


def _operation(name: str) -> Any:
    product = name.partition(".")[0]
    return operations_of(product).get(name) if product in products() else None


def _fits(name: str, words: Sequence[str]) -> bool:
    plain = name.casefold()
    return all(each.casefold() in plain for each in words)
