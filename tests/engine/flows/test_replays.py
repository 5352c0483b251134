"""Runs that are done again, on a real database: from the step that failed, or from the start."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from instep.core.errors import OutcomeUnknown, RecordRejected, UserError
from instep.core.retention import What
from instep.engine.flows.runs.replaying import SHARD
from instep.engine.flows.runs.run_services import Meant
from instep.engine.work import to_ms
from instep.store import retention, shards
from instep.store.flows import replays, starts
from instep.store.flows.starts import Told
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.core.flow.documents import document
from tests.engine.flows.again import ALL, Hands, refuse, send
from tests.engine.flows.ground import FakeApp
from tests.engine.flows.test_runs import EVENT, ghl


@pytest.fixture
def hands(ground):
    return Hands(ground)


async def test_a_replayed_run_goes_on_at_the_step_that_failed_under_the_same_key(hands):
    [key] = await hands.fail(send("first"), send("second"), places=["second"])
    failed = hands.ground.app.calls[-1].key

    progress = await hands.replay()

    assert (progress.state, progress.replay.taken) == ("done", 1)
    assert hands.sent() == [("first", 0), ("second", 0), ("second", 0)]
    assert hands.ground.app.calls[-1].key == failed
    told = await hands.one(key)
    assert (told["state"], told["replayed"], told["replay"]) == ("done", 1, progress.replay.id)
    assert [each["error"] for each in told["steps"][1]["attempts"]] == ["No second.", None]


async def test_from_the_start_another_run_does_everything_once_more(hands):
    [key] = await hands.fail(send("first"), send("second"), places=["second"])

    progress = await hands.replay(from_start=True)

    assert (progress.state, progress.states) == ("done", {"done": 1})
    assert hands.sent()[2:] == [("first", 0), ("second", 0)]
    assert len({call.key for call in hands.ground.app.calls}) == 4
    told = await hands.one(key)
    assert (told["state"], told["replayed"]) == ("cancelled", 0)
    [copy] = (await hands.runs.list(Meant(replay=progress.replay.id))).runs
    assert (copy.run.copy_of, copy.run.origin, copy.run.person) == (key, "replay", "Ann")


async def test_a_run_is_done_again_by_one_replay_only(hands):
    await hands.fail(many=2)
    first = await hands.replays.start(ALL)
    second = await hands.replays.start(Meant(flow="thanks", states=("dead", "ready")))
    await hands.settle()

    told = await hands.replays.progress(second.replay.id)
    assert (told.replay.taken, told.replay.refused) == (0, 2)
    assert told.replay.sentence == "It is under way, or about to be."
    assert (await hands.replays.progress(first.replay.id)).states == {"done": 2}
    assert len(hands.sent()) == 4


async def test_a_copied_run_is_not_copied_again(hands):
    [key] = await hands.fail()
    hands.ground.app.answer = refuse("send")
    await hands.replay(from_start=True)

    again = await hands.replay(Meant(keys=(key,)), from_start=True)

    assert (again.replay.taken, again.replay.refused) == (0, 1)
    assert again.replay.sentence.startswith("Another run does it again")


@pytest.mark.parametrize(
    ("state", "why"), [("open", "under way"), ("done", "from the start"), ("cancelled", "from")]
)
async def test_what_cannot_go_on_is_refused_with_the_reason(hands, state, why):
    await hands.ground.publish(document(send()))
    key = await hands.ground.services.start("thanks", {"n": 1})
    if state == "done":
        await hands.ground.drain()
    if state == "cancelled":
        await hands.runs.cancel(Meant(keys=(key,)), "Ann")

    preview = await hands.replays.preview(Meant(keys=(key,)))

    [(told, number)] = preview.refused.items()
    assert (preview.runs, number) == (0, 1)
    assert why in told


async def test_a_run_that_is_done_can_be_done_again_from_the_start_and_stays_done(hands):
    await hands.ground.publish(document(send()))
    key = await hands.ground.services.start("thanks", {"n": 1})
    await hands.ground.drain()

    progress = await hands.replay(Meant(keys=(key,)), from_start=True)

    assert progress.states == {"done": 1}
    assert hands.sent() == [("send", 1)] * 2
    assert (await hands.one(key))["state"] == "done"


async def test_a_step_in_doubt_is_answered_first_and_then_goes_on_by_itself(hands):
    keys = await in_doubt(hands, 2)

    refused = await hands.replay(Meant(flow="thanks", states=("unknown",)))
    assert (refused.replay.taken, refused.replay.refused) == (0, 2)
    assert "answer" in refused.replay.sentence

    await hands.runs.answer(keys[0], "Ann", happened=True)
    await hands.runs.answer(keys[1], "Ann", happened=False)
    await hands.settle()

    once = {("send", 0): 1, ("after", 0): 1, ("after", 1): 1}
    assert Counter(hands.sent()) == {**once, ("send", 1): 2}
    assert await hands.ground.states("thanks") == {"done": 2}
    [attempt] = (await hands.one(keys[0]))["steps"][0]["attempts"]
    assert attempt["error"].endswith("Ann said that it was carried out.")
    with pytest.raises(UserError, match="is done: no step of it is in doubt"):
        await hands.runs.answer(keys[0], "Ann", happened=True)


async def test_what_is_kept_for_some_days_only_is_forgotten_with_the_replay(hands):
    await hands.fail(many=2)
    done = await hands.replay()
    hands.ground.clock.move(31 * 86_400)
    await hands.ground.flows.sweep()
    assert await hands.rows() == []
    with pytest.raises(UserError, match="There is no replay"):
        await hands.replays.progress(done.replay.id)


async def test_runs_are_kept_for_as_many_days_as_an_admin_says(hands):
    await hands.fail(many=2)
    await hands.ground.db.run(lambda tx: retention.set_days(tx, DEFAULT_WORKSPACE, What.RUNS, 7))
    hands.ground.clock.move(6 * 86_400)
    await hands.ground.flows.sweep()
    assert len(await hands.rows()) == 2
    hands.ground.clock.move(2 * 86_400)
    await hands.ground.flows.sweep()
    assert await hands.rows() == []


async def in_doubt(hands, many):
    def untold(_call):
        raise OutcomeUnknown("It may have been carried out.")

    hands.ground.app.answer = lambda _call: OutcomeUnknown("No answer.")
    hands.ground.app.look_up = untold
    await hands.ground.publish(document(send(), send("after")))
    keys = [await hands.ground.services.start("thanks", {"n": n}) for n in range(many)]
    await hands.ground.drain()
    hands.ground.app.answer, hands.ground.app.look_up = refuse(), None
    return keys


async def test_a_dead_letter_that_may_have_arrived_is_looked_up_before_it_is_sent_again(hands):
    def untold(_call):
        raise OutcomeUnknown("It may have been carried out.")

    once = {"attempts": 1}
    await hands.ground.publish(document(send(on_unknown="repeat", on_error=once)))
    hands.ground.app.answer = lambda _call: OutcomeUnknown("No answer.")
    hands.ground.app.look_up = untold
    key = await hands.ground.services.start("thanks", {"n": 1})
    await hands.ground.drain()
    assert (await hands.one(key))["state"] == "dead"
    hands.ground.app.look_up = None  # now it can be found, and it did arrive

    progress = await hands.replay()

    assert progress.states == {"done": 1}
    assert len(hands.sent()) == 1


async def test_on_the_newest_version_the_mended_step_is_done(hands):
    [key] = await hands.fail(send("first"), send("second"), places=["second"])
    mended = {**send("second"), "inputs": {"to": "mended", "n": "{{trigger.n}}"}}
    await hands.ground.publish(document(send("first"), send("between"), mended))

    progress = await hands.replay(newest=True)

    assert progress.states == {"done": 1}
    assert hands.sent() == [("first", 0), ("second", 0), ("between", 0), ("mended", 0)]
    told = await hands.one(key)
    assert told["version"] == 2
    before, after = told["steps"][1]["attempts"]
    assert before["input"] == {"to": "second", "n": 0}, "what was tried before stays to be seen"
    assert after["input"] == {"to": "mended", "n": 0}
    assert (before["output"], after["output"]) == (None, {"ok": True})


async def test_what_does_not_fit_the_newest_version_is_refused_with_the_reason(hands):
    await hands.fail(send("first"), send("second"), places=["second"], many=2)
    await hands.ground.publish(document(send("other"), send("second")))

    preview = await hands.replays.preview(ALL, newest=True)
    progress = await hands.replay(newest=True)

    why = "The step first was done, and the newer version does not have it."
    assert (preview.runs, dict(preview.refused)) == (0, {why: 2})
    assert (progress.state, progress.replay.refused, progress.replay.sentence) == ("done", 2, why)
    assert await hands.ground.states("thanks") == {"dead": 2}


async def test_a_preview_counts_the_actions_that_are_before_the_runs(hands):
    await hands.fail(send("first"), send("second"), send("third"), places=["second"], many=2)

    from_there = await hands.replays.preview(ALL)
    from_start = await hands.replays.preview(ALL, from_start=True)

    assert (from_there.runs, dict(from_there.actions)) == (2, {"ghl": 4})
    assert dict(from_start.actions) == {"ghl": 6}


async def test_runs_of_one_record_are_done_again_in_the_order_of_what_happened(hands):
    ground = hands.ground
    await ground.publish(document(send(), trigger=EVENT))
    connection, at = await ghl(ground), to_ms(ground.clock.now())
    ground.app.answer = refuse("send")
    told = [Told(connection, "ContactCreate", f"w{n}", {"n": n}, "c1", at, n) for n in (3, 1, 2)]
    await ground.db.run(lambda tx: starts.start(tx, told, at))
    await hands.settle()
    ground.app.answer, ground.app.calls = refuse(), []

    await hands.replay()

    assert [n for _, n in hands.sent()] == [1, 2, 3]


@pytest.mark.parametrize("from_start", [False, True])
async def test_a_replay_that_is_cancelled_gives_back_what_has_not_begun(hands, from_start):
    keys = await hands.fail(many=3)
    before = [await hands.one(key) for key in keys]
    begun = await hands.replays.start(ALL, from_start=from_start)
    await make(hands)

    assert await hands.replays.cancel(begun.replay.id) == 3
    await hands.settle()

    assert len(hands.sent()) == 3
    after = [await hands.one(key) for key in keys]
    about_replay = {"replay", "replayed"}
    assert [{**one, **dict.fromkeys(about_replay)} for one in after] == [
        {**one, **dict.fromkeys(about_replay)} for one in before
    ]
    assert (await hands.replays.progress(begun.replay.id)).state == "cancelled"
    assert (await hands.replay()).states["done"] == 3, "they can be done again later"


async def make(hands):
    """Make the replays, without doing their runs."""
    now = to_ms(hands.ground.clock.now())
    fence = await hands.ground.db.run(lambda tx: shards.take(tx, SHARD, "test", now))
    await hands.ground.flows.drain(fence)


async def test_a_cancelled_replay_takes_no_more(hands):
    await hands.fail(many=2)
    begun = await hands.replays.start(ALL)
    await hands.replays.cancel(begun.replay.id)
    await hands.settle()
    assert await hands.ground.states("thanks") == {"dead": 2}


async def test_what_fails_while_a_replay_is_made_is_not_part_of_it(hands):
    await hands.fail(many=1)
    begun = await hands.replays.start(ALL)
    hands.ground.app.answer = lambda call: (
        RecordRejected("No.") if call.inputs["n"] == 9 else {"ok": True}
    )
    await hands.ground.services.start("thanks", {"n": 9})
    await hands.settle()
    assert (await hands.replays.progress(begun.replay.id)).states == {"done": 1}
    assert await hands.ground.states("thanks") == {"done": 1, "dead": 1}


async def test_five_thousand_dead_letters_are_done_again_by_one_command_none_of_them_twice(
    hands, monkeypatch
):
    many = 5_000
    [key] = await hands.fail()
    await hands.copy_letter(key, many - 1)
    app = hands.ground.app = hands.ground.flows.caller = CountingApp()
    assert (await hands.replays.preview(ALL)).runs == many
    begun = await hands.replays.start(ALL)

    with monkeypatch.context() as patched, pytest.raises(SystemError):
        patched.setattr(replays, "go_on", dying(replays.go_on, after=4))
        await make(hands)
    hands.renew()
    assert (await hands.replays.progress(begun.replay.id)).replay.taken == 4 * 500
    await make(hands)

    draining = asyncio.create_task(hands.ground.drain())
    await app.half.wait()
    draining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await draining
    hands.renew()
    progress = await hands.replays.progress(begun.replay.id)
    assert progress.state == "going"
    assert progress.open + progress.states["done"] == many
    await hands.settle()

    progress = await hands.replays.progress(begun.replay.id)
    assert (progress.state, progress.states) == ("done", {"done": many})
    assert len(app.done) == many
    assert set(app.done.values()) == {1}


class CountingApp(FakeApp):
    """Counts how often it did what each key asks for."""

    def __init__(self):
        super().__init__()
        self.done = Counter()
        self.half = asyncio.Event()

    async def call(self, call):
        self.done[call.key] += 1
        if len(self.done) == 2_500:
            self.half.set()
        return await super().call(call)


def dying(work, after):
    """Return a function that does as `work`, and dies once it was called so often."""
    left = iter(range(after))

    def work_or_die(*args):
        work(*args)
        if next(left, None) is None:
            raise SystemError("A kill.")

    return work_or_die
