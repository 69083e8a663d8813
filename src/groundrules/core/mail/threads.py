"""Threads: a mail belongs with the first mail its References name, whoever answered whom between (RFC 5322, 3.6.4)."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.mail.model import MailRead


def thread_of(mail: MailRead, threads: Mapping[str, str]) -> str:
    """This function will name the thread a mail belongs to by the Message-ID it began with.

    `threads` says in which thread each known Message-ID is. A program that cut the list still finds its thread when any
    one of them is known; when none is, the first one named begins it, so that mails arriving out of order meet.
    """
    named = (*mail.references, *mail.in_reply_to)
    known = next((threads[one] for one in named if one in threads), None)
    return known or (named[0] if named else mail.message_id)
