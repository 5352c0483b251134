"""An app in memory whose tasks get their contact only once they are there, as Insightly's do."""

from __future__ import annotations

from dataclasses import replace

from instep.connectors import memory
from instep.connectors.memory.belongings import Tasks
from instep.connectors.memory.transport import MemoryTransport
from instep.core.records import Field, Write
from instep.sdk.kept.wire import body_of, problem, values_of, words_of
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Parent


class LateTasks(Tasks):
    """Tasks of all contacts and of nobody: made first, linked by a second call."""

    parent = Parent("contact", "contact_id", listed_together=True, required=False)
    fields = (
        *(each for each in Tasks.fields if each.name != "contact_id"),
        Field("contact_id", "contact_id", update_only=True, link="contact"),
    )

    def update(self, record_id, write, version):
        plain = {name: value for name, value in write.set.items() if name != "contact_id"}
        requests = [*super().update(record_id, Write(plain), version)] if plain else []
        if "contact_id" in write.set:
            body = {"contact_id": write.set["contact_id"]}
            requests.append(Request("POST", f"{self._path(record_id)}/links", json=body))
        return requests

    def recognises(self, written, record, sent_at):
        whose = record.values.get("contact_id")
        anothers = whose not in (None, written.get("contact_id"))
        return not anothers and super().recognises(written, record, sent_at)

    def create(self, values):
        return super().create({k: v for k, v in values.items() if k != "contact_id"})

    def list(self):
        if self.parent_id is None:
            return super().list()
        return Request("GET", f"/contacts/{self.parent_id}/tasks", {"limit": "100"})

    def _path(self, record_id=None):
        return "/tasks" if record_id is None else f"/tasks/{record_id}"


class LateTransport(MemoryTransport):
    """The wire to such an app."""

    async def _answer(self, request):
        match (request.method, request.path.strip("/").split("/")):
            case ("POST", ["tasks"]):
                values = {**values_of(request.json), "contact_id": None}
                made = self._app._store(next(self._app._ids), values, "task")
                return Reply(201, {}, body_of(made))
            case ("POST", ["tasks", record_id, "links"]):
                self._app.read(request.json["contact_id"])
                return self._changed(record_id, Write(values_of(request.json)))
            case ("GET", ["tasks", record_id]) if self._there(record_id, "task"):
                return Reply(200, {}, body_of(self._app.read(record_id, "task")))
            case ("PATCH", ["tasks", record_id]) if found := self._there(record_id, "task"):
                if request.headers.get("if-match", found.version) != found.version:
                    return problem(412, "The task was changed meanwhile.")
                sent = request.json
                write = Write(
                    values_of(sent["set"]), words_of(sent["add"]), words_of(sent["remove"])
                )
                return self._changed(record_id, write)
        return await super()._answer(request)

    def _there(self, record_id, kind):
        return self._app.records(kind).get(record_id)

    def _changed(self, record_id, write):
        return Reply(200, {}, body_of(self._app.edit(record_id, write, "task")))


connector = replace(
    memory.connector,
    name="late",
    resources=tuple(LateTasks if each is Tasks else each for each in memory.connector.resources),
    transport=lambda config: LateTransport(memory.named(config["name"])),
)
