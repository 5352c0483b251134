"""What a small workspace offers: one connection with a few operations, and one sync."""

from __future__ import annotations

from dataclasses import dataclass, field

from instep.core.flow.offer import Input, OfferedAction, OfferedTrigger
from instep.core.template import Kind, Shape


def thing(**fields):
    return Shape(Kind.OBJECT, {name: Shape(kind) for name, kind in fields.items()})


CONTACT = Shape(
    Kind.OBJECT,
    {
        "id": Shape(Kind.TEXT),
        "email": Shape(Kind.TEXT),
        "score": Shape(Kind.NUMBER),
        "dnd": Shape(Kind.BOOLEAN),
        "dateAdded": Shape(Kind.MOMENT),
        "tags": Shape(Kind.LIST, items=Shape(Kind.TEXT)),
        "address": thing(city=Kind.TEXT),
    },
)
ONE = Shape(Kind.OBJECT, {"contact": CONTACT})
MANY = Shape(Kind.OBJECT, {"contacts": Shape(Kind.LIST, items=CONTACT)})

ACTIONS = {
    "contacts.get": OfferedAction(
        {"contactId": Input(Shape(Kind.TEXT), required=True)}, ONE, "read", ("contacts.readonly",)
    ),
    "contacts.search": OfferedAction({"query": Input(Shape(Kind.TEXT))}, MANY, "read"),
    "contacts.create": OfferedAction(
        {
            "email": Input(Shape(Kind.TEXT), required=True),
            "score": Input(Shape(Kind.NUMBER)),
            "dnd": Input(Shape(Kind.BOOLEAN)),
            "tags": Input(Shape(Kind.LIST, items=Shape(Kind.TEXT))),
            "address": Input(thing(city=Kind.TEXT)),
            "type": Input(Shape(Kind.TEXT), allowed=("lead", "customer")),
        },
        ONE,
        "write",
        ("contacts.write",),
    ),
}
POLLS = {
    "contacts.search": OfferedTrigger(
        CONTACT, {"query": Input(Shape(Kind.TEXT))}, ("contacts.readonly",), calls=3
    )
}
EVENTS = {"ContactCreate": OfferedTrigger(CONTACT)}


@dataclass
class SmallOffer:
    scopes: tuple[str, ...] | None = None
    calls: int | None = None
    refused: dict[str, str] = field(default_factory=dict)

    def connections(self):
        return ["ghl"]

    def actions(self, connection):
        return ACTIONS

    def polls(self, connection):
        return POLLS

    def events(self, connection):
        return EVENTS

    def syncs(self):
        return ["leads"]

    def granted(self, connection):
        return self.scopes

    def calls_per_day(self, connection):
        return self.calls

    def timetable(self, cron, zone):
        return self.refused.get(zone)
