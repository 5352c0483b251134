"""A mail server on a real port that keeps what it is given; it speaks as much SMTP as is needed."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import email
import email.policy
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """`answers` are the replies to the next commands of a name; usual ones when there are none."""

    port: int = 0
    user: tuple = ()
    answers: dict = field(default_factory=dict)
    letters: list = field(default_factory=list)
    recipients: list = field(default_factory=list)
    logins: list = field(default_factory=list)
    seconds: float = 0.0

    async def talk(self, reader, writer):
        async def say(text):
            writer.write(f"{text}\r\n".encode())
            await writer.drain()

        await say("220 mail.test ready")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            verb = line.split()[0].upper()
            if given := self.answers.get(verb):
                await say(given.pop(0))
            elif verb == "EHLO":
                await say("250-mail.test\r\n250 AUTH PLAIN" if self.user else "250 mail.test")
            elif verb == "AUTH":
                await say(self._judge(line.split()[-1]))
            elif verb == "RCPT":
                self.recipients.append(line.partition("<")[2].rstrip(">"))
                await say("250 ok")
            elif verb == "DATA":
                await say("354 go on")
                await self._take(reader)
                await say("250 kept")
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()

    def _judge(self, encoded):
        _, user, password = base64.b64decode(encoded).decode().split("\0")
        self.logins.append(user)
        return "235 welcome" if (user, password) == self.user else "535 no"

    async def _take(self, reader):
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        await asyncio.sleep(self.seconds)
        self.letters.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))


@contextlib.asynccontextmanager
async def mailing():
    made = MailServer()
    server = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
