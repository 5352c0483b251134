from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    Gone,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    VersionStale,
)
from instep.sdk.messages import sentence_of
from instep.sdk.refusals import by_status, retry_after
from instep.sdk.request import Reply, Request

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
READ = Request("GET", "/people/7")
WRITE = Request("POST", "/people", json={"name": "what-was-sent"})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RecordRejected),
        (401, ConnectionBroken),
        (403, AccountDenied),
        (404, Gone),
        (405, RecordRejected),
        (408, RetryLater),
        (409, VersionStale),
        (410, Gone),
        (412, VersionStale),
        (422, RecordRejected),
        (429, RetryLater),
        (500, RetryLater),
        (503, RetryLater),
        (301, ConnectionBroken),
    ],
)
def test_a_status_says_what_the_engine_does_next(status, kind):
    error = by_status("App", READ, Reply(status, body={"message": "Because."}), NOW)
    assert type(error) is kind
    assert str(error).startswith(f"App answered {status}: ")


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_server_error_on_a_write_leaves_it_open(status):
    assert type(by_status("App", WRITE, Reply(status), NOW)) is OutcomeUnknown


def test_a_write_that_came_too_fast_was_not_done():
    assert type(by_status("App", WRITE, Reply(429), NOW)) is RetryLater


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_yes_is_no_error(status):
    assert by_status("App", WRITE, Reply(status, body="fine"), NOW) is None


@pytest.mark.parametrize(("request_", "kind"), [(READ, RetryLater), (WRITE, OutcomeUnknown)])
def test_a_web_page_is_no_yes(request_, kind):
    page = Reply(200, {"content-type": "text/html; charset=utf-8"}, "<html>Log in</html>")
    error = by_status("App", request_, page, NOW)
    assert type(error) is kind
    assert "Log in" not in str(error)


def test_a_redirect_names_where_it_points_but_not_what_it_carries():
    moved = Reply(302, {"location": "https://user:word@other.example/x?key=secret-in-query"})
    said = str(by_status("App", READ, moved, NOW))
    assert "other.example" in said
    assert "secret-in-query" not in said
    assert "word" not in said.replace("password", "")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Fri, 02 Jan 2026 05:05:05 +0200", 60),
        ("Fri, 02 Jan 2026 03:05:05 -0000", 60),
        ("99999999999999999999", 7 * 86400),
        ("Sat, 02 Jan 2044 03:04:05 GMT", 7 * 86400),
    ],
)
def test_it_reads_how_long_to_wait(text, seconds):
    reply = Reply(429, {"retry-after": text})
    assert retry_after(reply, NOW) == NOW + timedelta(seconds=seconds)
    assert by_status("App", READ, reply, NOW).at == NOW + timedelta(seconds=seconds)


@given(st.text())
def test_no_header_breaks_the_reading(text):
    at = retry_after(Reply(429, {"retry-after": text}), NOW)
    assert at is None or at.tzinfo is UTC


# The app's own sentence


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"message": "Contact not found"}, "Contact not found"),
        (
            {"message": ["a is missing", "b is wrong"], "statusCode": 422},
            "a is missing; b is wrong",
        ),
        ({"Name": "BadRequest", "Message": "Id is wrong"}, "Id is wrong"),
        ({"error": "invalid_grant", "error_description": "It is invalid"}, "It is invalid"),
        ({"error": {"message": "Deep down"}}, "Deep down"),
        ({"errors": 3, "detail": "Not here"}, "Not here"),
        ({"message": "", "error": "Unauthorized"}, "Unauthorized"),
        ("plain\n  words", "plain words"),
        ("<html><body>Bad gateway</body></html>", "without a word of explanation"),
        (None, "without a word of explanation"),
        ({"message": 7}, "without a word of explanation"),
        ([], "without a word of explanation"),
    ],
)
def test_it_finds_what_the_app_said(body, sentence):
    assert sentence_of(Reply(400, body=body)) == sentence


@given(
    st.recursive(
        st.none() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["message", "Message", "error", "detail", "x"]), inner
            )
        ),
    )
)
def test_whatever_an_app_sends_the_sentence_is_one_short_line(body):
    sentence = sentence_of(Reply(400, body=body))
    assert 0 < len(sentence) <= 301
    assert "\n" not in sentence
