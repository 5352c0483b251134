"""Nothing grows beyond what one person takes in at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "bench")

MODULE_WALL = 500
FUNCTION_WALL = 60
FUNCTION_P95 = 40


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of each function in a module, decorators and docstring included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield f"{path.relative_to(ROOT)}:{first} {node.name}", node.end_lineno - first + 1


@cache
def all_functions() -> dict[str, int]:
    return {name: lines for path in modules() for name, lines in functions(path)}


def test_it_sees_the_whole_tree():
    found = {path.relative_to(ROOT).parts[0] for path in modules()}
    assert {"src", "tests"} <= found
    assert any("test_it_sees_the_whole_tree" in name for name in all_functions())


def test_no_module_is_longer_than_the_wall():
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}
    too_long = {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > MODULE_WALL}
    assert too_long == {}


def test_no_function_is_longer_than_the_wall():
    assert {name: n for name, n in all_functions().items() if n > FUNCTION_WALL} == {}


def test_long_functions_stay_rare():
    p95 = quantiles(all_functions().values(), n=20)[-1]
    assert p95 <= FUNCTION_P95
