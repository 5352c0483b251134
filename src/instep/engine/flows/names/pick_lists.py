"""Which inputs of GoHighLevel's operations are an id out of a list that people know by names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CUSTOM_FIELDS = "customFields"
"""The input that holds values by the id of a field which the location made itself."""

_CUSTOM = frozenset({"contacts", "opportunities"})
_PEOPLE = frozenset({"contacts", "conversations"})


@dataclass(frozen=True, slots=True)
class PickList:
    """A list to choose from. `what` is one entry in words; `lists` the operation that lists them.

    `names` are the keys whose texts, joined, people know an entry by. `within` leads to a list
    inside each entry, such as a pipeline's stages; `of` is then the input that says whose. `key`
    is the entry's key that is stored. `products` are those whose inputs mean this list, None all.
    """

    what: str
    lists: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ("name",)
    key: str = "id"
    within: str | None = None
    of: str | None = None
    products: frozenset[str] | None = None


_USERS = PickList("user", "users.list", names=("firstName", "lastName"))
_CALENDARS = PickList("calendar", "calendars.list", products=frozenset({"calendars"}))
# facts: ghl 6.6 (a tag goes by its name)
_TAGS = PickList("tag", "locations.list_tags", key="name", products=_PEOPLE)

PICK_LISTS: Mapping[str, PickList] = {
    "pipelineid": PickList("pipeline", "opportunities.list_pipelines"),
    "pipelinestageid": PickList(
        "stage", "opportunities.list_pipelines", within="stages", of="pipelineId"
    ),
    "calendarid": _CALENDARS,
    "calendarids": _CALENDARS,
    "groupid": PickList("group", "calendars.list_groups", products=frozenset({"calendars"})),
    "userid": _USERS,
    "assignedto": _USERS,
    "assigneduserid": _USERS,
    "followers": _USERS,
    "tags": _TAGS,
    "workflowid": PickList("workflow", "workflows.list"),
    "campaignid": PickList("campaign", "campaigns.list", products=_PEOPLE),
    "formid": PickList("form", "forms.list"),
    "surveyid": PickList("survey", "surveys.list"),
    "businessid": PickList("business", "businesses.list"),
    "lostreasonid": PickList("reason", "opportunities.list_lost_reasons"),
    "associationid": PickList(
        "association", "associations.list", {"skip": 0, "limit": 100}, ("key",)
    ),
    "blogid": PickList("blog", "blogs.list", {"skip": 0, "limit": 50}, key="_id"),
    "productid": PickList("product", "products.list", key="_id"),
}


def pick_list(product: str, name: str) -> PickList | None:
    """Return the list that an input of a product's operation is chosen from; None if it is none.

    Either view's spelling is understood.
    """
    if name == CUSTOM_FIELDS and product in _CUSTOM:
        model = "contact" if product == "contacts" else "opportunity"
        # facts: ghl 6.6
        return PickList("custom field", "locations.list_custom_fields", {"model": model})
    found = PICK_LISTS.get(name.replace("_", "").lower())
    if found is None or (found.products is not None and product not in found.products):
        return None
    return found
