"""The tests' own server: there when asked for, gone with whoever asked."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SERVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what runs in the background
sys.path.insert(0, sys.argv[1])
from tests.store import postgres
with postgres.serving() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_no_server_outlives_the_tests(end, monkeypatch):
    monkeypatch.delenv("INSTEP_TEST_POSTGRES_URL", raising=False)
    root = Path(__file__).parents[2]
    tester = subprocess.Popen(
        [sys.executable, "-c", SERVE, root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    folder = Path(tester.stdout.readline().strip().partition("host=")[2])
    server = os.pidfd_open(int((folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
    try:
        tester.send_signal(end)
        ended, _, _ = select.select([server], [], [], 20)
        assert ended == [server]
    finally:
        os.close(server)
        tester.communicate()
        _clear(folder)
    assert not folder.exists()


def _clear(folder: Path) -> None:
    """Remove what a killed process could not."""
    subprocess.run(["rm", "-rf", str(folder)], check=True)
