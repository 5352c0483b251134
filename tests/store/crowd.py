"""Several processes that are told what to do by lines and answer by lines."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent


class Crowd:
    """Processes that run one script of this folder with the same arguments."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self.processes = processes

    def tell(self, line: str) -> None:
        for each in self.processes:
            each.stdin.write(f"{line}\n")
            each.stdin.flush()

    def hear(self) -> list[str]:
        """Wait for one line of each."""
        return [each.stdout.readline().strip() for each in self.processes]


@contextmanager
def crowd(size: int, script: str, *arguments: str) -> Iterator[Crowd]:
    """Start them, wait until each says it is ready, and end them afterwards."""
    command = [sys.executable, str(HERE / script), *arguments]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(size)
    ]
    try:
        started = Crowd(processes)
        assert started.hear() == ["ready"] * size
        yield started
    finally:
        for each in processes:
            each.kill()
            each.communicate()
