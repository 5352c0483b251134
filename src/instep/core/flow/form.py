"""The form of a flow document, as data: the reader checks by it, and the schema is written from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_STEPS = 100
DEEPEST_STEPS = 5
"""How deep lists of steps may stand in each other, the flow's own list counted."""
LONGEST_TEXT = 10_000
MOST_TEXT = 500_000
"""How many characters all texts of a document may have together."""
LONGEST_NAME = 200
DEEPEST_VALUE = 10
MOST_VALUES = 2_000
"""How many values all inputs of one step may hold together."""
MOST_WAYS = 20
LONGEST_DELAY = 366 * 24 * 3600
MOST_ITEMS = 10_000

NAME_PATTERN = "^[a-z][a-z0-9_]{0,39}$"
"""What a step or a value may be called, so that a path can name it."""


class Kind(StrEnum):
    """What an entry holds."""

    NAME = "name"
    TEXT = "text"
    WHOLE = "whole"  # a whole number between two bounds
    CHOICE = "choice"
    TEMPLATE = "template"  # a text with expressions
    PLAIN = "plain"  # values by name, without expressions: nothing is there to be read yet
    VALUES = "values"  # values by name; every text in them is a template
    OWN_VALUES = "own_values"  # the same under names that paths can use
    CONDITIONS = "conditions"
    FORM = "form"  # an object with entries of its own
    TRIGGER = "trigger"
    STEPS = "steps"
    WAYS = "ways"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an object in the document. `says` is a sentence for people and editors.

    `default` is what an optional entry is when it is left out. `bounds` are those of a whole
    number, both included.
    """

    name: str
    kind: Kind
    says: str
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()
    bounds: tuple[int, int] = (0, 0)
    form: tuple[Entry, ...] = ()


Form = tuple[Entry, ...]

_CONNECTION = Entry("connection", Kind.TEXT, "The name of the connection.")

ON_ERROR: Form = (
    Entry(
        "attempts",
        Kind.WHOLE,
        "How often it is tried while the app is only busy or away.",
        required=False,
        default=8,
        bounds=(1, 50),
    ),
    Entry(
        "longest_wait",
        Kind.WHOLE,
        "The longest wait between two attempts in seconds, unless the app asks for more.",
        required=False,
        default=300,
        bounds=(1, 86_400),
    ),
    Entry(
        "then",
        Kind.CHOICE,
        "What follows when it failed for good: the run stops, goes on, or becomes a dead letter.",
        required=False,
        default="dead_letter",
        choices=("stop", "go_on", "dead_letter"),
    ),
)

_ON_ERROR = Entry(
    "on_error", Kind.FORM, "What follows when the step fails.", required=False, form=ON_ERROR
)

TRIGGERS: Mapping[str, Form] = {
    "event": (
        _CONNECTION,
        Entry("event", Kind.TEXT, "What the app tells by itself, such as ContactCreate."),
    ),
    "poll": (
        _CONNECTION,
        Entry("operation", Kind.TEXT, "The read that is repeated, such as contacts.search."),
        Entry("inputs", Kind.PLAIN, "What the read is asked with.", required=False, default={}),
        Entry(
            "minutes",
            Kind.WHOLE,
            "How many minutes lie between two polls.",
            required=False,
            default=5,
            bounds=(1, 1440),
        ),
        Entry(
            "emits",
            Kind.CHOICE,
            "Whether changed items start a run, too.",
            required=False,
            default="new_and_changed",
            choices=("new", "new_and_changed"),
        ),
        Entry(
            "first",
            Kind.CHOICE,
            "What the first poll emits: nothing, or everything that is there.",
            required=False,
            default="nothing",
            choices=("nothing", "everything"),
        ),
    ),
    "schedule": (
        Entry("cron", Kind.TEXT, "When, as five fields: minute, hour, day, month, weekday."),
        Entry("zone", Kind.TEXT, "The time zone it is meant in, such as Europe/Berlin."),
    ),
    "manual": (),
    "bridge": (
        Entry(
            "order_by",
            Kind.TEXT,
            "The path in what comes in whose value keeps runs in order, such as contact.id.",
            required=False,
        ),
    ),
}

WAY: Form = (
    Entry("title", Kind.TEXT, "What people call this way.", required=False),
    Entry("where", Kind.CONDITIONS, "When this way is taken; the first that holds is."),
    Entry("steps", Kind.STEPS, "The steps of this way."),
)

OWN: Form = (
    Entry("id", Kind.NAME, "The name by which other steps read what it gives. It stays the same."),
    Entry("title", Kind.TEXT, "What people call the step.", required=False),
)

STEPS: Mapping[str, Form] = {
    "filter": (Entry("where", Kind.CONDITIONS, "When the steps after it are carried out."),),
    "branch": (
        Entry("ways", Kind.WAYS, "The ways, of which the first whose conditions hold is taken."),
        Entry("otherwise", Kind.STEPS, "The steps if no way is taken.", required=False),
    ),
    "action": (
        _CONNECTION,
        Entry("operation", Kind.TEXT, "What is called, such as contacts.create."),
        Entry("inputs", Kind.VALUES, "What it is called with.", required=False, default={}),
        _ON_ERROR,
        Entry(
            "on_unknown",
            Kind.CHOICE,
            "What follows when no answer came and looking up does not tell what became of it.",
            required=False,
            default="ask",
            choices=("ask", "repeat", "go_on"),
        ),
    ),
    "for_each": (
        Entry("items", Kind.TEMPLATE, "The list, such as {{steps.find.contacts}}."),
        Entry("steps", Kind.STEPS, "The steps for each item, which they read as item."),
        Entry(
            "at_most",
            Kind.WHOLE,
            "With more items than this the step fails, before anything is done.",
            required=False,
            default=1000,
            bounds=(1, MOST_ITEMS),
        ),
    ),
    "delay": (
        Entry(
            "seconds",
            Kind.WHOLE,
            "How long to wait.",
            required=False,
            bounds=(1, LONGEST_DELAY),
        ),
        Entry("until", Kind.TEMPLATE, "Or the moment to wait for.", required=False),
    ),
    "sync_now": (
        Entry("sync", Kind.TEXT, "The name of the sync to run."),
        _ON_ERROR,
    ),
    "set_values": (Entry("values", Kind.OWN_VALUES, "What later steps read as values.NAME."),),
}

FLOW: Form = (
    Entry("id", Kind.NAME, "The name of the flow in commands and addresses."),
    Entry("title", Kind.TEXT, "What people call the flow.", required=False),
    Entry("trigger", Kind.TRIGGER, "What starts a run."),
    Entry("steps", Kind.STEPS, "What is done, in this order."),
)
