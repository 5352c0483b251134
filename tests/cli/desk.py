"""Somebody at a desk, who types what a page says: its commands, in their order.

A comment above a block says what it is: `run` is typed and ends well, `run beside` keeps running in
a terminal of its own, `shows` is in what the commands before it said (… leaves something out), and
`in FILE` is a part of a file.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WAIT = 60  # seconds; an app that does not answer by then never will


@dataclass(frozen=True)
class Block:
    """A marked block of the page."""

    does: str
    text: str

    @property
    def lines(self):
        """Its commands; a line that ends in a backslash goes on in the next."""
        return [each for each in self.text.replace("\\\n", " ").splitlines() if each.strip()]


def blocks(page):
    """The marked blocks of a page."""
    found = re.findall(
        r"^<!-- ([^\n]+) -->\n```\w+\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL
    )
    return [Block(does, text) for does, text in found]


@contextlib.contextmanager
def at_desk(tmp_path, monkeypatch, instep, ports):
    """Somebody in a folder that has the examples, with free ports in place of the page's."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    # `instep` and `python` are those that run this test
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    someone = Desk(instep, monkeypatch, free_ports(ports))
    try:
        yield someone
    finally:
        someone.leave()


def free_ports(ports):
    taken = [socket.socket() for _ in ports]
    for each in taken:
        each.bind(("127.0.0.1", 0))
    found = {told: str(each.getsockname()[1]) for told, each in zip(ports, taken, strict=True)}
    for each in taken:
        each.close()
    return found


class Desk:
    """Types what the page says. Functions and variables last from one block to the next."""

    def __init__(self, instep, monkeypatch, ports):
        self.instep = instep
        self.monkeypatch = monkeypatch
        self.ports = ports
        self.said = ""
        self.beside = []
        self.functions = ""

    def take(self, block):
        text = block.text
        for told, free in self.ports.items():
            text = text.replace(told, free)
        block = Block(block.does, text)
        match block.does.split(" "):
            case ["run"]:
                self.said = "".join(map(self.type, block.lines))
            case ["run", "beside"]:
                self.begin(block)
            case ["shows"]:
                assert re.search(as_pattern(block.text), self.said, re.DOTALL), self.said
            case ["in", name]:
                assert block.text in Path(name).read_text()

    def type(self, line):
        """Carry one line out in a shell; an `instep` there is the command line of this process."""
        if re.match(r"\w+\(\)", line):
            self.functions += f"{line}\n"
            return ""
        words = shlex.split(line)
        if words[0] == "instep":
            args = self.shell(f"printf '%s\\0' {line.removeprefix('instep')}").split("\0")[:-1]
            said = self.instep(*args)
            assert said.code == 0, (line, said.out, said.err)
            return said.out
        out, _, left = self.shell(f"{line}\nprintf '\\0\\0'; env -0").partition("\0\0")
        for name, _, value in (each.partition("=") for each in left.split("\0")):
            if name.startswith(("INSTEP_", "GHL_")):
                self.monkeypatch.setenv(name, value)
        return out

    def shell(self, text):
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.functions + text],
            capture_output=True,
            text=True,
            timeout=WAIT,
            check=False,
        )
        assert ended.returncode == 0, (text, ended.stderr)
        return ended.stdout

    def begin(self, block):
        """Start what keeps running, and wait until it answers."""
        [line] = block.lines
        [port] = [int(free) for free in self.ports.values() if free in line]
        process = subprocess.Popen(["bash", "-euc", f"exec {line}"], stderr=subprocess.PIPE)
        self.beside.append(process)
        for _ in range(WAIT * 10):
            assert process.poll() is None, process.stderr.read().decode()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 and has_said(line):
                    return
            time.sleep(0.1)
        pytest.fail(f"Nothing answers after {WAIT} seconds: {line}")

    def leave(self):
        for each in self.beside:
            each.terminate()
            each.communicate(timeout=WAIT)


def has_said(line):
    """Whether what a command says first is in the file that it is said to, if it is to one."""
    file = re.search(r'> "(.+)"$', line)
    return file is None or Path(os.path.expandvars(file[1])).stat().st_size > 0


def as_pattern(text):
    """What is shown, wherever it stands, however wide the columns are."""
    pieces = [r"\s+".join(map(re.escape, piece.split())) for piece in text.split("…")]
    return ".*".join(pieces)
