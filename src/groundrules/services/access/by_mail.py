"""A request decided by a reply to the mail that asked for it: a word and the code that only our own people were mailed.

The code is computed from the request as it stands, so it ends with the decision, with another time, and with the
window. The vendor's person is never mailed it, and who asked can never approve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare

from groundrules.core.vendors import (
    ApprovalRefused,
    MailAnswer,
    MailWord,
    NotUnderstood,
    TimeUnreadable,
    answer_in,
    new_time,
    permitted,
)
from groundrules.records.models import AccessRequest, AccessWindow, AuditEntry, Client, Role, User
from groundrules.services import audit
from groundrules.services.access.deciding import (
    AlreadyDecided,
    Deciding,
    approve,
    change_time,
    deny,
)
from groundrules.services.access.telling import staff_page
from groundrules.services.actor import ENGINE, Actor, NotAllowed
from groundrules.services.digits import digits, in_halves
from groundrules.services.gate import (
    CertificateRefused,
    KeyMissing,
    NoAuthority,
    UnknownAccount,
    UserKeyUnusable,
)
from groundrules.services.outgoing import post

_TRIES = 5
_PAUSE = timedelta(hours=1)
_WRONG = "access.wrong_reply_code"
_REFUSALS = (
    *(AlreadyDecided, ApprovalRefused, CertificateRefused, KeyMissing, NoAuthority, NotAllowed),
    *(NotUnderstood, TimeUnreadable, UnknownAccount, UserKeyUnusable),
)


class AnswerNotTrusted(ValueError):
    """The reply comes from nobody who may decide, or too many wrong codes came from them; nothing was done."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a reply: the window it was about, whether it was done, and the sentence its writer was mailed."""

    client: Client
    window: str
    word: MailWord
    done: bool
    says: str


def reply_code(row: AccessWindow) -> str:
    """This function will return the code that decides a request as it stands now, as `4821-5530`."""
    said = f"{row.client_id}:{row.ref}:{row.pk}"
    return in_halves(digits("groundrules.access.reply", said, 8))


def how_to_reply(row: AccessWindow) -> str:
    """This function will say how to decide a request by reply. No line of it is itself a decision."""
    return (
        f"Or answer this mail. Its code is {reply_code(row)}. Write, as the first line, one of:\n"
        "  the word APPROVE, the code, and: with backup\n"
        "  the word DENY, the code, and why\n"
        f"  the word MOVE, the code, and when, as 2026-03-05 19:00-21:00 (in {row.client.zone})\n"
        'Behind "with backup" you may add ", both" to allow another window beside it, and last ", emergency:" with '
        "its reason. Anything else is not guessed at: you are asked."
    )


def answer_request_by_mail(sender: str, own_text: str, *, at: datetime) -> Answered | None:
    """This function will do what a reply decides about a waiting request, and mail its writer what came of it.

    `sender` is the address as far as the mail server's checks allow to believe it, `own_text` what the writer added
    above the quote. None when no line of it decides a request that waits: then the mail is somebody else's to read.
    Raises AnswerNotTrusted when the code is right and the sender is no owner or technician of ours, and whatever the
    code when too many wrong ones came in that name: eight digits must not be found by trying.
    """
    answer = answer_in(own_text)
    if answer is None:
        return None
    row = _waiting(answer, at)
    user = User.objects.filter(
        email=sender.strip().lower(), is_active=True, role__in=[Role.OWNER, Role.TECHNICIAN]
    ).first()
    if user is not None:
        _refuse_guessing(user, at)
    if row is None:
        _count_wrong(user, at)
        return None
    if user is None:
        message = f"{sender} may not decide {row.ref}; nothing was done"
        raise AnswerNotTrusted(message)
    done, says = _try(row, answer, Actor.of(user), at)
    text = f"{says}\n\n{staff_page(row)}"
    post(f"{row.ref}-replied", user.email, f"{row.ref}: {says.splitlines()[0]}", text, at)
    return Answered(row.client, row.ref, answer.word, done, says)


def _refuse_guessing(user: User, at: datetime) -> None:
    if _wrong_codes(user, at) >= _TRIES:
        message = (
            f"{_TRIES} wrong codes came from {user.email} within the hour, so no mail in this name decides anything; "
            "decide on the request's page"
        )
        raise AnswerNotTrusted(message)


def _wrong_codes(user: User, at: datetime) -> int:
    rows = AuditEntry.objects.filter(verb=_WRONG, subject=f"user {user.pk}")
    return rows.filter(recorded_at__gt=at - _PAUSE).count()


def _count_wrong(user: User | None, at: datetime) -> None:
    """A stranger's guess decides nothing even when it is right, so only our own people's names are counted."""
    if user is None:
        return
    says = f"a reply from {user.email} holds a code that no waiting request has"
    audit.record(audit.Entry(_WRONG, f"user {user.pk}", says), actor=ENGINE, at=at)
    if _wrong_codes(user, at) == _TRIES:
        text = (
            f"{_TRIES} replies in your name held codes that no waiting request has. Until an hour has passed, no mail "
            "from your address decides anything: decide on the request's page. If you did not write them, "
            "somebody uses your address; tell your owner."
        )
        post(f"reply-codes-{user.pk}", user.email, "Replies with wrong codes", text, at)


def request_answered(own_text: str, at: datetime) -> AccessWindow | None:
    """This function will return the waiting request whose code stands in a reply, or None; it decides nothing."""
    answer = answer_in(own_text)
    return _waiting(answer, at) if answer else None


def _waiting(answer: MailAnswer, at: datetime) -> AccessWindow | None:
    """The undecided request whose code it is; an old one's code is nobody's."""
    asked = AccessRequest.objects.values_list("window", flat=True)
    rows = AccessWindow.objects.current().filter(ref__in=asked, ends_at__gt=at)
    for row in rows.select_related("client", "asset", "vendor").order_by("pk"):
        core = row.to_core()
        decided = core.approved_at or core.denied_at or core.ended_at
        if decided is None and constant_time_compare(reply_code(row).replace("-", ""), answer.code):
            return row
    return None


def _try(row: AccessWindow, answer: MailAnswer, actor: Actor, at: datetime) -> tuple[bool, str]:
    try:
        return True, _WORDS[answer.word](row, answer, actor, at)
    except _REFUSALS as refused:
        return False, f"Nothing was changed. {refused}"


def _approve(row: AccessWindow, answer: MailAnswer, actor: Actor, at: datetime) -> str:
    also = permitted(answer)
    said = Deciding(
        backup_confirmed=also.backup_confirmed,
        emergency=also.emergency is not None,
        reason=also.emergency or "",
        clash_accepted=also.clash_accepted,
    )
    _, found = approve(row.ref, said, client=row.client, actor=actor, at=at)
    due = f" The emergency is reviewed by {found.review_due}." if found.review_due else ""
    return f"{row.ref} is approved, and both are told.{due}"


def _deny(row: AccessWindow, answer: MailAnswer, actor: Actor, at: datetime) -> str:
    if not answer.rest:
        message = "Say why behind the code: who asked reads it."
        raise ApprovalRefused(message)
    deny(row.ref, answer.rest, client=row.client, actor=actor, at=at)
    return f"{row.ref} is denied, and who asked is told why."


def _move(row: AccessWindow, answer: MailAnswer, actor: Actor, at: datetime) -> str:
    period = new_time(answer, row.client.zone)
    moved = change_time(row.ref, period, client=row.client, actor=actor, at=at)
    return (
        f"{row.ref} has another time, and who asked is told. It still needs approval; the code for that is now "
        f"{reply_code(moved)}."
    )


_WORDS: dict[MailWord, Callable[[AccessWindow, MailAnswer, Actor, datetime], str]] = {
    MailWord.APPROVE: _approve,
    MailWord.DENY: _deny,
    MailWord.MOVE: _move,
}
