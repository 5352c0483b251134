"""`instep overview`: whether everything is in step, and how each part stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from instep.cli.options import AsJson
from instep.cli.output import print_json, print_lines, print_table
from instep.cli.session import use

_BARS = "▁▂▃▄▅▆▇█"
_MINUTE_MS = 60_000
_SECOND_MS = 1_000


def overview(*, as_json: AsJson = False) -> None:
    """Say in one sentence whether everything is in step, and show how each part stands."""
    told = use(lambda instep: instep.screens.overviews.now()).as_json()
    if as_json:
        print_json(told)
        return
    print_lines(_sentences(told))
    columns = ("name", "state", "last success", "waiting", "failed", "done", "latency", "24 hours")
    for title, parts in (("Syncs", told["syncs"]), ("Flows", told["flows"])):
        if parts:
            print_table(title, columns, [_row(each) for each in parts])
    if told["connections"]:
        apps = ("name", "status", "calls today", "a second", "used by")
        print_table("Connections", apps, [_connection(each) for each in told["connections"]])


def _sentences(told: dict[str, Any]) -> Iterator[str]:
    yield told["sentence"]
    if len(told["troubles"]) > 1:
        for each in told["troubles"]:
            since = f", since {each['since']}" if each["since"] else ""
            yield f"  {each['what']} {each['name']}{since}: {each['sentence']}"
            if each["advice"]:
                yield f"    What to do: {each['advice']}"
    elif told["advice"]:
        yield f"What to do: {told['advice']}"


def _row(each: dict[str, Any]) -> Sequence[Any]:
    return (
        each["name"],
        each["state"],
        each["ok_at"] or "never",
        each["waiting"],
        each["failed"],
        each["done"],
        _length(each["latency_ms"]),
        _bars(each["per_hour"]),
    )


def _connection(each: dict[str, Any]) -> Sequence[Any]:
    quota = each["quota"]
    today = a_second = "?"
    if quota is not None:
        today = "no limit" if quota["daily"] is None else f"{quota['today']} of {quota['daily']}"
        a_second = f"{quota['per_second']:g}"
    return (each["name"], each["status"], today, a_second, ", ".join(each["syncs"] + each["flows"]))


def _length(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    if milliseconds < _SECOND_MS:
        return f"{milliseconds} ms"
    if milliseconds < _MINUTE_MS:
        return f"{milliseconds / _SECOND_MS:.1f} s"
    return f"{milliseconds / _MINUTE_MS:.0f} min"


def _bars(numbers: Sequence[int]) -> str:
    most = max(numbers, default=0)
    if not most:
        return ""
    return "".join(_BARS[round(each / most * (len(_BARS) - 1))] for each in numbers)
