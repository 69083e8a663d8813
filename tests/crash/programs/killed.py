"""Processes that die by SIGKILL at a chosen moment of a worker's turn, and what the next turn makes of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db import connections

from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.records import models as books
from groundrules.services import delivering, letters, lifecycle_due
from tests.mail_post import Letterbox
from tests.web.harbor_books import ALEX, KIM

MINUTE = timedelta(minutes=1)
_LIVES_SECONDS = 240


class Doomed:
    """A process that waits for its word, takes one turn, and is killed in it.

    It is made before anything is typeset: what does that has threads, which would be missing after a fork.
    """

    def __init__(self, turn: Callable[[str], object]) -> None:
        """Start it."""
        connections.close_all()
        waits, self._tells = os.pipe()
        self._number = os.fork()
        if not self._number:
            os.close(self._tells)
            signal.alarm(_LIVES_SECONDS)
            try:
                if word := os.read(waits, 200).decode():
                    turn(word)
            finally:
                os._exit(0)
        os.close(waits)

    def takes_its_turn(self, word: str) -> bool:
        """This function will let it go, and say whether SIGKILL ended it."""
        os.write(self._tells, word.encode())
        os.close(self._tells)
        status = os.waitpid(self._number, 0)[1]
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _die(*_given: object, **_more: object) -> NoReturn:
    """Ends this very process, with nothing flushed, closed or said."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


def in_the_middle_of_an_effect(at: str) -> None:
    """This function will be killed when the entries are written and the letters are not drafted yet."""
    lifecycle_due._drafts = _die  # noqa: SLF001 - the moment it is killed
    lifecycle_due.apply_due(at=datetime.fromisoformat(at))


def before_the_hand_over(word: str) -> None:
    """This function will be killed when a letter is frozen and committed, before anybody spoke to the mail server."""
    delivering.deliver = _die
    _send(word)


def after_the_hand_over(word: str) -> None:
    """This function will be killed when the mail server has the letter, before anybody noted that."""
    delivering.record = _die
    _send(word)


def _send(word: str) -> None:
    at, settings.GROUNDRULES_MAIL = word.split()
    letters.send_due(at=datetime.fromisoformat(at))


def a_letter_and(
    doomed: Doomed, subject: str, client: books.Client, box: Letterbox, at: datetime
) -> dict[str, Any]:
    """This function will tell what becomes of a letter whose sender is killed, at once and in later turns."""
    ref = _leaving(client, subject, at)
    killed = doomed.takes_its_turn(f"{at.isoformat()} {box.url}")
    return {"killed": killed, "before": _way(ref), **_next_turns(ref, box, at)}


def _leaving(client: books.Client, subject: str, at: datetime) -> str:
    """A letter whose hold ends at `at`; its reference."""
    settings.GROUNDRULES_SEND_HOLD = 0
    words = LetterDraft(LetterKind.COPY, "Greenway", "Pat Owner", subject, (Paragraph("Hello."),))
    draft = letters.keep_draft(words, client=client, actor=ALEX, at=at)
    letters.approve(draft=draft, actor=KIM, at=at)
    letters.queue(draft=draft, actor=KIM, at=at)
    return draft.ref


def _next_turns(ref: str, box: Letterbox, at: datetime) -> dict[str, Any]:
    """How often the server has it after turns at once, an hour before (a clock set back), and much later."""
    for moment in (at + MINUTE, at - 60 * MINUTE, at + 11 * MINUTE, at + 24 * 60 * MINUTE):
        letters.send_due(at=moment)
        delivering.deliver_due(at=moment)
    subject = books.Letter.objects.get(ref=ref).subject.encode()
    got = sum(b"Subject: " + subject in content for _, _, content in box.taken)
    return {"got": got, "way": _way(ref)}


def _way(ref: str) -> list[str]:
    steps = books.Delivery.objects.filter(letter__ref=ref).order_by("number")
    return list(steps.values_list("kind", flat=True))
