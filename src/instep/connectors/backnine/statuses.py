"""What Instep says of an application or a case: tags of its insured, and a note for each status."""

from __future__ import annotations

import hashlib
import re

from instep.connectors.backnine.payloads import Application, Case
from instep.connectors.backnine.withheld import may_be_said

_LONGEST_WORD = 40
_NAMES = {Application: "eapp", Case: "case"}
_CALLED = {Application: "application", Case: "case"}


def tags_of(application: Application) -> tuple[str, ...]:
    """Return the tags of an insured, by the application that was saved last.

    There are three: whether it is started or completed, its status, and what kind of product it is
    about. A word that may be about health or payments makes no tag.
    """
    state = "completed" if application.completed else "started"
    said = (("status", application.status), ("product", application.category))
    words = [f"{name}-{word}" for name, text in said if (word := _word(text))]
    return tuple(sorted(f"backnine:{each}" for each in (f"eapp-{state}", *words)))


def note_id(of: Application | Case) -> str | None:
    """Return the id of the note on the present status: the same however often it is told."""
    if of.status is None:
        return None
    # by a digest, so that words which are not repeated do not show in an id
    status = hashlib.sha256(of.status.casefold().encode()).hexdigest()[:12]
    return f"{_NAMES[type(of)]}-{of.id}-{status}"


def note_text(of: Application | Case) -> str:
    """Return what the note says: which application or case, its status, and since when."""
    status = of.status or ""
    when = f" ({of.changed_at:%Y-%m-%d %H:%M} UTC)" if of.changed_at is not None else ""
    said = f"its status is now “{status}”{when}." if may_be_said(status) else _unsaid(when)
    return f"BackNine {_CALLED[type(of)]} {of.id}: {said}"


def _unsaid(when: str) -> str:
    return (
        f"its status changed{when}. The words stay in BackNine, since they may be about health or "
        "payments."
    )


def task_id(application: Application) -> str:
    """Return the id of an application's follow-up: it has one at most."""
    return f"eapp-{application.id}"


def task_title(application: Application) -> str:
    """Return what is to be done."""
    return f"Follow up on BackNine application {application.id}"


def _word(text: str | None) -> str | None:
    """Return a text as one word of a tag; None where it has none, or is not repeated."""
    if text is None or not may_be_said(text):
        return None
    word = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return word if 0 < len(word) <= _LONGEST_WORD else None
