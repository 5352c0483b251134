"""Every way by which alerts reach people, to receivers on real ports; and what is refused."""

from __future__ import annotations

import asyncio
import os
import sys
import types

import pytest

from instep.core.errors import ConnectionBroken, UserError
from instep.sdk.targets import is_private
from instep.store.alert_channels import Channels
from instep.store.connections import Connections
from instep.store.schema.alerts import alert_channel
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.engine.listening import listening
from tests.engine.mailing import certified, mailing
from tests.engine.towers import Tower

LOGIN = {"user": "instep", "password": "sentinel-password"}


@pytest.fixture
async def tower(database):
    made = Tower(database, Vault(os.urandom(32)))
    yield made
    await made.close()


@pytest.fixture
async def server():
    async with mailing() as made:
        yield made


def mail(server, **more):
    usual = {"from": "instep@example.com", "to": "ops@example.com", "security": "none"}
    return {"host": "127.0.0.1", "port": str(server.port), **usual, **more}


async def test_a_test_message_arrives_by_mail(tower, server):
    await tower.channels.add("ops", "email", mail(server, to="a@example.com, b@example.com"))
    tried = await tower.channels.test("ops")
    assert tried.arrived
    assert tried.sentence == "a@example.com, b@example.com by 127.0.0.1 took the test message."
    [letter] = server.letters
    assert letter["Subject"] == "This is a test of Instep's alerts."
    assert letter["From"] == "instep@example.com"
    assert "Nothing is wrong" in letter.get_content()
    assert server.recipients == ["a@example.com", "b@example.com"]


async def test_an_alert_by_mail_is_the_same_letter_at_every_attempt(tower, server):
    await tower.channels.add("ops", "email", mail(server))
    await tower.halt(await tower.sync("zoë"), sentence="Es wären 60 von 100.")
    server.answers["MAIL"] = ["451 later"]
    await tower.round()
    [told] = await tower.channels.list()
    assert told.as_json()["problem"].endswith("(it answered 451).")
    await tower.round(60)
    [letter] = server.letters
    assert letter["Subject"] == "The sync zoë was stopped by a brake."
    assert "Es wären 60 von 100." in letter.get_content()
    assert letter["Message-ID"] == f"<{tower.rows()[0].key}@example.com>"


async def test_a_mail_server_wants_its_user_and_says_no_to_another(tower, server):
    server.user = tuple(LOGIN.values())
    await tower.channels.add("good", "email", mail(server, **LOGIN))
    await tower.channels.add("bad", "email", mail(server, **{**LOGIN, "password": "sentinel-2"}))
    assert (await tower.channels.test("good")).arrived
    tried = await tower.channels.test("bad")
    assert not tried.arrived
    assert "refuses the user and password (it answered 535)" in tried.sentence
    assert "sentinel" not in tried.sentence


@pytest.mark.parametrize(
    ("verb", "reply", "said"),
    [
        ("RCPT", "550 no such user ann@example.com", "takes nothing for the addresses"),
        ("MAIL", "550 not you", "takes nothing from the address in `from`"),
        ("DATA", "554 spam", "refuses the message"),
        ("EHLO", "250-mail.test\r\n250 AUTH CRAM-X", "is not understood"),
    ],
)
async def test_a_mail_servers_no_is_told_without_its_own_words(tower, server, verb, reply, said):
    server.answers[verb] = [reply]
    await tower.channels.add("ops", "email", mail(server, **LOGIN))
    server.user = tuple(LOGIN.values())
    tried = await tower.channels.test("ops")
    assert not tried.arrived
    assert said in tried.sentence
    assert "ann@" not in tried.sentence
    assert "no such user" not in tried.sentence


async def test_one_refused_address_of_several_is_told_and_the_others_get_it(tower, server):
    server.answers["RCPT"] = ["550 no"]
    await tower.channels.add("ops", "email", mail(server, to="a@example.com,b@example.com"))
    tried = await tower.channels.test("ops")
    assert tried.arrived
    assert tried.sentence.endswith("takes nothing for 1 of the addresses.")
    assert len(server.letters) == 1


async def test_no_mail_server_there_is_told(tower):
    port = types.SimpleNamespace(port=9)  # the port of "discard", where nothing listens
    await tower.channels.add("ops", "email", mail(port))
    tried = await tower.channels.test("ops")
    assert tried.sentence == "The mail server 127.0.0.1:9 does not answer."


async def test_a_server_without_tls_is_not_sent_anything(tower, server):
    await tower.channels.add("ops", "email", mail(server, security="starttls"))
    tried = await tower.channels.test("ops")
    assert "cannot do what `security`" in tried.sentence
    assert server.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_password_goes_over_a_safe_line_to_a_server_that_is_who_it_says(
    tower, tmp_path, monkeypatch, security
):
    context, file = certified(tmp_path)
    async with mailing(context, from_the_start=security == "tls") as server:
        server.user = tuple(LOGIN.values())
        await tower.channels.add("ops", "email", mail(server, security=security, **LOGIN))
        tried = await tower.channels.test("ops")
        assert "offers no safe line" in tried.sentence, "nobody has vouched for it"
        assert (server.logins, server.letters) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert (await tower.channels.test("ops")).arrived
        assert server.was_safe
        assert server.logins == ["instep"]


async def test_slack_is_posted_a_text(tower):
    async with listening() as slack:
        await tower.channels.add("team", "slack", {"url": slack.url})
        await tower.halt(await tower.sync("a<b>&c"))
        await tower.round()
        [heard] = slack.heard
    first, rest = heard.body["text"].split("\n", 1)
    assert first == "*The sync a&lt;b&gt;&amp;c was stopped by a brake.*"
    assert "What to do: instep sync status" in rest
    assert heard.body.keys() == {"text"}


@pytest.mark.parametrize("kind", ["webhook", "slack", "email"])
async def test_nothing_inside_a_private_network_is_reached_that_is_not_allowed(
    database, server, kind
):
    tower = Tower(database, Vault(os.urandom(32)), allows=lambda _host: False)
    async with listening() as listener:
        settings = mail(server) if kind == "email" else {"url": listener.url}
        await tower.channels.add("x", kind, settings)
        tried = await tower.channels.test("x")
        assert listener.heard == []
    assert "inside a private network" in tried.sentence
    assert server.letters == []
    await tower.close()


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("pigeon", {}, "There is no kind of channel 'pigeon'. There are: email, slack"),
        ("slack", {}, "also needs: url"),
        ("slack", {"url": "ftp://x"}, "no web address"),
        ("slack", {"url": "https://x", "token": "sentinel"}, "has no setting token"),
        ("webhook", {"url": "https://x", "signing_secret": "sentinel"}, "whsec_ and base64"),
        ("email", {"host": "x", "from": "a@b.c"}, r"also needs: to \(who gets it"),
        ("email", {"host": "x", "from": "a@b.c", "to": "sentinel"}, "is no e-mail address"),
        ("email", {"host": "x", "from": "a@b.c", "to": "a@b.c\nBcc: d@e.f"}, "no e-mail address"),
        ("email", {"host": "x", "from": "a@b.c", "to": "a@b.c", "port": "99999"}, "1 to 65535"),
        ("email", {"host": "x", "from": "a@b.c", "to": "a@b.c", "security": "ssl"}, "one of"),
        ("email", {"host": "x", "from": "a@b.c", "to": "a@b.c", "user": "u"}, "or neither"),
        (
            "email",
            {"host": "x", "from": "a@b.c", "to": "a@b.c", "security": "none", **LOGIN},
            "not sent in the clear",
        ),
    ],
)
async def test_settings_that_cannot_be_used_are_refused(tower, kind, settings, said):
    with pytest.raises(UserError, match=said):
        await tower.channels.add("x", kind, settings)
    assert await tower.channels.list() == []


async def test_a_name_is_taken_once(tower):
    await tower.channels.add("x", "slack", {"url": "https://x.example/1"})
    with pytest.raises(UserError, match="a channel called 'x' already"):
        await tower.channels.add("x", "slack", {"url": "https://x.example/2"})
    with pytest.raises(UserError, match="needs a name"):
        await tower.channels.add(" ", "slack", {"url": "https://x.example/2"})


async def test_settings_are_sealed_and_shown_nowhere(tower):
    added = await tower.channels.add("x", "slack", {"url": "https://hooks.example/sentinel"})
    assert "sentinel" not in str(added.as_json())
    with tower.database.read() as tx:
        assert "sentinel" not in str(tx.execute(alert_channel.select()).all())


async def test_channels_are_sealed_anew_with_a_new_key_and_a_lost_one_is_noticed(tower, database):
    old, new = b"o" * 32, b"n" * 32
    first = Tower(database, Vault(old))
    added = await first.channels.add("x", "slack", {"url": "https://hooks.example/1"})
    both = Vault(new, old)
    assert await Connections(database, both, DEFAULT_WORKSPACE).reseal() == 1
    opened = await Channels(database, Vault(new), DEFAULT_WORKSPACE).settings(added.channel)
    assert opened == {"url": "https://hooks.example/1"}
    with pytest.raises(UserError, match="sealed with another key"):
        await Connections(database, Vault(old), DEFAULT_WORKSPACE).check_keys()
    with pytest.raises(ConnectionBroken):
        await first.watch.channels.settings(added.channel)
    await first.close()


class FakeApprise:
    """As much of apprise as is called; what it would send is in `sent`."""

    sent: list = []  # noqa: RUF012 - one list for all, as one service would be
    takes = True

    def __init__(self):
        self._urls = []

    def add(self, url):
        known = url.startswith("tgram://")
        self._urls += [url] if known else []
        return known

    def __len__(self):
        return len(self._urls)

    async def async_notify(self, *, title, body):
        await asyncio.sleep(0)
        self.sent.append((self._urls[0], title, body))
        return self.takes


async def test_apprise_is_asked_for_all_that_it_knows(tower, monkeypatch):
    module = types.SimpleNamespace(Apprise=FakeApprise)
    monkeypatch.setitem(sys.modules, "apprise", module)
    with pytest.raises(UserError, match="none that apprise knows") as refused:
        await tower.channels.add("x", "apprise", {"url": "nothing://sentinel"})
    assert "sentinel" not in str(refused.value)
    added = await tower.channels.add("x", "apprise", {"url": "tgram://sentinel/1"})
    assert added.channel.leads_to == "tgram"
    assert (await tower.channels.test("x")).arrived
    assert FakeApprise.sent[-1][:2] == ("tgram://sentinel/1", "This is a test of Instep's alerts.")
    monkeypatch.setattr(FakeApprise, "takes", False)
    tried = await tower.channels.test("x")
    assert tried.sentence == "The tgram service did not take the message."


async def test_a_fault_of_a_library_is_told_and_logged_without_the_address(
    tower, monkeypatch, capsys
):
    class Faulty(FakeApprise):
        async def async_notify(self, **_said):
            raise RuntimeError(f"cannot reach {self._urls[0]}")

    monkeypatch.setitem(sys.modules, "apprise", types.SimpleNamespace(Apprise=Faulty))
    await tower.channels.add("x", "apprise", {"url": "tgram://sentinel/1"})
    tried = await tower.channels.test("x")
    assert tried.sentence == "Instep met a fault of its own (RuntimeError)."
    said = capsys.readouterr()
    assert "channel failed" in said.out + said.err
    assert "sentinel" not in said.out + said.err


async def test_without_apprise_it_is_said_how_to_get_it(tower, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UserError, match=r"pip install 'instep\[alerts\]'"):
        await tower.channels.add("x", "apprise", {"url": "tgram://1/2"})


# apprise loads its services as it is used, and one of them a module that Python 3.13 has dropped
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
async def test_the_real_apprise_sends_to_a_real_port_and_to_no_private_one(tower):
    pytest.importorskip("apprise")
    async with listening() as listener:
        url = listener.url.replace("http://", "json://")
        await tower.channels.add("x", "apprise", {"url": url})
        assert (await tower.channels.test("x")).arrived
        [heard] = listener.heard
        assert heard.body["title"] == "This is a test of Instep's alerts."
        guarded = Tower(tower.database, tower.vault, allows=lambda host: not is_private(host))
        tried = await guarded.channels.test("x")
        assert "inside a private network" in tried.sentence
        assert len(listener.heard) == 1
        await guarded.close()
