"""Alerts in words: a title of one plain sentence, and what is the matter since when, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from instep.core.alerting.rules import Kind
from instep.core.alerting.telling import News, Told
from instep.core.times import iso_of

MOST = 20
"""So many alerts are told in full in one message; of the others it says how many there are."""

_IS: Mapping[Kind, str] = {
    Kind.FAILURE: "fails",
    Kind.DEAD_LETTER: "has given something up",
    Kind.DELAY: "is behind",
    Kind.BRAKE: "was stopped by a brake",
    Kind.QUOTA: "has few calls left today",
    Kind.CONNECTION: "does not work any more",
    Kind.SILENCE: "has heard nothing for long",
}
_BEGINS: Mapping[News, str] = {
    News.OPENED: "",
    News.STILL: "Still: ",
    News.PASSED: "Over already: ",
    News.OVER: "Over: ",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message as people read it, and what programs read of it."""

    title: str
    text: str
    alerts: Sequence[Mapping[str, Any]] = ()


def words_of(told: Sequence[Told]) -> Words:
    """Return the one message that tells all of these, which are at least one."""
    title = _headline(told[0])
    if more := len(told) - 1:
        title = f"{title.removesuffix('.')}, and {_counted(more, 'other alert')}."
    shown, left = told[:MOST], told[MOST:]
    parts = [_paragraph([*group]) for _, group in _by_subject(shown)]
    if left:
        parts.append(f"And {_counted(len(left), 'other')}: instep alerts shows them.")
    return Words(title, "\n\n".join(parts), [_as_json(each) for each in told])


def _by_subject(told: Sequence[Told]) -> Any:
    """Group by what is in trouble, in the order in which each is first told of."""
    places: dict[tuple[str, str], int] = {}
    for each in told:
        places.setdefault(_subject(each), len(places))
    return groupby(sorted(told, key=lambda each: places[_subject(each)]), key=_subject)


def _subject(told: Told) -> tuple[str, str]:
    return (told.alert.finding.subject.what, told.alert.finding.subject.id)


def _headline(told: Told) -> str:
    finding = told.alert.finding
    said = f"{finding.subject} {_IS[finding.kind]}."
    begin = _BEGINS[told.news]
    return begin + said if begin else said[0].upper() + said[1:]


def _paragraph(told: Sequence[Told]) -> str:
    return "\n".join(line for each in told for line in _lines(each))


def _lines(told: Told) -> Sequence[str]:
    alert = told.alert
    since = f"Since {_moment(alert.finding.since)}"
    lines = [_headline(told), f"  {alert.finding.sentence}"]
    if alert.over_at is not None:
        return [*lines[:1], f"  {since}, until {_moment(alert.over_at)}."]
    return [*lines, f"  {since}.", f"  What to do: {alert.finding.advice}"]


def _as_json(told: Told) -> dict[str, Any]:
    alert = told.alert
    subject = alert.finding.subject
    return {
        "id": alert.id,
        "news": told.news.value,
        "kind": alert.finding.kind.value,
        "subject": {"what": subject.what, "id": subject.id, "name": subject.name},
        "sentence": alert.finding.sentence,
        "advice": alert.finding.advice,
        "since": iso_of(alert.finding.since),
        "over_at": iso_of(alert.over_at),
    }


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
