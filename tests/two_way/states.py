"""An account with a record in each state that `why` knows, made by what really leads there."""

from __future__ import annotations

from instep.core.brakes import Brakes
from tests.two_way.hooks import listening
from tests.two_way.stage import SYNC, email, person

TASK = "Call Hugo"
NAMES = ("Anna", "Bert", "Cora", "Dora", "Ella", "Finn")
PEOPLE = [
    person(name, city="Leiden", phone=f"+1212555010{number}") for number, name in enumerate(NAMES)
]
MAPPING = [
    {"a": "first_name"},
    {"a": "last_name"},
    {"a": "email"},
    {"a": "phone"},
    {"a": "city", "authority": "ask"},
    {"a": "state"},
]


async def prepare(stage):
    """Bring one person into each state; who is in which is said by `tests.two_way.test_why_states`."""
    await stage.connect()
    await stage.create(mapping=MAPPING)
    await stage.run()
    await _gone(stage)
    await _excluded(stage)
    await _restless(stage)
    await _ambiguous(stage)
    await _conflict(stage)
    await _rejected(stage)
    await _waiting(stage)
    await _awaiting(stage)
    await _noticed(stage)


async def _gone(stage):
    """Gust was read, and deleted again before anybody decided about him."""
    stage.ghl.add({"first_name": "Gust", "last_name": "Doe", "email": email("Gust")})
    await stage.instep.syncs.preview(SYNC)
    async with listening(stage) as told:
        stage.ghl.remove(stage.ghl.id_of(email("Gust")))
        await told.one()
        await stage.work()


async def _excluded(stage):
    """Cora was deleted in Insightly and edited in GoHighLevel, before and after."""
    stage.insightly.remove(stage.insightly.id_of(email("Cora")))
    for state in ("Zeeland", "Drenthe"):
        stage.ghl.change(email("Cora"), state=state)
        await stage.run()


async def _restless(stage):
    """Another tool writes Dora, too."""
    await stage.instep.syncs.set_brakes(SYNC, Brakes(per_record_per_hour=2))
    for state in ("One", "Two", "Three"):
        stage.ghl.change(email("Dora"), state=state)
        await stage.run()
    await stage.instep.syncs.set_brakes(SYNC, Brakes())


async def _ambiguous(stage):
    """Two in Insightly have the e-mail of the one in GoHighLevel."""
    for app, number in ((stage.ghl, 1), (stage.insightly, 2)):
        for _ in range(number):
            app.add({"first_name": "Hugo", "last_name": "Doe", "email": email("Hugo")})
    await stage.run()


async def _conflict(stage):
    """Bert moved, to another city in each app."""
    stage.ghl.change(email("Bert"), city="Gouda")
    stage.insightly.change(email("Bert"), city="Delft")
    await stage.run()


async def _rejected(stage):
    """GoHighLevel wants nobody else with the phone number that Ella has now."""
    stage.ghl.switch(allow_duplicate_contact=False)
    stage.insightly.change(email("Ella"), phone="+12125550100")
    await stage.run()


async def _waiting(stage):
    """GoHighLevel does not answer when Finn is written."""
    finn = stage.ghl.id_of(email("Finn"))
    stage.ghl.fault("server_error", method="PUT", path=f"/contacts/{finn}")
    stage.insightly.change(email("Finn"), state="Zeeland")
    await stage.instep.syncs.request_run(SYNC)
    await stage.work()


async def _awaiting(stage):
    """A task of Hugo, of whom nobody knows who he is in Insightly."""
    task = stage.ghl.task(stage.ghl.id_of(email("Hugo")), TASK)
    await stage.create("tasks", canonical="task")
    await stage.run("tasks")
    stage.known[TASK] = task


async def _noticed(stage):
    """Iris was read by a preview, which decides nothing."""
    stage.ghl.add({"first_name": "Iris", "last_name": "Doe", "email": email("Iris")})
    await stage.instep.syncs.preview(SYNC)
