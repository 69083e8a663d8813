"""Mail leaves through an SMTP server: to every recipient or to none, and what is not certain is said to be so."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.utils import parseaddr

from groundrules.gateways.mail import (
    Mail,
    MailDelayed,
    MailRefused,
    MailUncertain,
    message_id,
    written,
)
from groundrules.gateways.mail_servers import SECONDS, MailServer, tls

_ACCEPTED = frozenset({250, 251})
_FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class SmtpOutbox:
    """Hands each mail to an SMTP server."""

    server: MailServer
    seconds: float = SECONDS

    @property
    def repeats_safely(self) -> bool:
        """A server sends what it is given, as often as it is given."""
        return False

    def send(self, mail: Mail) -> str:
        """This function will hand the mail to the server for all its recipients, or for none of them.

        Raises MailRefused (for good), MailDelayed (try again), or MailUncertain when the server fell silent after it
        was given the whole mail, so that only a person can tell whether it left.
        """
        recipients = _recipients(mail)
        try:
            door = _connect(self.server, self.seconds)
        except smtplib.SMTPAuthenticationError as wrong:
            message = (
                f"{self.server} does not take the user and password: {_said(wrong.smtp_error)}"
            )
            raise MailDelayed(message) from wrong
        except (OSError, smtplib.SMTPException) as away:
            message = f"{self.server} cannot be used: {away}"
            raise MailDelayed(message) from away
        try:
            _name_recipients(door, mail, recipients)
            _hand_over(door, mail)
        finally:
            door.close()
        return message_id(mail)


def _connect(server: MailServer, seconds: float) -> smtplib.SMTP:
    if server.begins_with_tls:
        door: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=seconds, context=tls()
        )
    else:
        door = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        if server.changes_to_tls:
            door.starttls(context=tls())
        if server.user:
            door.login(server.user, server.password)
        door.ehlo_or_helo_if_needed()
    except BaseException:
        door.close()
        raise
    return door


def _recipients(mail: Mail) -> tuple[str, ...]:
    named = tuple(parseaddr(one)[1] for one in (mail.to, *mail.cc))
    for given, address in zip((mail.to, *mail.cc), named, strict=True):
        if "@" not in address or any(c in given for c in "\r\n"):
            message = f"{mail.reference} goes to {given!r}, which is no mail address"
            raise MailRefused(message)
    return tuple(dict.fromkeys(named))


def _name_recipients(door: smtplib.SMTP, mail: Mail, recipients: tuple[str, ...]) -> None:
    try:
        whole, each = _report_options(door, mail)
        _check(door.mail(parseaddr(mail.sender)[1], whole), f"the sender {mail.sender}")
        for address in recipients:
            _check(door.rcpt(address, each), address)
    except (OSError, smtplib.SMTPException) as away:
        message = f"the server broke off before it had the mail: {away}"
        raise MailDelayed(message) from away


def _report_options(door: smtplib.SMTP, mail: Mail) -> tuple[list[str], list[str]]:
    """What is asked for with the sender and with each recipient (RFC 3461), where the server knows how to report."""
    if not (mail.wants_receipt and door.has_extn("dsn")):
        return [], []
    return ["RET=HDRS", f"ENVID={message_id(mail)}"], ["NOTIFY=SUCCESS,FAILURE,DELAY"]


def _hand_over(door: smtplib.SMTP, mail: Mail) -> None:
    try:
        answer = door.data(written(mail))
    except smtplib.SMTPDataError as refused:
        _check((refused.smtp_code, _bytes(refused.smtp_error)), "the mail")
        raise
    except (OSError, smtplib.SMTPException) as silent:
        message = f"the server had the mail and did not say whether it keeps it: {silent}"
        raise MailUncertain(message) from silent
    _check(answer, "the mail")


def _check(answer: tuple[int, bytes], what: str) -> None:
    code, words = answer
    if code in _ACCEPTED:
        return
    message = f"the server does not take {what}: {code} {_said(words)}"
    raise (MailRefused if code >= _FOR_GOOD else MailDelayed)(message)


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _said(words: bytes | str) -> str:
    return " ".join(_bytes(words).decode("utf-8", "replace").split())
