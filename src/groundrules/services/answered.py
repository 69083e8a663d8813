"""A request under an idempotency key is carried out once, however often it is sent.

The answer is written in the transaction of the act itself, so after a crash either both are there or neither is. Two
that arrive at once meet at the key's row: the second waits, and is given the first one's answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from groundrules.records.models import AnsweredRequest, ApiToken

# A program that has not asked again within a month will not.
KEPT_FOR = timedelta(days=30)


class KeyReused(ValueError):
    """The idempotency key was used for another request before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks under which key; the fingerprint tells one request from another."""

    token: ApiToken
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, now or then."""

    status: int
    body: str
    etag: str = ""
    was_known: bool = False


def once(asked: Asked, act: Callable[[], Answer], *, at: datetime) -> Answer:
    """This function will act and keep the answer, or return the one that was given before; raises KeyReused.

    What `act` raises undoes everything, the key too: nothing happened, so asking again is right.
    """
    with transaction.atomic():
        row = _claimed(asked, at)
        if row is None:
            return _given(asked)
        answer = act()
        row.status, row.body, row.etag = answer.status, answer.body, answer.etag
        row.save(update_fields=["status", "body", "etag"])
    return answer


def _claimed(asked: Asked, at: datetime) -> AnsweredRequest | None:
    """The key's row, made now; None where it is there already. Whoever makes it at the same time is waited for."""
    if _known(asked) is not None:
        return None
    try:
        with transaction.atomic():
            return AnsweredRequest.objects.create(
                token=asked.token,
                key=asked.key,
                fingerprint=asked.fingerprint,
                answered_at=at,
                status=0,
                body="",
            )
    except IntegrityError:
        return None


def _known(asked: Asked) -> AnsweredRequest | None:
    return AnsweredRequest.objects.filter(token=asked.token, key=asked.key).first()


def _given(asked: Asked) -> Answer:
    row = _known(asked)
    if row is None or row.fingerprint != asked.fingerprint:
        message = (
            f"the idempotency key {asked.key} was used for another request; use a new one for this"
        )
        raise KeyReused(message)
    return Answer(row.status, row.body, row.etag, was_known=True)


def forget_old(at: datetime) -> int:
    """This function will forget answers that nobody asks for any more, and return how many."""
    return AnsweredRequest.objects.filter(answered_at__lt=at - KEPT_FOR).delete()[0]
