"""Find the human sentence in an app's refusal."""

from __future__ import annotations

from typing import Any

from instep.sdk.request import Reply

_LONGEST = 300
_KEYS = ("message", "Message", "error_description", "error", "detail", "Name", "msg")


def sentence_of(reply: Reply) -> str:
    """Return what the app said, shortened; never anything of what was sent."""
    text = " ".join(_text(reply.body).split()) or "without a word of explanation"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _text(body: Any) -> str:
    match body:
        case str():
            # a web page (of a proxy, of a firewall) is no sentence
            return "" if body.lstrip().startswith("<") else body
        case list():
            return "; ".join(filter(None, map(_text, body)))
        case dict():
            return next((found for key in _KEYS if (found := _text(body.get(key)))), "")
    return ""
