"""A backup product's report that came by mail: taken by itself only when everything fits, else a person looks.

Who may report which backup is registered with its policy, never learnt from a mail. What is taken is on record as
reported, with this mail as its origin; in one transaction with the mail's own step, so a mail counts once or not yet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.backups import Origin, OriginKind
from groundrules.core.backups.mailed import (
    Envelope,
    MailedReport,
    Reportable,
    chosen,
    may_report,
    why_not_now,
    why_not_this_mail,
)
from groundrules.core.mail import Attached, MailRead, Sender, recognise
from groundrules.core.reasons import counted
from groundrules.readers.mail import AttachmentMissing
from groundrules.records.models import Asset, BackupPolicy, IncomingMail, MailFiling
from groundrules.services import backups
from groundrules.services.actor import ENGINE
from groundrules.services.coverage_states import state_of
from groundrules.services.evidence import EvidenceQuarantined, HostZoneUnknown
from groundrules.services.mail_in.evidence import keep_evidence
from groundrules.services.mail_in.keeping import attachment
from groundrules.services.mail_in.placing import known
from groundrules.services.mail_in.steps import Step, last_filing, write_step

LARGEST = 1024 * 1024
_RESTS = frozenset(
    one.value
    for one in (CoverageState.SUSPENDED, CoverageState.TERMINATED, CoverageState.NOT_IN_AGREEMENT)
)


class _Waits(Exception):
    """The report is not taken by itself; the message says why."""


@dataclass(frozen=True, slots=True)
class _Came:
    """A mail with its JSON files, whom it is taken to be from, and what that sender may report."""

    mail: IncomingMail
    read: MailRead
    files: list[Attached]
    sender: Sender
    may: dict[tuple[str, str, str], tuple[Reportable, Asset]]


def file_backup_report(mail: IncomingMail, read: MailRead, at: datetime) -> MailFiling | None:
    """This function will take the report in a mail, or let it wait with the reason.

    None for a mail without a JSON file, or from nobody who may report a backup: it goes the way of all mail.
    """
    files = [one for one in read.attachments if one.name.casefold().endswith(".json")]
    may = _reportable(read.sender) if files else {}
    if not may:
        return None
    came = _Came(mail, read, files, recognise(read, known(None)), may)
    try:
        with transaction.atomic():
            return _taken(came, at)
    except _Waits as why:
        says = (
            f"in the name of {read.sender}, who may report backups, and not taken by itself: {why}"
        )
        about = {"trust": came.sender.trust.value}
        return write_step(mail, Step(MailFiling.WAITING, says, about), actor=ENGINE, at=at)


def reports_waiting(asset: Asset) -> tuple[tuple[IncomingMail, str], ...]:
    """This function will list the mails that wait and are from who may report a backup of this server, and why."""
    rows = BackupPolicy.objects.current().filter(asset=asset, retired=False)
    policies = [one for one in (row.to_core() for row in rows) if one.reports_from]
    if not policies:
        return ()
    waiting = IncomingMail.objects.standing(MailFiling.WAITING).order_by("pk")
    mails = [one for one in waiting if any(may_report(p, one.sender) for p in policies)]
    steps = [(one, last_filing(one)) for one in mails]
    return tuple((one, last.says) for one, last in steps if last is not None)


def _reportable(sender: str) -> dict[tuple[str, str, str], tuple[Reportable, Asset]]:
    """The backups a sender may report, by client, server and name; asked for by the text of the policies."""
    if "@" not in sender:
        return {}
    texts = (json.dumps(one, ensure_ascii=False) for one in (sender, sender.rpartition("@")[2]))
    said = Q()
    for text in texts:
        said |= Q(payload__contains=f'"reports_from":{text}')
    rows = (
        BackupPolicy.objects.current().filter(said, retired=False).select_related("asset__client")
    )
    found: dict[tuple[str, str, str], tuple[Reportable, Asset]] = {}
    for row in rows.order_by("pk"):
        policy, code = row.to_core(), row.asset.client.code
        if may_report(policy, sender):
            found[code, row.asset.code, policy.name] = (Reportable(code, policy), row.asset)
    return found


def _taken(came: _Came, at: datetime) -> MailFiling:
    mail, sender = came.mail, came.sender
    _refuse_mail(mail, came.read, sender)
    content = _only_file(mail, came.files)
    report = _read(content, next(asset for _, asset in came.may.values()), at)
    found, why = chosen(report, (one for one, _ in came.may.values()))
    why = why or why_not_now(report, mail.received_at)
    if found is None or why:
        raise _Waits(why)
    policy = found.policy
    _, asset = came.may[found.client, str(policy.asset), policy.name]
    _refuse_server(asset, mail.received_at)
    origin = Origin(OriginKind.MAIL, came.read.sender, policy.product, str(mail), sender.trust)
    taken = _put(content, came.files[0].name, asset, origin, at)
    evidence = keep_evidence(mail, asset.client, asset, actor=ENGINE, at=at)
    new = counted(taken.new, "new entry", "new entries") if taken.new else "nothing new"
    says = f"{new} of backup {policy.name} of {asset.code}, {origin.words}"
    about = {"client": asset.client, "evidence": evidence, "trust": sender.trust.value}
    return write_step(mail, Step(MailFiling.REPORT, says, about), actor=ENGINE, at=at)


def _put(content: bytes, name: str, asset: Asset, origin: Origin, at: datetime) -> backups.Taken:
    try:
        taken = backups.take(content, name, asset, actor=ENGINE, at=at, origin=origin)
    except (backups.NotABackupReport, EvidenceQuarantined, HostZoneUnknown) as unfit:
        raise _Waits(str(unfit)) from unfit
    if taken.differing:
        differing = counted(taken.differing, "entry", "entries")
        message = f"{differing} of it say otherwise than what is on record"
        raise _Waits(message)
    return taken


def _refuse_mail(mail: IncomingMail, read: MailRead, sender: Sender) -> None:
    """The mail server's own results are believed only on mail we fetched from it: a file can say anything."""
    if not mail.uid:
        message = "it was handed in as a file and not fetched from the mailbox"
        raise _Waits(message)
    if mail.problem:
        raise _Waits(mail.problem)
    envelope = Envelope(
        read.sender, sender.trust, sender.sentence, read.written_at, mail.received_at
    )
    why = why_not_this_mail(envelope)
    if why:
        raise _Waits(why)


def _only_file(mail: IncomingMail, files: list[Attached]) -> bytes:
    if len(files) != 1:
        message = f"it has {len(files)} JSON files, and a report is one"
        raise _Waits(message)
    if files[0].length > LARGEST:
        message = f"its file has {files[0].length} bytes, more than {LARGEST}"
        raise _Waits(message)
    try:
        return attachment(mail, files[0].number).content
    except AttachmentMissing as missing:
        raise _Waits(str(missing)) from missing


def _read(content: bytes, asset: Asset, at: datetime) -> MailedReport:
    """Read for any server the sender may report: whose it is stands in the report, and is judged then."""
    found = backups.read_unfiled(content, asset, at)
    damaged = tuple(f"{one.where}: {one.problem}" for one in found.damaged)
    if not found.entries and not damaged:
        damaged = ("it has no entry",)
    return MailedReport(found.product, found.client, found.server, found.entries, damaged)


def _refuse_server(asset: Asset, at: datetime) -> None:
    state = state_of(asset, at)
    if state is not None and state.state in _RESTS:
        message = f"{asset.code} is {state.label.lower()} since {state.since:%Y-%m-%d}"
        raise _Waits(message)
