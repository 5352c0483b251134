"""Every operation is called over a real port: building and reading never crash, whatever comes."""

from __future__ import annotations

import asyncio

import pytest

from instep import (
    GoHighLevel,
    InstepError,
    RetryLater,
    UserError,
    WrongArguments,
    catalogue,
)
from instep.connectors.gohighlevel.client.arguments import signature_of
from instep.connectors.gohighlevel.client.pages import Pages
from tests.client.samples import everything

TOGETHER = 20
EVERY = {
    view: [each.id for each in catalogue.all_operations() if view in each.views]
    for view in ("v2", "v3")
}


async def outcome_of(ghl, identifier, version):
    """What a call comes to: a body, the records of a list, or an error of the client's tree."""
    try:
        called = ghl.call(identifier, **everything(signature_of(identifier, version)))
        if isinstance(called, Pages):
            return [each async for each in called]
        return await called
    except InstepError as error:
        return error


async def outcomes_of(ghl, version):
    """The outcome of every operation of a view, by its id."""
    turns = asyncio.Semaphore(TOGETHER)

    async def called(identifier):
        async with turns:
            return await outcome_of(ghl, identifier, version)

    await ghl.contacts.search()  # from its answer the limits are learnt, so nothing waits below
    identifiers = EVERY[version]
    told = await asyncio.gather(*map(called, identifiers))
    return dict(zip(identifiers, told, strict=True))


@pytest.mark.parametrize(("version", "least"), [("v2", 576), ("v3", 627)])
async def test_every_operation_is_answered_or_refused_in_words(sandbox, reach, version, least):
    company_id = sandbox.told["company_id"]
    async with GoHighLevel(**reach(version=version, company_id=company_id)) as ghl:
        outcomes = await outcomes_of(ghl, version)
    assert len(outcomes) >= least
    errors = {each: told for each, told in outcomes.items() if isinstance(told, InstepError)}
    # neither are the samples refused before they are sent, nor does the sandbox fail on them
    not_sent = (WrongArguments, RetryLater)
    assert {each: str(told) for each, told in errors.items() if isinstance(told, not_sent)} == {}
    elsewhere = {each for each, told in errors.items() if f"not simulate {each};" in str(told)}
    assert {type(errors[each]) for each in elsewhere} == {UserError}
    assert {each for each, told in errors.items() if type(told) is UserError} == elsewhere
    assert len(outcomes) - len(elsewhere) > 100
    assert len(outcomes) - len(errors) > 20
