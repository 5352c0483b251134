"""A mail server on a real port that keeps what it is given; it speaks as much SMTP as is needed."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import email
import email.policy
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """`answers` are the replies to the next commands of a name; usual ones when there are none."""

    port: int = 0
    user: tuple = ()
    answers: dict = field(default_factory=dict)
    letters: list = field(default_factory=list)
    recipients: list = field(default_factory=list)
    logins: list = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    was_safe: bool = False

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
                await say(self._greeting(writer))
            elif verb == "STARTTLS":
                await say("220 go on")
                await writer.start_tls(self.tls)
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

    def _greeting(self, writer):
        self.was_safe = writer.get_extra_info("ssl_object") is not None
        offers = ["STARTTLS"] if self.tls and not self.was_safe else []
        offers += ["AUTH PLAIN"] if self.user else []
        lines = ["mail.test", *offers]
        between = [f"250-{each}" for each in lines[:-1]]
        return "\r\n".join([*between, f"250 {lines[-1]}"])

    def _judge(self, encoded):
        _, user, password = base64.b64decode(encoded).decode().split("\0")
        self.logins.append(user)
        return "235 welcome" if (user, password) == self.user else "535 no"

    async def _take(self, reader):
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.letters.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))


def certified(directory):
    """A certificate of this machine that nobody has signed but itself: context and file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    began = datetime.now(UTC) - timedelta(hours=1)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = directory / "mail.pem"
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(pem, pkcs8, plain) + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


@contextlib.asynccontextmanager
async def mailing(tls=None, *, from_the_start=False):
    made = MailServer(tls=None if from_the_start else tls)
    first = tls if from_the_start else None
    server = await asyncio.start_server(made.talk, "127.0.0.1", 0, ssl=first)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
