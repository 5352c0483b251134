"""Alerts as e-mail, by a mail server of one's own choice."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from instep.core.errors import UserError
from instep.core.posting import Answer
from instep.engine.channels.way import Outgoing, Setting, Way, Wire
from instep.sdk.targets import PrivateTarget, is_private

_SECONDS = 30
_SECURITY = ("starttls", "tls", "none")
_PERMANENT = 500  # RFC 5321, 4.2.1: from here on the server says no for good
_MOST_PORT = 65_535


def _check(settings: Mapping[str, str]) -> None:
    if settings["security"] not in _SECURITY:
        raise UserError(f"The security of a mail server is one of {', '.join(_SECURITY)}.")
    port = settings["port"]
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _MOST_PORT):
        raise UserError(f"The port of a mail server is a number from 1 to {_MOST_PORT}.")
    if ("user" in settings) != ("password" in settings):
        raise UserError("A mail server wants a user and a password, or neither.")
    if "user" in settings and settings["security"] == "none" and not _is_here(settings["host"]):
        raise UserError("A password is not sent in the clear: choose starttls or tls.")
    for name in ("from", "to"):
        for address in _addresses(settings[name]):
            _check_address(name, address)


def _is_here(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _addresses(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]


def _check_address(name: str, text: str) -> None:
    try:
        parsed = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        parsed = None
    if parsed is None or not parsed.domain or not parsed.username:
        raise UserError(
            f"{text!r} is no e-mail address. The setting {name} takes such as ops@example.com; "
            "several in `to` are separated by commas."
        )


def _letter(settings: Mapping[str, str], message: Outgoing) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = " ".join(message.title.split())
    letter["From"] = settings["from"]
    letter["To"] = ", ".join(_addresses(settings["to"]))
    letter["Date"] = format_datetime(message.made_at)
    # the same at every attempt, so that a mail program can leave out a repetition
    letter["Message-ID"] = f"<{message.key}@{settings['from'].rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    letter.set_content(message.text or message.title)
    return letter


_REASONS: tuple[tuple[type[Exception], str, bool | None], ...] = (
    (smtplib.SMTPAuthenticationError, "refuses the user and password", None),
    (smtplib.SMTPRecipientsRefused, "takes nothing for the addresses in `to`", None),
    (smtplib.SMTPSenderRefused, "takes nothing from the address in `from`", None),
    (smtplib.SMTPResponseException, "refuses the message", None),
    (smtplib.SMTPNotSupportedError, "cannot do what `security` or `user` asks for", True),
    (smtplib.SMTPServerDisconnected, "broke off", False),
    (smtplib.SMTPException, "is not understood; check security and user", False),
    (ssl.SSLError, "offers no safe line; check host, port and security", False),
    (OSError, "does not answer", False),
    (ValueError, "cannot take these addresses", True),
)
"""What went wrong, in words, and whether only a person can mend it; None: the server's code says."""


async def _send(settings: Mapping[str, str], message: Outgoing, wire: Wire) -> Answer:
    where = f"{settings['host']}:{settings['port']}"
    try:
        letter = _letter(settings, message)
        refused = await asyncio.to_thread(_deliver, settings, letter, wire)
    except PrivateTarget as error:
        return Answer(None, str(error), ours=True)
    except (OSError, ValueError) as error:  # smtplib's own errors are of the first kind
        return _judged(error, where)
    if refused:
        return Answer(200, f"The mail server {where} takes nothing for {refused} of the addresses.")
    return Answer(200)


def _judged(error: Exception, where: str) -> Answer:
    """Say what went wrong, without a word of the server's own: it may repeat an address."""
    words, ours = next((words, ours) for kind, words, ours in _REASONS if isinstance(error, kind))
    sentence = f"The mail server {where} {words}"
    if ours is not None:
        return Answer(None, f"{sentence}.", ours=ours)
    code = _code_of(error)
    return Answer(None, f"{sentence} (it answered {code}).", ours=code >= _PERMANENT)


def _code_of(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((int(each[0]) for each in error.recipients.values()), default=_PERMANENT)
    return int(getattr(error, "smtp_code", _PERMANENT))


def _deliver(settings: Mapping[str, str], letter: EmailMessage, wire: Wire) -> int:
    """Send one letter and return for how many it was refused, though not for all.

    Called in a thread, as smtplib waits.
    """
    host, port, security = settings["host"], int(settings["port"]), settings["security"]
    address = _allowed(host, port, wire)
    context = ssl.create_default_context()
    plain = security != "tls"
    with _Session(address, host) if plain else _TlsSession(address, host, context) as server:
        server.connect(host, port)
        if security == "starttls":
            server.starttls(context=context)
        if "user" in settings:
            server.login(settings["user"], settings["password"])
        return len(server.send_message(letter))


def _allowed(host: str, port: int, wire: Wire) -> str:
    """Return the address of a host that may be reached, to connect to that very one."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        if is_private(str(place[0])) and not wire.allows(str(place[0])):
            raise PrivateTarget(host)
    return str(found[0][4][0])


class _Session(smtplib.SMTP):
    """A session with the very address that was looked at; certificates are of the name."""

    def __init__(self, address: str, host: str) -> None:
        self._address = address
        super().__init__(timeout=_SECONDS)
        self._host = host  # whose certificate starttls asks for

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - as smtplib calls it
        return socket.create_connection((self._address, port), timeout)


class _TlsSession(smtplib.SMTP_SSL):
    """As `_Session`, encrypted from the first byte."""

    def __init__(self, address: str, host: str, context: ssl.SSLContext) -> None:
        self._address = address
        super().__init__(timeout=_SECONDS, context=context)
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._address, port), timeout)
        return self.context.wrap_socket(plain, server_hostname=host)


WAY = Way(
    kind="email",
    settings=(
        Setting("host", "the mail server, such as smtp.example.com"),
        Setting("from", "whose mail it is, such as instep@example.com"),
        Setting("to", "who gets it; several separated by commas"),
        Setting("port", "its port", default="587"),
        Setting("security", "starttls, tls or none", default="starttls", choices=_SECURITY),
        Setting("user", "the user there, if it wants one", required=False),
        Setting("password", "the user's password", required=False),
    ),
    check=_check,
    leads_to=lambda settings: f"{settings['to']} by {settings['host']}",
    send=_send,
)
