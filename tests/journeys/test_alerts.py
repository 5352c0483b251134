"""Alerts are told where somebody wants them: tested there, told as they come, and told to be over."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.journeys.house import house
from tests.journeys.looking import choose, go, look, sign_in

LONG = 90_000
SETTLED = 5 * 60 * 1000  # milliseconds that trouble has to stay away to be over


class Sink:
    """Takes messages on a port of its own, as somebody's receiver of webhooks does."""

    def __init__(self):
        self.bodies = bodies = []

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self):
                bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                """Say nothing: the test looks at what came."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/alerts"

    def news(self, kind):
        """Return what was told of one kind of trouble, in order."""
        alerts = [each for body in self.bodies for each in body["data"]["alerts"]]
        return [each["news"] for each in alerts if each["kind"] == kind]


@pytest.fixture
def sink():
    made = Sink()
    serving = threading.Thread(target=made.server.serve_forever, daemon=True)
    serving.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    serving.join()


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def connected(page, folder, sqlite_template):
    """A house of this test's own with both apps connected and a sync, and its admin in front of the page."""
    with house(folder, 4, sqlite_template) as ours:
        ours.add_user("ann", "admin")
        ours.connect()
        ours.ask(
            "/api/syncs",
            {"name": "people", "a": "gohighlevel", "b": "insightly", "mapping": [{"a": "email"}]},
        )
        ours.run_to_the_end("people")
        sign_in(page, ours, "ann")
        yield ours


def wait_for_news(sink, news):
    end = time.monotonic() + LONG / 1000
    while sink.news("connection") != news:
        assert time.monotonic() < end, sink.bodies
        time.sleep(0.5)


def put_behind(folder, milliseconds):
    """Let time go by for what is not in trouble any more, once that has been seen."""
    end = time.monotonic() + LONG / 1000
    with closing(sqlite3.connect(folder / "data" / "instep.db", timeout=20)) as database:
        while True:
            told = "UPDATE alert SET absent_since = absent_since - ? WHERE absent_since IS NOT NULL"
            with database:
                if database.execute(told, (milliseconds,)).rowcount:
                    return
            assert time.monotonic() < end, "nobody saw that the trouble went away"
            time.sleep(0.5)


def test_a_channel_is_tested_then_told_of_real_trouble_and_of_its_end(
    page, connected, sink, folder
):
    ours = connected
    page.goto(ours.url)
    go(page, "Alerts")
    expect(page.get_by_text("Nothing is in trouble")).to_be_visible()

    choose(page, "Show", "Channels")
    page.get_by_label("What kind?").select_option("webhook")
    page.get_by_label("Its name here").fill("ops")
    page.get_by_label("Address").fill(sink.url)
    page.get_by_role("button", name="Add the channel").click()
    expect(page.get_by_text("Keep this now")).to_be_visible()
    page.get_by_role("button", name="Test ops").click()
    expect(page.get_by_text("The test message reached ops")).to_be_visible()
    assert [each["type"] for each in sink.bodies] == ["message"]
    look(page, "alert-channels")

    choose(page, "Show", "Rules")
    page.get_by_role("button", name="Change: A connection is broken").click()
    rule = page.get_by_role("region", name="A connection is broken")
    rule.get_by_label("ops").check()
    rule.get_by_role("button", name="Save").click()
    expect(rule).to_contain_text("It is told to ops at once")
    look(page, "alert-rules")

    made = ours.ghl("POST", "/_sandbox/tokens", {"level": "Location"})
    ours.ask("/api/syncs/people/run", {})
    choose(page, "Show", "Now")
    trouble = page.get_by_role("list", name="What is in trouble")
    broken = trouble.get_by_role("listitem").filter(has_text="A connection is broken")
    expect(broken).to_be_visible(timeout=LONG)
    expect(page.get_by_role("link", name=re.compile("Alerts"))).to_contain_text("1")
    wait_for_news(sink, ["opened"])
    broken.get_by_role("button", name="I have seen it").click()
    expect(broken).to_contain_text("seen by ann")
    look(page, "alerts")

    broken.get_by_role("link", name="Look at gohighlevel").click()
    page.get_by_label("Private integration token").fill(made["token"])
    page.get_by_role("button", name="Test and use the new one").click()
    expect(page.get_by_text("The new credential works and is in use.")).to_be_visible()
    put_behind(folder, SETTLED)
    wait_for_news(sink, ["opened", "over"])
    go(page, "Alerts")
    choose(page, "Show", "Past")
    past = page.get_by_role("table", name="What is over")
    expect(past).to_contain_text("A connection is broken")
    expect(past).to_contain_text("ann")
