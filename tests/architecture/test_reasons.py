"""Nothing is depended on, ignored or silenced without a reason beside it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(TEXT)
RUFF = PROJECT["tool"]["ruff"]["lint"]

DEPENDENCIES = PROJECT["project"]["dependencies"]
IGNORES = [
    *RUFF["ignore"],
    *(rule for rules in RUFF["per-file-ignores"].values() for rule in rules),
]


def lines_with(entry: str) -> list[str]:
    return [line for line in TEXT.splitlines() if f'"{entry}"' in line]


@pytest.mark.parametrize("dependency", DEPENDENCIES)
def test_every_runtime_dependency_has_a_reason(dependency):
    [line] = lines_with(dependency)
    assert re.search(r"# \w.{8,}", line), f"no reason: {line}"


@pytest.mark.parametrize("rule", sorted(set(IGNORES)))
def test_every_ignored_rule_has_a_reason(rule):
    bare = [line for line in lines_with(rule) if not re.search(r"# \w.{3,}", line)]
    assert bare == []


def test_every_silenced_line_has_a_reason():
    silent = re.compile(r"#\s*(noqa|type:\s*ignore)\b(?P<rest>.*)")
    bare = []
    for folder in ("src", "tests", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            if path == Path(__file__):
                continue
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                found = silent.search(line)
                if found and not re.match(
                    r"(: ?[A-Z0-9, ]+|\[[\w, -]+\])\s+(-|#) \w+", found["rest"]
                ):
                    bare.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    assert bare == []
