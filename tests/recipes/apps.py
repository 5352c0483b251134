"""Apps that a manifest describes, as their own users see them: plain HTTP, nothing of Instep."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.two_apps import App
from tests.two_way.apps import Switches

ROOT = Path(__file__).parents[2]
CONNECTORS = ROOT / "src" / "instep" / "connectors"

_STATES = {True: "done", False: "open"}


@dataclass(frozen=True)
class Dialect:
    """Where an app's records are, and what it calls their fields. `{}` is the contact's id."""

    manifest: Path
    people: str
    below: str
    listed: str
    auth: tuple[str, str]
    update: str
    keys: dict[str, str] = field(default_factory=dict)
    made_at: dict[str, str] = field(default_factory=dict)
    """Where a kind is created and changed, if not where it is listed."""

    def key(self, name):
        return self.keys.get(name, f"emulated_{name}")


def emulated(manifest):
    """The dialect of the paths that were made up for a template."""
    return Dialect(
        manifest=manifest,
        people="/emulated/contacts",
        below="/emulated/contacts/{}/",
        listed="emulated",
        auth=("X-Emulated-Key", "{}"),
        update="PUT",
    )


DESK = emulated(Path(__file__).with_name("desk.yaml"))
INSURGO = emulated(CONNECTORS / "insurgo" / "tests" / "completed.yaml")
BROKERENGINE = emulated(CONNECTORS / "brokerengine" / "tests" / "completed.yaml")
EXAMPLE = Dialect(
    manifest=CONNECTORS / "custom" / "emulator" / "example.yaml",
    people="/people",
    below="/people/{}/",
    listed="items",
    auth=("Authorization", "Bearer {}"),
    update="PATCH",
    keys={
        "first_name": "given_name",
        "last_name": "family_name",
        "email": "email",
        "phone": "mobile",
        "tags": "tags",
        "title": "title",
        "due_at": "due",
        "completed": "state",
        "body": "text",
        "contact_id": "person_id",
    },
    made_at={"tasks": "/tasks"},
)


class Described(Switches, App):
    """Contacts of a described app, and what belongs to them; values by canonical names."""

    def __init__(self, url, key, dialect):
        header, form = dialect.auth
        super().__init__(url, {header: form.format(key)})
        self._dialect = dialect

    def add_person(self, **values):
        """Add a contact; return its id."""
        return str(self.call("POST", self._dialect.people, self._raw(values))["id"])

    def edit_person(self, person_id, **values):
        path = f"{self._dialect.people}/{person_id}"
        self.call(self._dialect.update, path, self._raw(values))

    def people_by_email(self):
        """Everybody by e-mail, each once; the app's ids under `id`."""
        found = [self._told(each) for each in self._pages(self._dialect.people)]
        assert len({each["email"] for each in found}) == len(found), "somebody is doubled"
        return {each["email"]: each for each in found}

    def id_of(self, key):
        return str(self.people_by_email()[key]["id"])

    def add(self, kind, person_id, **values):
        """Add a task, note or appointment of a contact; return its id."""
        raw = {**self._raw(values), self._dialect.key("contact_id"): person_id}
        return str(self.call("POST", self._made_at(kind, person_id), raw)["id"])

    def edit(self, kind, person_id, record_id, **values):
        path = f"{self._made_at(kind, person_id)}/{record_id}"
        self.call(self._dialect.update, path, self._raw(values))

    def remove(self, kind, person_id, record_id):
        self.call("DELETE", f"{self._made_at(kind, person_id)}/{record_id}")

    def children(self, kind, person_id):
        """A contact's records of a kind, in the order of their making."""
        return [
            self._told(each) for each in self._pages(self._dialect.below.format(person_id) + kind)
        ]

    def _made_at(self, kind, person_id):
        return self._dialect.made_at.get(kind, self._dialect.below.format(person_id) + kind)

    def _pages(self, path):
        """The first page of a list: no test has more than fit on one."""
        return self.call("GET", path)[self._dialect.listed]

    def _raw(self, values):
        return {
            self._dialect.key(name): _STATES[value] if name == "completed" else value
            for name, value in values.items()
        }

    def _told(self, raw):
        prefix = self._dialect.key("")
        names = {key: name for name, key in self._dialect.keys.items()}
        told = {names.get(key, key.removeprefix(prefix)): value for key, value in raw.items()}
        if "completed" in told:
            told["completed"] = told["completed"] == _STATES[True]
        return told
