"""What mail tells about letters that were sent: delivered, returned, read, replied. Each is a new step of its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from groundrules.core.mail import Fate, FateReport
from groundrules.core.parties import Authority
from groundrules.core.periods import utc
from groundrules.records.models import Delivery, IncomingMail, Letter
from groundrules.services import delivering
from groundrules.services.actor import ENGINE
from groundrules.services.delivering import Told
from groundrules.services.mail_in.placing import Place, letters_named, recipients_of

_KINDS: Mapping[Fate, str] = {
    Fate.DELIVERED: Delivery.DELIVERED,
    Fate.READ: Delivery.READ,
    Fate.BOUNCED: Delivery.BOUNCED,
}


@dataclass(frozen=True, slots=True)
class Noted:
    """What a report came to: the letter it is about, and the sentence. Words without a letter need a person."""

    letter: Letter | None = None
    says: str = ""


def note_reports(reports: tuple[FateReport, ...], mail: IncomingMail, *, at: datetime) -> Noted:
    """This function will write what a report says about a letter, recipient by recipient."""
    letter = letters_named(report.about for report in reports if report.about)
    if letter is None:
        return Noted()
    strangers = [r.recipient for r in reports if r.recipient not in recipients_of(letter)]
    if strangers:
        return Noted(
            says=f"it reports about {', '.join(strangers)}, to whom {letter.ref} was not addressed"
        )
    said = [_note(letter, report, mail, at) for report in reports]
    return Noted(letter, "; ".join(said))


def note_reply(mail: IncomingMail, found: Place, *, at: datetime) -> None:
    """This function will note that a letter was answered by whom it was addressed to, or who may receive notice.

    An answer of somebody who only got a copy says nothing about the addressee.
    """
    letter = found.answers
    if letter is None:
        return
    contact = next(
        (c for c in letter.client.to_core().contacts if c.id == found.sender.contact), None
    )
    may = contact is not None and contact.may(Authority.RECEIVE_NOTICE, mail.received_at)
    if may or mail.sender == _address(letter):
        says = f"by {found.sender.name}, {mail} ({found.sender.trust.strength})"
        _step(letter, Delivery.REPLIED, says, mail.received_at, at)


def _note(letter: Letter, report: FateReport, mail: IncomingMail, at: datetime) -> str:
    kind = _KINDS.get(report.fate)
    says = f"{report.recipient}: {report.says or report.fate.value}"
    if kind is None:
        return says
    if report.recipient != _address(letter):
        kind = Delivery.COPY_BOUNCED if kind == Delivery.BOUNCED else None
    if kind is not None:
        happened = utc(report.at) if report.at else mail.received_at
        _step(letter, kind, f"{says} ({mail})", happened, at)
    return says


def _step(letter: Letter, kind: str, says: str, happened: datetime, at: datetime) -> None:
    last = delivering.last_of(letter)
    delivering.report(letter, Told(kind, says, happened), actor=ENGINE, at=at)
    if last is not None and last.kind in Delivery.UNFINISHED:
        # A report about an earlier attempt must not stop the one that is due.
        delivering.record(letter, last.kind, "goes on", actor=ENGINE, at=at)


def _address(letter: Letter) -> str:
    return parseaddr(letter.to)[1].casefold()
