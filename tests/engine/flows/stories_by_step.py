"""The conformance stories told by the steps of a flow: what each is given stands there once."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from instep import catalogue
from instep.core.errors import InstepError
from tests.conformance.local_account import serve_account
from tests.conformance.plain_http import PlainHttp
from tests.conformance.rehearsal import Answer, Rehearsal
from tests.conformance.stories import STORIES
from tests.engine.flows.acting import acting

ACTIONS = sorted(
    each.id
    for each in catalogue.all_operations()
    if each.listed is not None and each.listed.kind == "action"
)


class Steps:
    """A client of the stories that makes each call as the step of a flow does."""

    name = "flows"
    view = "v2"
    defects: dict[str, str] = {}  # noqa: RUF012 - the stories only read it

    def __init__(self, actor, run, account):
        self.actor, self.run, self.account = actor, run, account
        self.plain = PlainHttp(account, "v2", None)

    def offers(self, operation):
        return operation.id in ACTIONS or operation.effect == "read"

    def inputs(self, sending):
        """What a step that makes the call is given."""
        body = sending.body
        named = body if isinstance(body, dict) else {} if body is None else {"body": body}
        return {**sending.path, **sending.query, **named}

    def connection(self, sending):
        """The connection that a call takes."""
        return "agency" if sending.address.token.startswith("agency") else "ghl"

    def made(self, sending):
        """The call of a step."""
        connection, inputs = self.connection(sending), self.inputs(sending)
        return self.actor.made(sending.operation.id, connection, **inputs)

    def send(self, sending):
        try:
            output = self.run(self.actor.caller.call(self.made(sending)))
        except InstepError:
            # the status and the words of a refusal, which a story may ask for
            answer = self.plain.send(sending)
            if answer.status < 300:
                raise
            return answer
        return Answer(sending.address.status, output)


@contextlib.contextmanager
def beside():
    """Run coroutines from here, in a loop of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(timeout=60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def told_by(kind, opens=acting):
    """Tell all stories by a kind of `Steps`; return the client and the outcomes by operation.

    `opens` opens what the steps are carried out by, for an account as the sandbox tells it.
    """
    with serve_account() as account, beside() as run:
        opened = opens({name: getattr(account, name) for name in account.__slots__})
        steps = kind(run(opened.__aenter__()), run, account)
        try:
            outcomes = Rehearsal(account, steps, steps.plain).tell(STORIES)
        finally:
            run(opened.__aexit__(None, None, None))
            steps.plain.close()
    return steps, {each.operation: each for each in outcomes}
