from __future__ import annotations

import subprocess
import sys

import pytest

import instep

HEAVY = ("aiohttp", "fastapi", "sqlalchemy", "typer", "pydantic", "uvicorn", "dbos", "phonenumbers")


def loaded_after(code):
    """Which heavy libraries a fresh process has loaded after this code."""
    told = "import sys; print(*[name for name in sys.modules if '.' not in name])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}"], capture_output=True, text=True, check=True
    )
    return {*done.stdout.split()} & {*HEAVY}


@pytest.mark.parametrize("code", ["import instep", "import instep; instep.GoHighLevel"])
def test_importing_the_client_loads_nothing_heavy(code):
    assert loaded_after(code) == set()


@pytest.mark.parametrize("name", instep.__all__)
def test_everything_named_is_there(name):
    assert getattr(instep, name) is not None
    assert name in dir(instep)


def test_nothing_else_is():
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        instep.Nonsense  # noqa: B018 - the look-up is what is tested
    assert list(instep.__all__) == sorted(instep.__all__)
