"""A recipe: a pre-filled sync, or several that belong together, or a flow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from instep.core.pairs import Authority, Direction, SideName
from instep.core.rules import Deletes, Leaving
from instep.recipes.form import Form, Kebab, Name, Sentence
from instep.recipes.pattern import Pattern

AppName = Literal["gohighlevel", "insightly", "backnine", "insurgo", "brokerengine", "yourapp"]
"""The apps that recipes are for. Side A of a sync is the first app of its recipe, side B the second."""

TITLES: Mapping[str, str] = {
    "gohighlevel": "GoHighLevel",
    "insightly": "Insightly",
    "backnine": "BackNine",
    "insurgo": "Insurgo",
    "brokerengine": "BrokerEngine",
    "yourapp": "Your App",
}

OWN_CONNECTOR = frozenset({"gohighlevel", "insightly"})
"""The apps that have one connector. The others are reached by whatever describes them: a manifest
that a person completed, the bridge, a file. facts: apps 4.1"""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Row(Form):
    """One pair of fields, as `core.mapping.build` takes it; both sides' names are canonical.

    `where_held`: the pair is left out where one of the apps does not have the field, because a
    person may have described the app without it.
    """

    a: str
    b: str | None = None
    direction: Direction | None = None
    authority: Authority | None = None
    clears: bool | None = None
    value_map: list[tuple[str, str]] | None = None
    unknown: str | None = None
    where_held: bool = False

    @property
    def other(self) -> str:
        """Side B's field."""
        return self.b or self.a

    def plain(self) -> dict[str, Any]:
        """Return the row as a mapping takes it."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"where_held"})


class Part(Form):
    """One sync of a recipe.

    `mapping` is `default` for every field that both apps have. `optional`: it is made only if
    somebody asks for it. `ground`: others stand on it; where these two connections have such a
    sync already, that one is taken, as long as it carries the fields named in `carries` this way.
    `sample` is one record to try it with, by canonical names.
    """

    name: Kebab
    records: Name
    mapping: Literal["default"] | list[Row] = "default"
    direction: Direction = Direction.BOTH
    authority: Authority = Authority.A
    fields: dict[str, str] = Field(default_factory=dict)
    filters: dict[SideName, list[str]] = Field(default_factory=dict)
    leaving: Leaving = Leaving.STOP
    deletes: dict[SideName, Deletes] = Field(default_factory=dict)
    defaults: dict[str, str] = Field(default_factory=dict)
    minutes: Annotated[int, Field(ge=1, le=15)] = 5
    optional: bool = False
    ground: bool = False
    carries: list[str] = Field(default_factory=list)
    sample: dict[str, Any] = Field(default_factory=dict)

    def held(self) -> set[str]:
        """Return side A's fields that are carried only where both apps have them."""
        rows = [] if self.mapping == "default" else self.mapping
        return {row.a for row in rows if row.where_held}

    def texts(self) -> Iterator[str]:
        """Yield the texts in which a person's answers may stand."""
        yield from self.defaults.values()
        for lines in self.filters.values():
            yield from lines

    def asks(self) -> set[str]:
        """Return the names of the answers that it needs."""
        return {name for text in self.texts() for name in _PLACEHOLDER.findall(text)}

    def answered(self, answers: Mapping[str, str]) -> Part:
        """Return the part with a person's answers in place. There has to be one for each."""

        def filled(text: str) -> str:
            return _PLACEHOLDER.sub(lambda found: answers[found[1]], text)

        filters = {side: [filled(line) for line in lines] for side, lines in self.filters.items()}
        defaults = {place: filled(text) for place, text in self.defaults.items()}
        return self.model_copy(update={"filters": filters, "defaults": defaults})


class Choice(Form):
    """Where the answers to a question are listed: an input of an app's operation.

    `given` are other inputs that say of what: a stage is one of a pipeline.
    """

    app: AppName
    operation: str
    input: str
    given: dict[str, str] = Field(default_factory=dict)


class Ask(Form):
    """Something only a person knows; without a `default` they have to say it, unless `optional`.

    A `number` or the name of a `field` may stand inside an expression, text may not. Of a `choice`
    the name is asked for, and the id takes its place.
    """

    question: Sentence
    default: str | None = None
    optional: bool = False
    kind: Literal["text", "number", "field"] = "text"
    choice: Choice | None = None


class Recipe(Form):
    """A ready-to-use sync or flow. `trigger` and `result` are what starts it and what comes of it.

    `about` are the values that it is about, in the words of whoever asks for it. `label` is what
    has to be said with it, such as that it was shown on an emulator only. A recipe of syncs may
    have a `flow` beside them, which is made if somebody asks for it by its name. `sample` is one
    item to try a flow with.
    """

    id: Kebab
    name: str
    idea: bool = False
    apps: list[AppName]
    kind: Literal["sync", "flow"]
    what: Sentence
    trigger: str
    result: str
    about: list[str] = Field(default_factory=list)
    label: Sentence | None = None
    remark: Sentence | None = None
    asks: dict[Name, Ask] = Field(default_factory=dict)
    syncs: list[Part] = Field(default_factory=list)
    flow: Pattern | None = None
    sample: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check = self._check_sync if self.kind == "sync" else self._check_flow
        check()
        wanted = {name for part in self.syncs for name in part.asks()}
        if self.flow is not None:
            wanted |= self.flow.asks() - {*self.apps}
            self._check_places(self.flow)
        wanted |= {name for ask in self.asks.values() for name in _wanted_by(ask)}
        if wanted != set(self.asks):
            raise ValueError(f"asks has to name exactly {', '.join(sorted(wanted)) or 'nothing'}")
        return self

    def _check_sync(self) -> None:
        if len(self.apps) != 2 or self.apps[0] != "gohighlevel":  # noqa: PLR2004 - a sync has two sides
            raise ValueError("apps has to name gohighlevel and one other app, in this order")
        if not any(not part.optional for part in self.syncs):
            raise ValueError("syncs has to hold one that is not optional")
        names = [part.name for part in self.syncs]
        if self.flow is not None:
            if self.flow.name is None:
                raise ValueError("the flow beside syncs has to have a name")
            names.append(self.flow.name)
        if len(set(names)) != len(names):
            raise ValueError("syncs has two of one name")

    def _check_flow(self) -> None:
        if self.syncs or self.flow is None or self.flow.name is not None:
            raise ValueError("a flow has a flow without a name, and no syncs")
        if not self.sample:
            raise ValueError("a flow has a sample")

    def _check_places(self, flow: Pattern) -> None:
        for name in flow.asks_in_expressions():
            if name not in self.apps and name in self.asks and self.asks[name].kind == "text":
                raise ValueError(f"the text {name!r} may not stand inside an expression")

    def part(self, name: str) -> Part | None:
        """Return one of its syncs by name; None if there is none."""
        return next((part for part in self.syncs if part.name == name), None)

    @property
    def options(self) -> list[str]:
        """The names of what is made only if somebody asks for it."""
        names = [part.name for part in self.syncs if part.optional]
        beside = self.flow is not None and self.flow.name
        return [*names, beside] if beside else names


def _wanted_by(ask: Ask) -> set[str]:
    """Return the other answers that the choices of a question stand on."""
    given = ask.choice.given.values() if ask.choice else ()
    return {name for text in given for name in _PLACEHOLDER.findall(text)}
