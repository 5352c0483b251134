"""What the samples of an app's lists suggest: where records stand, their ids, times, fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from instep.core.records import FieldType
from instep.core.suggesting import likeness
from instep.core.synonyms import plain, words_of

Row = Mapping[str, Any]
Path = tuple[str, ...]

KINDS: dict[str, tuple[str, ...]] = {
    "contact": ("contacts", "people", "persons", "clients", "customers", "leads", "members"),
    "task": ("tasks", "todos", "activities", "jobs", "reminders"),
    "note": ("notes", "comments", "remarks"),
    "appointment": ("appointments", "events", "meetings", "bookings"),
    "business": ("businesses", "companies", "organisations", "organizations", "accounts", "firms"),
    "user": ("users", "staff", "agents", "employees"),
    "tag": ("tags", "labels"),
}

_TYPES: dict[str, tuple[FieldType, ...]] = {
    "email": (FieldType.EMAIL,),
    "phone": (FieldType.PHONE, FieldType.TEXT),
    "date_of_birth": (FieldType.DATE, FieldType.MOMENT),
    "tags": (FieldType.WORDS,),
    "due_at": (FieldType.MOMENT, FieldType.DATE),
    "starts_at": (FieldType.MOMENT, FieldType.DATE),
    "ends_at": (FieldType.MOMENT, FieldType.DATE),
    "completed": (FieldType.BOOLEAN,),
}
_CLOSE = 86  # nearer words are spellings of one, farther ones are others
_IDS = ("id", "uid", "uuid", "_id", "guid", "key", "recordid")
_CHANGED = re.compile(r"updated|modified|changed|lastactivity", re.IGNORECASE)
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class GuessedField:
    """What one key of the records may be. `name` None: no canonical name comes near.

    `seen` False: nobody filled it, and its type is the one that its name usually has.
    """

    path: Path
    type: FieldType
    name: str | None
    why: str
    seen: bool = True


def kind_of(path: str) -> str:
    """Return the kind that a path's last word speaks of; the word itself if none."""
    word = path.rstrip("/").rpartition("/")[2].lower()
    for kind, words in KINDS.items():
        if word in words or word == kind:
            return kind
    return re.sub(r"[^a-z0-9_]+", "_", word.removesuffix("s")) or "record"


def records_in(body: Any) -> tuple[Path, Sequence[Row]] | None:
    """Return where the longest list of objects stands, and the list."""
    lists = [each for each in _lists((), body) if each[1]]
    return max(lists, key=lambda each: (len(each[1]), -len(each[0])), default=None)


def id_of(rows: Sequence[Row], kind: str) -> str | None:
    """Return the key whose values tell the records apart and that is called like an id."""
    wanted = [*_IDS, f"{kind}id"]
    fitting = [key for key in rows[0] if plain(key) in {plain(each) for each in wanted}]
    fitting += [key for key in rows[0] if plain(key).endswith("id") and key not in fitting]
    for key in fitting:
        values = [row.get(key) for row in rows]
        if None not in values and len({*map(str, values)}) == len(values):
            return key
    return None


def changed_in(rows: Sequence[Row]) -> tuple[str, str] | None:
    """Return the key with the time of the last change, and its format."""
    for key in rows[0]:
        if _CHANGED.search(key):
            form = time_format([row.get(key) for row in rows])
            if form is not None:
                return key, form
    return None


def fields_in(rows: Sequence[Row], kind: str) -> list[GuessedField]:
    """Return every key of the records with its type and, where one comes near, canonical name."""
    found: list[GuessedField] = []
    taken: set[str] = set()
    for path, values in _columns(rows):
        kept = type_of(path[-1], values)
        name, why = named(path, kept, kind)
        if name in taken:
            name, why = None, f"{name} is taken already"
        if name is not None:
            taken.add(name)
        is_filled = any(map(_is_filled, values))
        if not is_filled and name in _TYPES:
            kept = _TYPES[name][0]
        found.append(GuessedField(path, kept, name, why, is_filled))
    return found


def named(path: Path, kept: FieldType, kind: str) -> tuple[str | None, str]:
    """Return the canonical name for a key and why: a synonym first, else a close spelling."""
    words = words_of(kind)
    said = [plain(path[-1]), plain("".join(path[-2:]))]
    for word in said:
        if word in words:
            return _typed(words[word], kept, "a known word for it")
    score, close = max(((likeness(said[0], word), word) for word in words), default=(0, ""))
    if score < _CLOSE:
        return None, "no name comes near"
    return _typed(words[close], kept, f"spelt like {close} ({score}%)")


def type_of(key: str, values: Sequence[Any]) -> FieldType:  # noqa: PLR0911 - one return for each type
    """Return the type that all of the values have."""
    filled = [value for value in values if _is_filled(value)]
    if not filled:
        return FieldType.TEXT
    if all(isinstance(value, bool) for value in filled):
        return FieldType.BOOLEAN
    if all(isinstance(value, list) for value in filled):
        return FieldType.WORDS
    if all(isinstance(value, int | float) for value in filled):
        return FieldType.NUMBER
    texts = [str(value) for value in filled]
    if all(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) for text in texts):
        return FieldType.EMAIL
    if all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) for text in texts):
        return FieldType.DATE
    if time_format(texts) is not None:
        return FieldType.MOMENT
    if re.search("phone|mobile|tel|cell", key, re.IGNORECASE) and all(
        re.fullmatch(r"[+\d][\d\s().-]{5,}", text) for text in texts
    ):
        return FieldType.PHONE
    return FieldType.LONG_TEXT if any("\n" in text for text in texts) else FieldType.TEXT


def _is_filled(value: Any) -> bool:
    return value not in (None, "", [])


def time_format(values: Sequence[Any]) -> str | None:
    """Return the format in which all of the values are times; None if one is none."""
    filled = [value for value in values if value not in (None, "")]
    if not filled:
        return None
    if all(isinstance(value, int) and not isinstance(value, bool) for value in filled):
        if all(10**9 < value < 10**10 for value in filled):
            return "epoch"
        return "epoch_ms" if all(10**12 < value < 10**13 for value in filled) else None
    if not all(isinstance(value, str) and len(value) > len("2026-01-05") for value in filled):
        return None
    for form in ("%Y-%m-%d %H:%M:%S", None):
        try:
            for value in filled:
                datetime.fromisoformat(value) if form is None else datetime.strptime(value, form)  # noqa: DTZ007 - only whether it is one
        except ValueError:
            continue
        return form or "iso"
    return None


def _typed(name: str, kept: FieldType, why: str) -> tuple[str | None, str]:
    wanted = _TYPES.get(name)
    if wanted is not None and kept not in wanted and kept is not FieldType.TEXT:
        return None, f"called like {name}, but it holds {kept.value}"
    return name, why


def _lists(at: Path, body: Any) -> Iterator[tuple[Path, Sequence[Row]]]:
    if isinstance(body, list) and all(isinstance(each, dict) for each in body):
        yield at, body
    elif isinstance(body, dict) and len(at) < _DEEPEST:
        for key, value in body.items():
            yield from _lists((*at, str(key)), value)


def _columns(rows: Sequence[Row]) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Yield every key, those of an object inside a record too, with its values."""
    keys = {key: None for row in rows for key in row}
    for key in keys:
        values = [row.get(key) for row in rows]
        inner = [value for value in values if isinstance(value, dict)]
        if inner and len(inner) == len([value for value in values if value is not None]):
            for below, found in _columns(inner):
                yield (key, *below), found
        elif not any(
            isinstance(each, dict) for value in values if isinstance(value, list) for each in value
        ):
            yield (key,), values
