"""Every name used in a case file must be defined in it: vendors, assets, people, clauses, sessions and the rest.

What an identifier names is its type, so each new field of the core is checked from its first day.
"""

from __future__ import annotations

import re

from groundrules.core.agreements.table import BackdatedVersion, NotPublishable, check_publishable
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.disputes import DisputeSubject
from groundrules.core.parties import PartyKind
from groundrules.readers.case_file.instants import known_zone
from groundrules.readers.case_file.model import CaseFile
from groundrules.readers.case_file.model_truth import TrueCauseKind
from groundrules.readers.case_file.places import nearest
from groundrules.readers.case_file.reading import Reading, noun_of

# Names that nothing in a case file defines: raw evidence and components are named by what was seen on a host,
# documents and decisions get their numbers when they are issued.
_FREE = frozenset(
    {
        "ComponentId",
        "EvidenceId",
        "LetterId",
        "InvoiceId",
        "DecisionId",
        "ChargeId",
        "SiteId",
        "GapId",
    }
)
# Evidence files bring sessions and changes of their own; what a case says of them is compared, not looked up.
_FOUND_IN_EVIDENCE = frozenset({"ChangeId", "SessionId"})
_DISPUTED = {
    DisputeSubject.CHANGE: "ChangeId",
    DisputeSubject.LOGIN: "SessionId",
    DisputeSubject.SCORE: "VendorId",
}
_CLAUSE = re.compile(r"(?:Clause |[A-Z][a-z ]*\(clause )(?P<number>[^\s(:)]+)")
_PARTY_WORDS = tuple(kind.value for kind in PartyKind if kind is not PartyKind.VENDOR)


def check_agreement(agreement: Agreement, case: CaseFile, reading: Reading) -> None:
    """This function will note every version that could not be published: a gap, a conflict, a date behind itself."""
    previous: AgreementVersion | None = None
    for version, written in zip(agreement.versions, case.agreement.versions, strict=True):
        try:
            check_publishable(version, previous, version.signed_at)
        except (NotPublishable, BackdatedVersion) as refusal:
            reading.note(reading.place_of(written), str(refusal))
        previous = version


def check_references(case: CaseFile, reading: Reading) -> None:
    """This function will note a problem for every name that is used and not defined."""
    free = _FREE | (_FOUND_IN_EVIDENCE if case.evidence else frozenset())
    for kind, name, place in reading.used:
        known = _known(kind, reading)
        if kind not in free and name not in known:
            hint = nearest(name, known) or f" Known: {', '.join(known) or 'none'}."
            reading.note(place, f'there is no {noun_of(kind)} "{name}" in this case.{hint}')


def _known(kind: str, reading: Reading) -> tuple[str, ...]:
    if kind == "PartyName":
        return (*_PARTY_WORDS, *reading.defined.get("VendorId", {}))
    if kind == "Whose":
        return ("nobody", *_known("PartyName", reading))
    return tuple(reading.defined.get(kind, {}))


def check_accounts(case: CaseFile, reading: Reading) -> None:
    """This function will note every vendor that has no account, because nothing it does could ever be recognised."""
    owners = {str(account.party) for account in case.accounts}
    for vendor in case.vendors:
        if vendor.id not in owners and not vendor.has_no_account:
            reading.note(
                reading.place_of(vendor),
                f'vendor "{vendor.id}" ({vendor.name}) has no account, so nothing it does could be recognised; '
                f"add an entry under `accounts` with `party: {vendor.id}`, or write `has_no_account: yes` here",
            )


def check_runs(case: CaseFile, reading: Reading) -> None:
    """This function will note changes that name a run of our own which is not listed."""
    runs = tuple(run.id for run in case.own_runs)
    for change in case.changes:
        if change.run and change.run not in runs:
            hint = nearest(change.run, runs) or f" Known: {', '.join(runs) or 'none'}."
            reading.note(
                reading.place_of(change), f'there is no own run "{change.run}" in this case.{hint}'
            )


def check_work(case: CaseFile, reading: Reading) -> None:
    """This function will note work without an end: nobody can price it."""
    for entry in case.work:
        if entry.period.end is None:
            reading.note(reading.place_of(entry), f'work "{entry.id}" needs `to`: when it ended')


def check_version(case: CaseFile, reading: Reading) -> None:
    """This function will note agreement versions that share a number."""
    seen: set[int] = set()
    for version in case.agreement.versions:
        if version.version in seen:
            reading.note(
                reading.place_of(version),
                f"version {version.version} of the agreement stands here twice",
            )
        seen.add(version.version)


def check_expectations(case: CaseFile, reading: Reading) -> None:
    """This function will note expectations that nothing is compared with: no instant is asked about."""
    if case.expect is not None and case.at is None:
        reading.note(
            reading.place_of(case.expect),
            "`expect` needs `at`: the instant the answers are expected for",
        )


def check_truth(case: CaseFile, reading: Reading) -> None:
    """This function will note truths that contradict themselves: changes that did it, and a cause that is no change."""
    seen: set[str] = set()
    for stated in case.truth:
        place = reading.place_of(stated)
        if stated.incident in seen:
            reading.note(place, f'the truth of incident "{stated.incident}" stands here twice')
        seen.add(stated.incident)
        if (stated.kind is TrueCauseKind.CHANGE) is not bool(stated.changes):
            says = (
                "`kind: change` lists the recorded `changes` that did it, and no other kind does; "
                "for one that no record shows write `kind: unrecorded change`"
            )
            reading.note(place, says)


def check_disputes(case: CaseFile, reading: Reading) -> None:
    """This function will note disputes of what is not in the case, and answers from before the question.

    Lines and decisions get their numbers when they are issued, so their names are free.
    """
    for dispute in case.disputes:
        place = reading.place_of(dispute)
        kind = _DISPUTED.get(dispute.subject)
        known = _known(kind, reading) if kind else ()
        is_free = kind is None or (case.evidence and kind in _FOUND_IN_EVIDENCE)
        if kind is not None and not is_free and dispute.ref not in known:
            hint = nearest(dispute.ref, known) or f" Known: {', '.join(known) or 'none'}."
            reading.note(place, f'there is no {noun_of(kind)} "{dispute.ref}" in this case.{hint}')
        if dispute.answer is not None and dispute.answer.at < dispute.at:
            reading.note(place, f"{dispute.id} is answered before it was raised")


def check_zones(case: CaseFile, reading: Reading) -> None:
    """This function will note zones that are not in the IANA database."""
    named: list[tuple[object, str]] = [
        (case.client, case.client.zone),
        (case.provider, case.provider.zone),
        *((vendor, vendor.zone) for vendor in case.vendors),
        *((v.calendar, v.calendar.zone) for v in case.agreement.versions if v.calendar),
    ]
    for record, zone in named:
        if zone and not known_zone(zone):
            reading.note(
                reading.place_of(record),
                f'"{zone}" is not a time zone; write an IANA name such as America/Los_Angeles',
            )


def define_clauses_of_sentences(case: CaseFile, reading: Reading) -> None:
    """This function will note the clause numbers that sentences define, so that the rest of the file may name them."""
    for version in case.agreement.versions:
        for sentence in version.sentences:
            found = _CLAUSE.match(sentence.strip())
            if found:
                reading.define("ClauseNumber", found["number"], reading.place_of(version))


def check_everything(case: CaseFile, reading: Reading) -> None:
    """This function will note everything that is readable and yet cannot be true."""
    define_clauses_of_sentences(case, reading)
    check_references(case, reading)
    check_accounts(case, reading)
    check_runs(case, reading)
    check_work(case, reading)
    check_version(case, reading)
    check_zones(case, reading)
    check_expectations(case, reading)
    check_truth(case, reading)
    check_disputes(case, reading)
