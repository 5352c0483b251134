"""Write the page of templates and conditions: python -m tools.templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from instep.core.operators import OPERATORS
from instep.core.shapes import Kind
from instep.core.template.modifier import Argument, Modifier
from instep.core.template.modifiers import GROUPS
from instep.core.template.reading import LONGEST, MOST_CALLS, MOST_EXPRESSIONS, MOST_STEPS
from instep.core.template.writing import LARGEST_TEXT
from instep.core.time_formats import CODES
from instep.core.times import UNITS

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "templates.md"

SAMPLE = {
    "contact": {
        "first_name": "ann",
        "nickname": "",
        "email": "ann@example.com",
        "tags": ["vip", "new"],
        "phones": [{"number": "+61412345678"}],
    }
}
"""What the examples look at."""

_HEAD = f"""# Templates and conditions

<!-- Written from the code by `python -m tools.templates`. Change that, not this page. -->

How values are made and compared without code. Both languages are closed: they read the values they are given, and
can do nothing else. Flows will be built on them.

## Templates

A template is text with expressions in double braces:

```
Hello {{{{contact.first_name | title | default:"there"}}}}!
```

- An **expression** is a path or a literal, then any number of **modifiers**, each behind a `|`. Arguments follow a
  colon, with commas between them; they are literals or paths.
- A **path** names fields and places in lists: `contact.first_name`, `trigger.tags[0]` (the first), `[-1]` (the last).
  A name that is not only ASCII letters, digits, `_` and `-` stands in quotes: `contact["custom.Year in school"]`.
- **Literals** are text in straight quotes (`"…"` or `'…'`, with `\\n`, `\\t`, `\\r`, `\\"`, `\\'` and `\\\\`), numbers, `true`,
  `false` and `null`. `{{{{"{{{{"}}}}` writes two braces.
- A template that is **one expression and nothing else keeps the type** of its value: a number stays a number, a list
  a list. Everything else is text. In text a list is its items with commas, an object is JSON, true and false are
  `true` and `false`.
- What is **missing** is empty: a path that leads nowhere is no error unless `required` says so, and passes by most
  modifiers. Null, an empty text, an empty list and an empty object are missing; 0 and false are not.
- What a value holds is never read as a template again.
- Numbers are reckoned as decimals. A date is `2026-01-31`; a moment is ISO 8601, such as `2026-01-31T15:00:00Z`. One
  without an offset is a local time of the zone. Zones have their names in the tz database (`Europe/Berlin`); where
  none is named, the account's counts.

Wrong names, arguments and types are found before anything runs, as far as the values are known. Each error names the
character where it is, what is wrong and the nearest right word. What fails only with certain values fails that one
record, and repeats none of them.

Limits: {LONGEST:,} characters and {MOST_EXPRESSIONS} expressions in a template, {MOST_CALLS} modifiers in an expression,
{MOST_STEPS} steps in a path, {LARGEST_TEXT:,} characters in what comes of it.
"""

_FORMATS = """## Formats of dates

In a format, these codes stand for parts of a date; other letters stand in `[brackets]`, and `iso` alone is ISO 8601.
Words are English.

| code | stands for |
| --- | --- |"""

_CONDITIONS = """## Conditions

Rows of field, operator and value, all or any of which have to be met. Groups stand in groups:

```json
{"all": [
  {"field": "contact.tags", "operator": "contains", "value": "vip"},
  {"any": [
    {"field": "contact.city", "operator": "in", "value": ["Ulm", "{{trigger.city}}"]},
    {"field": "contact.added_at", "operator": "within_last", "value": "7d"}
  ]}
]}
```

- `field` is an expression, with modifiers if you like: `contact.phone | phone`. Texts in `value` are templates. `words`
  may say the row in your own words.
- Texts are compared without case and with blanks as one. Where one of two values is a number, both are read as
  numbers; where one is true or false, the other is read as true, yes, 1, false, no or 0. Lists are compared as sets.
  Equal moments are the same instant.
- A missing value is not equal to anything, not even to another missing one; ask for it by `exists` and `false`. The
  opposites, `not` and `not_contains`, are then true.
- What cannot be compared, such as text with `greater`, is not met, and the record of the run says why.
- A date stands for its whole day in the zone: a moment of that day is neither before nor after it.
- `changed` and `changed_to` are not met where nothing is known of the value before.

The operators of a [sync's filter](../how-to/choose-what-a-sync-takes.md) (`eq`, `not`, `contains`, `in`, `exists`) mean
the same there. But a sync leaves a record alone whose field was not read; a condition takes it as missing.

| operator | reads | value | met when | asked of |
| --- | --- | --- | --- | --- |"""


def page() -> str:
    """Return the page as it is written: the same text for the same languages."""
    parts = [_HEAD, "## Modifiers", ""]
    parts += ["Examples look at the values below the tables.", ""]
    for title, group in GROUPS.items():
        parts += [f"### {title}", "", *_table(group), ""]
    parts += ["### The values of the examples", "", "```json", json.dumps(SAMPLE), "```", ""]
    parts += [_FORMATS, *(f"| `{code}` | {meaning} |" for code, (meaning, _) in CODES.items()), ""]
    parts += [
        f"Lengths of time are a number and one of {', '.join(UNITS)}: `+1d`, `-90min`, `1mo`.",
        "",
    ]
    parts += [_CONDITIONS, *_operators()]
    return "\n".join(parts).rstrip() + "\n"


def _table(group: tuple[Modifier, ...]) -> Iterator[str]:
    yield "| modifier | takes | gives | what it does | example | comes to |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for each in group:
        text, came = (_cell(word) for word in each.example)
        gives = each.keeps or each.gives
        takes = f"{each.takes}, also missing" if each.sees_missing else each.takes
        yield f"| `{_usage(each)}` | {takes} | {gives} | {each.what} | `{text}` | `{came}` |"


def _usage(modifier: Modifier) -> str:
    arguments = ",".join(map(_argument, modifier.arguments))
    return f"{modifier.name}:{arguments}" if arguments else modifier.name


def _argument(argument: Argument) -> str:
    typed = f"{argument.name} ({argument.kind})" if argument.kind is Kind.NUMBER else argument.name
    if argument.otherwise is not None:
        shown = argument.otherwise
        typed += f"={shown}" if argument.kind is Kind.NUMBER else f'="{shown}"'
    typed = typed if argument.needed else f"[{typed}]"
    return f"{typed},…" if argument.repeats else typed


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _operators() -> Iterator[str]:
    for each in OPERATORS.values():
        kinds = ", ".join(sorted(each.kinds)) or "anything"
        yield f"| `{each.word}` | {each.says} | {each.wants} | {each.what} | {kinds} |"


if __name__ == "__main__":
    PAGE.write_text(page())
