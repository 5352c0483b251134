"""People sign in, stay signed in for a while, and nobody else does in their name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from instep.api.access import CSRF_HEADER
from instep.core.people.lasting import SESSION_IDLE_MS, SESSION_MOST_MS
from instep.core.people.roles import Role
from instep.sdk.clock import ManualClock
from instep.store.schema.people import api_token, local_user, one_time_link, session
from tests.api.house import PASSWORD, asked, house

WRONG = {"error": "The name or the password is wrong.", "kind": "NotSignedIn"}


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture
async def home(database_url, tmp_path, clock):
    async with house(database_url, tmp_path, clock) as made:
        yield made


@pytest.fixture
async def ann(home):
    await home.instep.people.users.add("Ann@example.com", Role.ADMIN, PASSWORD)
    return await home.signed_in("ann@EXAMPLE.com")


async def said(browser, name, password):
    return await asked(browser, "POST", "/api/session", {"name": name, "password": password})


async def test_a_session_says_who_it_is_and_ends_when_left(home, ann):
    status, told = await asked(ann, "GET", "/api/session")
    assert (status, told["name"], told["role"]) == (200, "Ann@example.com", "admin")
    assert told["csrf"] == ann.headers[CSRF_HEADER]
    assert (await asked(ann, "DELETE", "/api/session"))[0] == 204
    assert (await asked(ann, "GET", "/api/session"))[0] == 401


async def test_the_cookie_is_for_no_script_and_for_no_other_site(home):
    await home.instep.people.users.add("ann", Role.ADMIN, PASSWORD)
    browser = await home.browser()
    async with browser.post("/api/session", json={"name": "ann", "password": PASSWORD}) as reply:
        cookie = reply.headers["Set-Cookie"]
        body = await reply.text()
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert secret.startswith("iss_")
    assert secret not in body


async def test_of_what_lets_somebody_in_only_hashes_are_kept(home, ann):
    token = await home.instep.people.users.invite("bob", Role.VIEWER)
    tables = (local_user, session, one_time_link, api_token)
    kept = await home.instep.db.run_read(
        lambda tx: repr([tx.execute(sa.select(each)).all() for each in tables])
    )
    cookies = [each.value for each in ann.cookie_jar]
    assert cookies
    for secret in (PASSWORD, token, *cookies, ann.headers[CSRF_HEADER]):
        assert secret not in kept
    assert "$argon2id$" in kept


async def test_a_session_left_alone_is_over(home, ann, clock):
    clock.move(SESSION_IDLE_MS / 1000 - 61)
    assert (await asked(ann, "GET", "/api/session"))[0] == 200  # which keeps it alive
    clock.move(SESSION_IDLE_MS / 1000 - 61)
    assert (await asked(ann, "GET", "/api/session"))[0] == 200
    clock.move(SESSION_IDLE_MS / 1000)
    assert (await asked(ann, "GET", "/api/session"))[0] == 401


async def test_a_session_is_over_some_day_however_much_it_is_used(home, ann, clock):
    step = SESSION_IDLE_MS / 1000 - 61
    steps = int(SESSION_MOST_MS / 1000 / step)
    for _ in range(steps):
        clock.move(step)
        assert (await asked(ann, "GET", "/api/session"))[0] == 200
    clock.move(step)
    assert (await asked(ann, "GET", "/api/session"))[0] == 401


@pytest.mark.parametrize(
    "sent",
    [
        {CSRF_HEADER: ""},
        {CSRF_HEADER: "f" * 64},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_change_that_no_page_of_ours_sent_is_refused(home, ann, sent):
    body = {"name": "bob", "role": "admin", "password": PASSWORD}
    status, told = await asked(ann, "POST", "/api/users", body, headers=sent)
    assert (status, told["kind"]) == (403, "NotAllowed")
    assert len(await home.instep.people.users.list()) == 1
    # looking is harmless, and no answer of it can be read by the other site
    assert (await asked(ann, "GET", "/api/users", headers=sent))[0] == 200


async def test_a_page_of_ours_changes_things(home, ann):
    sent = {"Origin": home.url, "Sec-Fetch-Site": "same-origin"}
    body = {"name": "bob", "role": "viewer", "password": PASSWORD}
    assert (await asked(ann, "POST", "/api/users", body, headers=sent))[0] == 201


async def test_another_site_signs_nobody_in(home):
    await home.instep.people.users.add("ann", Role.ADMIN, PASSWORD)
    sent = {"Origin": "https://evil.example"}
    body = {"name": "ann", "password": PASSWORD}
    assert (await asked(await home.browser(), "POST", "/api/session", body, headers=sent))[0] == 403


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(home, ann):
    browser = await home.browser()
    assert await said(browser, "ann@example.com", "wrong") == (401, WRONG)
    assert await said(browser, "nobody", "wrong") == (401, WRONG)
    await home.instep.people.users.invite("carl", Role.VIEWER)
    assert await said(browser, "carl", "") == (401, WRONG)


async def test_an_unknown_name_costs_as_much_work_as_a_known_one(home, ann, monkeypatch):
    looked = []
    passwords = home.instep.people.door._passwords
    verify = passwords._verify
    monkeypatch.setattr(
        passwords, "_verify", lambda *given: looked.append(given[1]) or verify(*given)
    )
    browser = await home.browser()
    await said(browser, "nobody", "wrong")
    await said(browser, "ann@example.com", "wrong")
    assert len(looked) == 2
    assert (
        looked[0].rpartition("$")[0].rpartition("$")[0]
        == (looked[1].rpartition("$")[0].rpartition("$")[0])
    )  # by the same parameters


async def test_who_keeps_failing_waits_known_or_not(home, ann, clock):
    browser = await home.browser()
    for name in ("ann@example.com", "nobody"):
        answers = [(await said(browser, name, "wrong"))[0] for _ in range(6)]
        assert answers == [401] * 5 + [429]
    body = {"name": "ann@example.com", "password": PASSWORD}
    async with browser.post("/api/session", json=body) as reply:
        assert reply.status == 429  # not even the right one is looked at
        assert 0 < int(reply.headers["Retry-After"]) <= 30
    clock.move(31)
    assert (await said(browser, "ann@example.com", PASSWORD))[0] == 200
    assert (await said(browser, "ann@example.com", "wrong"))[0] == 401  # it begins anew


async def test_many_at_once_are_no_way_around_the_wait(home, ann):
    browser = await home.browser()
    attempts = (said(browser, "ann@example.com", f"wrong {each}") for each in range(12))
    answers = [status for status, _ in await asyncio.gather(*attempts)]
    assert answers.count(401) == 5


async def test_a_restart_does_not_forget_failures(database_url, tmp_path, clock):
    async with house(database_url, tmp_path, clock) as before:
        await before.instep.people.users.add("ann", Role.ADMIN, PASSWORD)
        browser = await before.browser()
        for _ in range(5):
            await said(browser, "ann", "wrong")
    async with house(database_url, tmp_path, clock) as after:
        assert (await said(await after.browser(), "ann", PASSWORD))[0] == 429


async def test_the_first_user_comes_by_the_link_once(home):
    browser = await home.browser()
    assert await asked(browser, "GET", "/api/welcome") == (200, {"set_up": False})
    link = await home.instep.people.users.setup_link()
    looked = await asked(browser, "POST", "/api/links/look", {"link": link})
    assert looked == (200, {"kind": "setup", "name": None})
    short = {"link": link, "name": "ann", "password": "short"}
    assert (await asked(browser, "POST", "/api/links/enter", short))[0] == 400
    body = {"link": link, "name": "ann", "password": PASSWORD}
    both = await asyncio.gather(
        *(asked(each, "POST", "/api/links/enter", body) for each in (browser, await home.browser()))
    )
    assert sorted(status for status, _ in both) == [200, 401]
    assert await asked(browser, "GET", "/api/welcome") == (200, {"set_up": True})
    assert [each.user.role for each in await home.instep.people.users.list()] == [Role.ADMIN]
    assert await home.instep.people.users.setup_link() is None


async def test_the_first_link_is_gone_after_an_hour_and_a_newer_one_ends_it(home, clock):
    browser = await home.browser()
    first, second = [await home.instep.people.users.setup_link() for _ in range(2)]
    assert (await asked(browser, "POST", "/api/links/look", {"link": first}))[0] == 401
    assert (await asked(browser, "POST", "/api/links/look", {"link": second}))[0] == 200
    clock.move(3600)
    assert (await asked(browser, "POST", "/api/links/look", {"link": second}))[0] == 401


async def test_somebody_invited_chooses_their_password(home, ann):
    status, made = await asked(
        ann, "POST", "/api/users/invite", {"name": "bob", "role": "operator"}
    )
    assert status == 201
    address, _, secret = made["link"].partition("#")
    assert address == f"{home.url}/ui/welcome"
    browser = await home.browser()
    body = {"link": secret, "password": "another good one"}
    status, told = await asked(browser, "POST", "/api/links/enter", body)
    assert (status, told["name"], told["role"]) == (200, "bob", "operator")
    assert (await said(await home.browser(), "bob", "another good one"))[0] == 200
    assert (await asked(browser, "POST", "/api/links/enter", body))[0] == 401


async def test_a_link_signs_a_browser_in_without_a_password(home, ann):
    link = await home.instep.people.users.sign_in_link("Ann@example.com")
    browser = await home.browser()
    assert (await asked(browser, "POST", "/api/links/enter", {"link": link}))[0] == 200
    assert (await asked(browser, "GET", "/api/session"))[1]["name"] == "Ann@example.com"


async def test_a_changed_password_ends_every_other_session(home, ann):
    elsewhere = await home.signed_in("ann@example.com")
    wrong = {"old": "wrong", "new": "another good one"}
    assert (await asked(ann, "PUT", "/api/session/password", wrong))[0] == 401
    body = {"old": PASSWORD, "new": "another good one"}
    assert (await asked(ann, "PUT", "/api/session/password", body))[0] == 204
    assert (await asked(ann, "GET", "/api/session"))[0] == 200
    assert (await asked(elsewhere, "GET", "/api/session"))[0] == 401
    assert (await said(await home.browser(), "ann@example.com", PASSWORD))[0] == 401


async def test_sessions_are_listed_and_ended_ones_own_or_by_an_admin(home, ann):
    await home.instep.people.users.add("bob", Role.VIEWER, PASSWORD)
    bob = await home.signed_in("bob")
    [his] = (await asked(bob, "GET", "/api/sessions?everybody=true"))[1]
    assert (his["user"], his["here"], his["address"]) == ("bob", True, "127.0.0.1")
    everybody = (await asked(ann, "GET", "/api/sessions?everybody=true"))[1]
    [hers] = [each for each in everybody if each["user"] != "bob"]
    assert len(everybody) == 2
    assert (await asked(bob, "DELETE", f"/api/sessions/{hers['id']}"))[0] == 400
    assert (await asked(ann, "DELETE", f"/api/sessions/{his['id']}"))[0] == 204
    assert (await asked(bob, "GET", "/api/session"))[0] == 401


async def test_nobody_says_from_where_they_ask_unless_a_proxy_is_expected(home, ann):
    spoofed = await home.browser(headers={"X-Forwarded-For": "203.0.113.9"})
    await said(spoofed, "ann@example.com", PASSWORD)
    addresses = {each.session.whence.address for each in await home.instep.people.users.sessions()}
    assert addresses == {"127.0.0.1"}


async def test_behind_a_proxy_its_word_counts_and_the_cookie_is_for_https(database_url, tmp_path):
    async with house(database_url, tmp_path, behind_proxy=True) as made:
        await made.instep.people.users.add("ann", Role.ADMIN, PASSWORD)
        sent = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        browser = await made.browser(headers=sent)
        body = {"name": "ann", "password": PASSWORD}
        async with browser.post("/api/session", json=body) as reply:
            assert "Secure" in reply.headers["Set-Cookie"]
        [session] = await made.instep.people.users.sessions()
        assert session.session.whence.address == "203.0.113.9"
