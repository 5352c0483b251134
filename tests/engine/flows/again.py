"""What tests of replays begin with: flows of one step, runs that failed, and a person's hands."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from instep.core.errors import RecordRejected
from instep.engine.flows.runs.replay_services import Replays
from instep.engine.flows.runs.run_services import Meant, Runs
from instep.store import bulk
from instep.store.schema.flows import flow_run, flow_step
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.core.flow.documents import action, document
from tests.engine.flows.ground import Ground

ALL = Meant(flow="thanks")


def send(own="send", **more):
    """A step that sends the item's number."""
    return action(own, "send", inputs={"to": own, "n": "{{trigger.n}}"}, **more)


def refuse(*places):
    """Return an answer that refuses the steps of these ids."""
    return lambda call: (
        RecordRejected(f"No {call.inputs['to']}.") if call.inputs["to"] in places else {"ok": True}
    )


@dataclass
class Hands:
    """Flows on a database, and what people do to their runs."""

    ground: Ground

    def __post_init__(self):
        self.renew()

    def renew(self):
        """Make the services anew, as after a kill."""
        self.runs = Runs(
            self.ground.db, self.ground.clock, self.ground.flows.secrets_of, DEFAULT_WORKSPACE
        )
        self.replays = Replays(self.ground.db, self.ground.clock, DEFAULT_WORKSPACE)

    async def fail(self, *steps, many=1, places=("send",)):
        """Publish a flow and let runs of it fail at one of its steps; return their keys."""
        await self.ground.publish(document(*(steps or (send(),))))
        self.ground.app.answer = refuse(*places)
        keys = [await self.ground.services.start("thanks", {"n": n}) for n in range(many)]
        await self.ground.drain()
        self.ground.app.answer = refuse()
        return keys

    async def settle(self):
        """Drain until nothing is due."""
        for _ in range(3):
            await self.ground.drain()

    async def replay(self, meant=ALL, **how):
        """Do runs again and wait for it; return how that went."""
        begun = await self.replays.start(meant, person="Ann", **how)
        await self.settle()
        return await self.replays.progress(begun.replay.id)

    async def one(self, key):
        return (await self.runs.show(key)).as_json()

    async def rows(self, table=flow_run):
        assert table in (flow_run, flow_step)
        return await self.ground.db.run_read(
            lambda tx: tx.execute(sa.select(table).order_by(*table.primary_key)).all()
        )

    async def copy_letter(self, key, many):
        """Put in more runs that stand exactly as a failed one does."""

        def copy(tx):
            row = tx.execute(sa.select(flow_run).where(flow_run.c.key == key)).one()
            names = [each.name for each in flow_run.c if each.name != "id"]
            rows = [{name: getattr(row, name) for name in names} for _ in range(many)]
            for n, each in enumerate(rows):
                each.update(key=f"frn_copy{n}", order_key=f"copy{n}")
            bulk.insert(tx, flow_run, rows)
            copied = [each for each in flow_step.c if each.name != "run_id"]
            others = sa.join(flow_step, flow_run, flow_run.c.id != flow_step.c.run_id)
            steps = sa.select(flow_run.c.id, *copied).select_from(others)
            steps = steps.where(flow_step.c.run_id == row.id)
            into = sa.insert(flow_step).from_select(
                ["run_id", *(each.name for each in copied)], steps
            )
            tx.execute(into)

        await self.ground.db.run(copy)

    def sent(self):
        """What was sent, in order: to whom, which number."""
        return [(call.inputs["to"], call.inputs["n"]) for call in self.ground.app.calls]
