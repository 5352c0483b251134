"""Filters of the contact search as small values: `(F.tags == "vip") & F.dateAdded.between(a, b)`.

What GoHighLevel would refuse is refused before it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from instep.connectors.gohighlevel.client.encoding import encode
from instep.connectors.gohighlevel.client.errors import WrongArguments

# facts: ghl 6.3 (field table)
_WORDS = frozenset({"eq", "not_eq", "contains", "not_contains", "exists", "not_exists"})
_EXACT = frozenset({"eq", "not_eq", "exists", "not_exists"})
_SPAN = frozenset({"range", "exists", "not_exists"})
_ANY = _WORDS | _SPAN

OPERATORS: dict[str, frozenset[str]] = {
    "id": frozenset({"eq", "not_eq"}),
    **dict.fromkeys(
        (
            *("contactName", "firstNameLowerCase", "lastNameLowerCase", "phone", "address"),
            *("city", "postalCode", "companyName", "businessName"),
        ),
        _WORDS,
    ),
    **dict.fromkeys(
        (
            *("email", "state", "country", "source", "assignedTo", "dnd", "isValidWhatsapp"),
            *("followers", "tags"),
        ),
        _EXACT,
    ),
    **dict.fromkeys(
        ("dateAdded", "dateUpdated", "lastEmailClickedDate", "lastEmailOpenedDate"), _SPAN
    ),
}
SORTABLE = (
    *("email", "dnd", "source", "firstNameLowerCase", "lastNameLowerCase"),
    *("dateAdded", "dateUpdated"),
)
_SHORTEST, _LONGEST = 3, 75


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: a field, an operator, a value."""

    field: str
    operator: str
    value: Any = None

    def __and__(self, other: Condition) -> AllOf:
        return AllOf((self,)) & other

    def __or__(self, other: Condition) -> AnyOf:
        return AnyOf((self,)) | other

    def json(self) -> dict[str, Any]:
        """Return it as the search takes it."""
        told = {"field": self.field, "operator": self.operator}
        return told if self.value is None else told | {"value": self.value}

    def wire(self) -> list[dict[str, Any]]:
        """Return the list of filters that consists of this one."""
        return [self.json()]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Filters of which one has to fit: an OR group."""

    members: tuple[Filter, ...]

    def __and__(self, other: Condition) -> AllOf:
        return AllOf((self,)) & other

    def __or__(self, other: Condition) -> AnyOf:
        match other:
            case Filter():
                return AnyOf((*self.members, other))
            case AnyOf():
                return AnyOf((*self.members, *other.members))
        raise _too_deep()

    def json(self) -> dict[str, Any]:
        """Return it as the search takes it."""
        if len(self.members) == 1:
            return self.members[0].json()
        return {"group": "OR", "filters": [each.json() for each in self.members]}

    def wire(self) -> list[dict[str, Any]]:
        """Return the list of filters that consists of this group."""
        return [self.json()]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Filters and groups that all have to fit."""

    members: tuple[Filter | AnyOf, ...]

    def __and__(self, other: Condition) -> AllOf:
        more = other.members if isinstance(other, AllOf) else (other,)
        return AllOf((*self.members, *more))

    def __or__(self, other: Condition) -> AnyOf:
        if len(self.members) == 1 and isinstance(self.members[0], Filter):
            return AnyOf((self.members[0],)) | other
        raise _too_deep()

    def wire(self) -> list[dict[str, Any]]:
        """Return the list of filters: all in it have to fit."""
        return [each.json() for each in self.members]


Condition = Filter | AnyOf | AllOf


def _too_deep() -> WrongArguments:
    # facts: ghl 6.3: groups are documented one level deep
    return WrongArguments(
        "The search takes groups one level deep: an | may join single conditions, not ones joined "
        "by &. Write (a | b) & (a | c) for a | (b & c)."
    )


@dataclass(frozen=True, slots=True)
class Order:
    """By which field, and in which direction."""

    field: str
    direction: str

    def wire(self) -> list[dict[str, Any]]:
        """Return the list of orders that consists of this one."""
        return [self.json()]

    def json(self) -> dict[str, Any]:
        """Return it as the search takes it."""
        return {"field": self.field, "direction": self.direction}


class SearchField:  # noqa: PLW1641 - comparing makes a filter, so it cannot be a key
    """A field of the contact search, to compare with. `tags == "vip"` makes a filter."""

    def __init__(self, name: str, operators: frozenset[str]) -> None:
        self._name = name
        self._operators = operators

    def __eq__(self, value: object) -> Filter:  # type: ignore[override]  # a filter, not a verdict
        return self._filter("eq", value)

    def __ne__(self, value: object) -> Filter:  # type: ignore[override]  # a filter, not a verdict
        return self._filter("not_eq", value)

    def contains(self, text: str) -> Filter:
        """Return the filter for fields with this text in them, 3 to 75 characters."""
        return self._filter("contains", self._checked(text))

    def not_contains(self, text: str) -> Filter:
        """Return the filter for fields without this text in them, 3 to 75 characters."""
        return self._filter("not_contains", self._checked(text))

    def exists(self) -> Filter:
        """Return the filter for contacts that have the field."""
        return self._filter("exists")

    def not_exists(self) -> Filter:
        """Return the filter for contacts that do not have the field."""
        return self._filter("not_exists")

    def between(self, first: date | str | float, last: date | str | float) -> Filter:
        """Return the filter for values from `first` to `last`, both included."""
        return self._range(gte=first, lte=last)

    def __ge__(self, value: date | str | float) -> Filter:
        return self._range(gte=value)

    def __gt__(self, value: date | str | float) -> Filter:
        return self._range(gt=value)

    def __le__(self, value: date | str | float) -> Filter:
        return self._range(lte=value)

    def __lt__(self, value: date | str | float) -> Filter:
        return self._range(lt=value)

    def asc(self) -> Order:
        """Return the order that begins with the smallest. Raises WrongArguments."""
        return self._order("asc")

    def desc(self) -> Order:
        """Return the order that begins with the largest. Raises WrongArguments."""
        return self._order("desc")

    def _order(self, direction: str) -> Order:
        if self._name not in SORTABLE:
            raise WrongArguments(
                f"The search cannot sort by {self._name}; it can by {', '.join(SORTABLE)}."
            )
        return Order(self._name, direction)

    def _range(self, **limits: Any) -> Filter:
        # facts: ghl 6.3: sources disagree about the keys of a range; gte/lte is the likelier one
        return self._filter(
            "range", {key: encode(value, self._name) for key, value in limits.items()}
        )

    def _filter(self, operator: str, value: Any = None) -> Filter:
        if operator not in self._operators:
            raise WrongArguments(
                f"{self._name} cannot be searched with {operator}; it takes "
                f"{', '.join(sorted(self._operators))}."
            )
        return Filter(self._name, operator, encode(value, self._name))

    def _checked(self, text: str) -> str:
        # facts: ghl 6.3; which characters count as special is not in the facts, so they pass here
        if not _SHORTEST <= len(text) <= _LONGEST:
            raise WrongArguments(
                f"{self._name}: a text to look for has {_SHORTEST} to {_LONGEST} characters, and "
                f"{text!r} has {len(text)}."
            )
        return text


class _Fields:
    """Every field there is to search by, as an attribute."""

    def __getattr__(self, name: str) -> SearchField:
        if name.startswith("__"):
            raise AttributeError(name)
        operators = OPERATORS.get(name)
        if operators is None:
            raise WrongArguments(
                f"Contacts cannot be searched by {name!r}; they can by {', '.join(OPERATORS)}, and "
                "by F.custom('…')."
            )
        return SearchField(name, operators)

    def __dir__(self) -> list[str]:
        return [*OPERATORS, "custom"]

    def custom(self, key: str) -> SearchField:
        """Return a custom field, by its id or its key (with or without `contact.` before it)."""
        # which operators fit depends on the field's type, which only the location knows
        return SearchField(f"customFields.{key.removeprefix('contact.')}", _ANY)


F = _Fields()
"""The fields of the contact search."""
