"""Filing a mail: to the client it is about, as sealed evidence and a logged message; reports to the letters they name.

What waits for a person waits with the reason. Nothing here changes coverage, rates or conditions.
"""

from __future__ import annotations

from datetime import datetime

from groundrules.core.ids import AssetId, IncidentId, MessageId
from groundrules.core.mail import MailRead, Person, Trust
from groundrules.core.work import Channel, Message
from groundrules.records import models as books
from groundrules.records.models import IncomingMail, MailFiling
from groundrules.services import conversations
from groundrules.services.actor import ENGINE, Actor
from groundrules.services.mail_in.backup_reports import file_backup_report
from groundrules.services.mail_in.dispatch import Reply, hand_out
from groundrules.services.mail_in.evidence import keep_evidence
from groundrules.services.mail_in.placing import Place, place
from groundrules.services.mail_in.states import note_reply, note_reports
from groundrules.services.mail_in.steps import Step, write_step

_LONGEST = 20_000


def file_by_rule(mail: IncomingMail, *, at: datetime) -> MailFiling:
    """This function will file a mail where the books say it belongs, or let it wait for a person with the reason."""
    read = mail.to_core()
    if read is None:
        return write_step(mail, Step(MailFiling.WAITING, mail.problem), actor=ENGINE, at=at)
    twin = IncomingMail.objects.filter(message_id=mail.message_id, pk__lt=mail.pk).first()
    if twin is not None:
        return write_step(mail, Step(MailFiling.SAME, f"as {twin}"), actor=ENGINE, at=at)
    if read.reports:
        return _file_report(mail, read, at)
    reported = file_backup_report(mail, read, at)
    if reported is not None:
        return reported
    found = place(mail, read)
    waits = _why_it_waits(found)
    if waits:
        about = {"trust": found.sender.trust.value}
        return write_step(mail, Step(MailFiling.WAITING, waits, about), actor=ENGINE, at=at)
    return enter_mail(mail, read, found, actor=ENGINE, at=at)


def enter_mail(
    mail: IncomingMail, read: MailRead | None, found: Place, *, actor: Actor, at: datetime
) -> MailFiling:
    """This function will put a mail in the books of the client it was placed with, and hand it to who waits for it."""
    client = found.client
    assert client is not None  # noqa: S101 - whoever calls has placed it
    evidence = keep_evidence(mail, client, found.asset, actor=actor, at=at)
    message = message_of(mail, read, found)
    automatic = read is not None and read.automatic
    row = conversations.log(message, client=client, automatic=automatic, actor=actor, at=at)
    about = {
        "client": client,
        "letter": found.letter,
        "message": row,
        "evidence": evidence,
        "trust": found.sender.trust.value,
    }
    step = Step(MailFiling.FILED, f"{found.says}. {found.sender.sentence}", about)
    filed = write_step(mail, step, actor=actor, at=at)
    if read is not None and not automatic:
        note_reply(mail, found, at=at)
        hand_out(Reply(mail, read, found, row, at))
    return filed


def message_of(mail: IncomingMail, read: MailRead | None, found: Place) -> Message:
    """This function will say a mail as a logged message: at the instant our server got it, in its writer's words."""
    sender = found.sender
    words = (read.own_text or read.text) if read else f"(kept, and not readable: {mail.problem})"
    subject = f"{read.subject}\n\n" if read and read.subject else ""
    return Message(
        MessageId(str(mail)),
        mail.received_at,
        Channel.EMAIL,
        mail.sender or sender.name,
        f"{subject}{words}"[:_LONGEST],
        contact=sender.contact,
        vendor=sender.vendor,
        asset=AssetId(found.asset.code) if found.asset else None,
        inbound=sender.person is not Person.OURS,
        incident=IncidentId(found.incident) if found.incident else None,
    )


def _why_it_waits(found: Place) -> str:
    if found.sender.trust is Trust.CONTRADICTED:
        return f"{found.sender.sentence} Somebody should look at it before it is filed."
    return "" if found.client is not None else f"{found.says}; say whom it is about"


def _file_report(mail: IncomingMail, read: MailRead, at: datetime) -> MailFiling:
    """A report goes to its letter; one about a mail that is no letter is kept, and one that fits nobody waits."""
    told = note_reports(read.reports, mail, at=at)
    if told.letter is None:
        kind = MailFiling.WAITING if told.says else MailFiling.REPORT
        says = told.says or "a report about a mail that is no letter"
        return write_step(mail, Step(kind, says), actor=ENGINE, at=at)
    letter: books.Letter = told.letter
    evidence = keep_evidence(mail, letter.client, letter.asset, actor=ENGINE, at=at)
    about = {"client": letter.client, "letter": letter, "evidence": evidence}
    return write_step(mail, Step(MailFiling.REPORT, told.says, about), actor=ENGINE, at=at)
