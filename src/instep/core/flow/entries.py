"""Reads the single entries of a flow document: names, texts, numbers, templates, conditions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from instep.core.errors import UserError
from instep.core.flow import form
from instep.core.flow.filling import (
    OPENING,
    Filling,
    Where,
    constant,
    list_of,
    object_of,
    text_of,
)
from instep.core.flow.form import Entry, Kind
from instep.core.flow.language import Language
from instep.core.flow.problems import Problems, below, nearest, shown, tell_condition

_NAME = re.compile(form.NAME_PATTERN[:-1] + r"\Z")


class Wrong:
    """Stands for what could not be read: why has been told."""


WRONG: Final = Wrong()


def is_name(text: str) -> bool:
    """Whether a path can name what is called so."""
    return _NAME.match(text) is not None


@dataclass(slots=True)
class EntryReader:
    """Reads one entry at a time; what is wrong goes to `problems`."""

    language: Language
    problems: Problems
    _values: int = 0
    _characters: int = 0

    def read(self, raw: Any, entry: Entry, place: str) -> Any:
        """Return what the entry holds, WRONG if it was refused."""
        read: Any
        match entry.kind:
            case Kind.NAME:
                read = self._name(raw, place)
            case Kind.TEXT:
                read = self._text(raw, entry, place)
            case Kind.WHOLE:
                read = self._whole(raw, entry, place)
            case Kind.CHOICE:
                read = self._choice(raw, entry, place)
            case Kind.TEMPLATE:
                read = self._template(raw, entry, place)
            case Kind.PLAIN:
                read = self._plain(raw, place)
            case Kind.OWN_VALUES:
                read = self._own_values(raw, place)
            case Kind.CONDITIONS:
                read = self._conditions(raw, place)
            case _:
                read = self._object(raw, place)
        return read

    def _name(self, raw: Any, place: str) -> Any:
        if isinstance(raw, str) and _NAME.match(raw):
            return raw
        fix = "Use small letters, digits and _, a letter first, 40 at most."
        self.problems.add(place, f"is {shown(raw)}, which is no name", fix)
        return WRONG

    def _text(self, raw: Any, entry: Entry, place: str) -> Any:
        if isinstance(raw, str) and raw.strip():
            return self._sound(raw, place, form.LONGEST_NAME)
        self.problems.add(place, f"is {shown(raw)}", f"It has to be a text. {entry.says}")
        return WRONG

    def _sound(self, raw: str, place: str, longest: int) -> Any:
        """Return the text if every database can hold it and it is short enough."""
        if len(raw) > longest:
            fix = f"Use {longest:,} at most."
            self.problems.add(place, f"has {len(raw):,} characters", fix)
            return WRONG
        before, self._characters = self._characters, self._characters + len(raw)
        if self._characters > form.MOST_TEXT:
            if before <= form.MOST_TEXT:  # told once
                fix = f"Use {form.MOST_TEXT:,} at most, or part it into several flows."
                self.problems.add(place, "is where the flow's texts become too long", fix)
            return WRONG
        if "\0" in raw or any("\ud800" <= each <= "\udfff" for each in raw):
            self.problems.add(place, "holds what is no character", "Type the text again.")
            return WRONG
        return raw

    def _whole(self, raw: Any, entry: Entry, place: str) -> Any:
        lowest, highest = entry.bounds
        if isinstance(raw, int) and not isinstance(raw, bool) and lowest <= raw <= highest:
            return raw
        fix = f"It has to be a whole number from {lowest:,} to {highest:,}."
        self.problems.add(place, f"is {shown(raw)}", fix)
        return WRONG

    def _choice(self, raw: Any, entry: Entry, place: str) -> Any:
        if isinstance(raw, str) and raw in entry.choices:
            return raw
        self.problems.add(place, f"is {shown(raw)}", nearest(raw, entry.choices))
        return WRONG

    def _template(self, raw: Any, entry: Entry, place: str) -> Any:
        if isinstance(raw, str) and raw.strip():
            return self._filled_text(raw, place)
        fix = f"It has to be a text with an expression. {entry.says}"
        self.problems.add(place, f"is {shown(raw)}", fix)
        return WRONG

    def _filled_text(self, raw: str, place: str) -> Filling | Wrong:
        if isinstance(self._sound(raw, place, form.LONGEST_TEXT), Wrong):
            return WRONG
        if OPENING not in raw:
            return constant(raw)
        try:
            return text_of(raw, self.language.template(raw))
        except UserError as error:
            self.problems.add(place, "cannot be read", str(error))
            return WRONG

    def _conditions(self, raw: Any, place: str) -> Any:
        try:
            return Where(raw, self.language.conditions(raw))
        except UserError as error:
            tell_condition(str(error), place, self.problems)
            return WRONG

    def _plain(self, raw: Any, place: str) -> Any:
        filling = self._object(raw, place)
        if isinstance(filling, Wrong):
            return WRONG
        for name, each in filling.items():
            if not each.is_constant:
                fix = "Write the value itself: before a run there is nothing to be read."
                self.problems.add(below(place, name), "holds an expression", fix)
        return raw

    def _own_values(self, raw: Any, place: str) -> Any:
        if raw == {}:
            self.problems.add(place, "is empty", "Name at least one value.")
            return WRONG
        names = list(raw) if isinstance(raw, Mapping) else []
        if WRONG in [self._name(each, place) for each in names]:
            return WRONG
        return self._object(raw, place)

    def _object(self, raw: Any, place: str) -> dict[str, Filling] | Wrong:
        if not isinstance(raw, Mapping):
            self.problems.add(place, f"is {shown(raw)}", "It has to be an object: values by name.")
            return WRONG
        self._values = 0
        read = {name: self._value(each, below(place, str(name)), 1) for name, each in raw.items()}
        sound = {name: each for name, each in read.items() if isinstance(each, Filling)}
        return sound if len(sound) == len(read) else WRONG

    def _value(self, raw: Any, place: str, depth: int) -> Filling | Wrong:
        """Read a value of any type, the templates in it compiled."""
        self._values += 1
        if depth > form.DEEPEST_VALUE or self._values > form.MOST_VALUES:
            # told once: a thousand lines would say the same
            if depth > form.DEEPEST_VALUE or self._values == form.MOST_VALUES + 1:
                fix = f"Use {form.DEEPEST_VALUE} levels and {form.MOST_VALUES:,} values at most."
                self.problems.add(place, "is too deep or too much", fix)
            return WRONG
        if isinstance(raw, str):
            return self._filled_text(raw, place)
        if isinstance(raw, list):
            each = [
                self._value(one, f"{place}[{number}]", depth + 1)
                for number, one in enumerate(raw, start=1)
            ]
            sound = [one for one in each if isinstance(one, Filling)]
            return list_of(raw, sound) if len(sound) == len(each) else WRONG
        if isinstance(raw, Mapping) and all(isinstance(name, str) for name in raw):
            return self._inner_object(raw, place, depth)
        if raw is None or isinstance(raw, int) or (isinstance(raw, float) and math.isfinite(raw)):
            return constant(raw)
        self.problems.add(place, f"is {shown(raw)}", "It has to be a value of JSON.")
        return WRONG

    def _inner_object(self, raw: Mapping[str, Any], place: str, depth: int) -> Filling | Wrong:
        read = {name: self._value(one, below(place, name), depth + 1) for name, one in raw.items()}
        sound = {name: one for name, one in read.items() if isinstance(one, Filling)}
        return object_of(raw, sound) if len(sound) == len(read) else WRONG
