"""BackNine's apply link, between its emulator and the sandbox: proves our code, not the vendor."""

from __future__ import annotations

import pytest

from tests.e2e.test_backnine import ANN, LINK, Agency, agency_at, listening
from tests.recipes.turning import Turning

HERE = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com"}
START = "https://quotes.example.com/apply?prefill&first_name=Ann&last_name="


class Broker(Turning, Agency):
    """An agency without syncs."""

    connections = {"gohighlevel": "gohighlevel", "backnine": "backnine"}  # noqa: RUF012 - read only


@pytest.fixture
async def broker(sqlite_url, tmp_path):
    async with agency_at(sqlite_url, tmp_path, Broker) as made:
        await made.connect()
        yield made


async def test_the_apply_link_stands_at_the_contact_and_follows_what_backnine_tells(broker):
    broker.ghl.add(HERE)
    await broker.turn_on("backnine-apply-link", field=LINK)
    async with listening(broker) as save:
        saved = await save("applications", insured=ANN)
        await save(
            "applications", insured={"id": 43, "name": "No Body", "email": "nobody@example.com"}
        )
        await broker.watch()
        [link] = broker.link()
        assert link.startswith(f"{START}Lee&email=ann%40example.com")
        assert broker.ghl.people() == ["ann@example.com"]

        await save("applications", id=saved["id"], insured={**ANN, "name": "Ann Roe"})
        await broker.watch()
        [link] = broker.link()
        assert link.startswith(f"{START}Roe&")
