"""Tasks: of one contact, and of a whole location by search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.contacts.belongings import NEWEST_FIRST, Belonging, Belongings
from instep.sandbox.gohighlevel.contacts.reaching import reached_contact, succeeded
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.shapes import (
    BOOLEAN,
    STRING,
    STRINGS,
    Shape,
    checked,
    number,
    required,
)
from instep.sandbox.gohighlevel.times import iso, moment
from instep.sandbox.state import Column

_DUE = checked(
    lambda value: isinstance(value, str) and moment(value) is not None,
    "be a valid ISO 8601 date string",
)
_UPDATE = {
    "title": STRING,
    "body": STRING,
    "dueDate": _DUE,
    "completed": BOOLEAN,
    "assignedTo": STRING,
}
# facts: ghl 6.7
_CREATE = {
    **_UPDATE,
    **{name: required(_UPDATE[name]) for name in ("title", "dueDate", "completed")},
}
_SEARCH = Shape(
    {
        "contactId": STRINGS,
        "assignedTo": STRINGS,
        "completed": BOOLEAN,
        "query": STRING,
        "businessId": STRING,
        # not in the facts: the largest limit; none is set here
        "limit": number(1),
        "skip": number(0),
    }
)
_DEFAULT_LIMIT = 25
_SHOWN = ("title", "body", "assignedTo", "completed", "contactId")


class Tasks(Belongings):
    """The tasks of every contact."""

    kind = "task"
    columns = {  # noqa: RUF012 - never changed; ClassVar is declared where it is inherited from
        "completed": lambda task: int(task["completed"]),
        "assigned": lambda task: task.get("assignedTo"),
        "text": lambda task: f"{task['title']}\n{task.get('body', '')}".lower(),
    }

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        services.lifecycle.follow("user", Stage.DELETED, self._forget_user)

    def told(self, record: Belonging) -> dict[str, Any]:
        """Return a task as its events tell it."""
        # facts: ghl 5.2
        shown = {name: record[name] for name in _SHOWN if name in record}
        due, added = iso(record["dueDate"]), iso(record["dateAdded"])
        return {"id": record["id"], **shown, "dueDate": due, "dateAdded": added}

    def changed_to(self, before: Belonging, after: Belonging) -> str | None:
        """Return the event of a task done; other changes, and re-opening, have none."""
        # facts: ghl 5.2 (there is no TaskUpdate)
        return "Complete" if after["completed"] and not before["completed"] else None

    def search(self, location_id: str, wanted: Mapping[str, Any]) -> list[Belonging]:
        """Return a page of a location's tasks that meet all that is wanted."""
        where, values = ["location = ?"], [location_id]
        for name, (condition, written) in _CONDITIONS.items():
            if name in wanted:
                where.append(condition)
                values.append(written(wanted[name]))
        limit, skip = int(wanted.get("limit", _DEFAULT_LIMIT)), int(wanted.get("skip", 0))
        return self.kept.find(" AND ".join(where), values, NEWEST_FIRST, limit, skip)

    def _forget_user(self, user: Mapping[str, Any]) -> None:
        """Assign the tasks of a user who is gone to nobody; no event is documented for that."""
        self._state.execute(
            "UPDATE contact_tasks SET assigned = NULL, body = json_remove(body, '$.assignedTo') "
            "WHERE assigned = ?",
            (user["id"],),
        )


def _folded(text: str) -> Column:
    return text.strip().lower()


# what a search may ask for -> its condition, and how the value is written there
_CONDITIONS: dict[str, tuple[str, Any]] = {
    "contactId": ("contact IN (SELECT value FROM json_each(?))", json.dumps),
    "assignedTo": ("assigned IN (SELECT value FROM json_each(?))", json.dumps),
    "completed": ("completed = ?", int),
    # not in the facts: what a query looks into; here the title and the body
    "query": ("instr(text, ?) > 0", _folded),
    "businessId": ("contact IN (SELECT id FROM contacts WHERE business = ?)", str),
}


def list_tasks(call: Call) -> JsonObject:
    """Return all tasks of a contact."""
    return {"tasks": [_shown(task) for task in call.part(Tasks).of(reached_contact(call))]}


def get_task(call: Call) -> JsonObject:
    """Return one task of a contact."""
    return {"task": _shown(_task(call))}


def create_task(call: Call) -> JsonObject:
    """Add a task to a contact."""
    return {"task": _shown(call.part(Tasks).add(reached_contact(call), _values(call)))}


def update_task(call: Call) -> JsonObject:
    """Change a task: what the body names. Completing it is a change like any other."""
    return {"task": _shown(call.part(Tasks).change(_task(call), _values(call)))}


def delete_task(call: Call) -> JsonObject:
    """Remove a task."""
    call.part(Tasks).remove(_task(call))
    return succeeded(call)


def search_tasks(call: Call) -> JsonObject:
    """Return a page of the location's tasks, newest first (not in the facts)."""
    found = call.part(Tasks).search(call.path["locationId"], call.body)
    # facts: ghl 6.7 (`_id` here, `id` elsewhere; the spec's reply, a list of lists, is not followed)
    shown = [_shown(task) for task in found]
    return {"tasks": [{"_id": task.pop("id"), **task} for task in shown]}


def _task(call: Call) -> Belonging:
    return call.part(Tasks).get(reached_contact(call), call.path["taskId"])


def _values(call: Call) -> JsonObject:
    if "dueDate" in call.body:
        return {**call.body, "dueDate": moment(call.body["dueDate"])}
    return call.body


def _shown(task: Belonging) -> JsonObject:
    shown = {name: task[name] for name in ("id", *_SHOWN) if name in task}
    return {**shown, "dueDate": iso(task["dueDate"])}


OPERATIONS = (
    Operation("contacts.list_tasks", list_tasks),
    Operation("contacts.get_task", get_task),
    Operation("contacts.create_task", create_task, body=Shape(_CREATE)),
    Operation("contacts.update_task", update_task, body=Shape(_UPDATE)),
    Operation("contacts.complete_task", update_task),
    Operation("contacts.delete_task", delete_task),
    Operation("locations.search_tasks", search_tasks, body=_SEARCH),
)
