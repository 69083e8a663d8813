"""The facts one coverage decision looks at: the entry, the server's states, what caused the work and who asked for it.

Each fact carries the sentence a client reads and the records behind it. The builders never make a fact stronger than
its evidence: an undetermined permission is unknown, and an unauthorised request stays one until it is ratified in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.agreements.facts import Asked, Severity, StateSpan, Stems, WorkCause
from groundrules.core.agreements.matching import CAUSES_BY_CHANGE, CauseEvidence
from groundrules.core.agreements.terms import RatificationTerms
from groundrules.core.attribution.answers import Attribution
from groundrules.core.calendars import Calendar, at_local, zone_label
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict, Incident
from groundrules.core.ids import ChangeId, ContactId, RequestId, VendorId
from groundrules.core.parties import Authority, Contact, Party, PartyKind, Technician
from groundrules.core.periods import Period, local_date, utc
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import Permission
from groundrules.core.work import Ratification, Request, TimeEntry, WorkPlace


@dataclass(frozen=True, slots=True)
class CauseFact:
    """What made the work necessary. `established` only when recorded or matched evidence says so."""

    cause: WorkCause
    changes: tuple[ChangeId, ...] = ()
    vendor: VendorId | None = None
    sentence: str = ""
    facts: tuple[FactRef, ...] = ()
    established: bool = False


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """Who had asked for the work during a period, and whether they could."""

    period: Period
    asked: Asked
    request: RequestId | None = None
    sentence: str = ""
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class SeverityFact:
    """How severe the fault behind the work is, and why we say so."""

    severity: Severity = Severity.NONE
    sentence: str = "No incident with a priority is behind this work."
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class StemsFact:
    """Whether the work stems from our own work in business hours, and why we say so."""

    stems: Stems = Stems.ELSEWHERE
    sentence: str = "It is not established that our own work in business hours made this necessary."
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """Everything known about one time entry. Time outside `asked` was asked for by nobody.

    `asked_at` is when work that had not begun yet was asked for; None where nobody asked, or it went on already.
    `states` are the spans of the entry's own asset; a listed asset without a span at an instant counts as covered.
    """

    entry: TimeEntry
    technician: Technician
    states: tuple[StateSpan, ...]
    cause: CauseFact
    asked: tuple[AskedSpan, ...] = ()
    severity: SeverityFact = field(default=SeverityFact())
    stems: StemsFact = field(default=StemsFact())
    asked_at: datetime | None = None

    @property
    def place(self) -> WorkPlace:
        """Where the work was done, as the entry says."""
        return self.entry.place


ROUTINE = CauseFact(WorkCause.ROUTINE, sentence="It was routine work.", established=True)
_VENDOR_CAUSES = {
    Permission.INSIDE: WorkCause.VENDOR_APPROVED_CHANGE,
    Permission.OUTSIDE: WorkCause.VENDOR_UNAPPROVED_CHANGE,
}
_OTHER_CAUSES = {
    PartyKind.PROVIDER: WorkCause.PROVIDER_CHANGE,
    PartyKind.CLIENT: WorkCause.CLIENT_CHANGE,
    # A consultant acts for the client, so the client answers for the change.
    PartyKind.CONSULTANT: WorkCause.CLIENT_CHANGE,
}
_PERMITTED = {
    Permission.INSIDE: "inside what had been approved",
    Permission.OUTSIDE: "outside what had been approved",
    Permission.UNDETERMINED: "and whether it had been approved is undetermined",
}


def evidence_of(cause: CauseFact) -> CauseEvidence:
    """This function will say what is on record about a cause: a change, and whose it was."""
    actor = cause.established and cause.cause in CAUSES_BY_CHANGE
    return CauseEvidence(change=bool(cause.changes), actor=actor)


def cause_fact(
    incident: Incident | None,
    answer: CauseAnswer | None,
    attributions: Mapping[ChangeId, Attribution],
) -> CauseFact:
    """This function will say what made work necessary, never more than is established.

    No incident is routine work. Hardware needs the maker's own signal. A party's change needs a likely or proven cause
    whose attribution names the party; a vendor's also a determined permission. Anything weaker is unknown.
    """
    if incident is None:
        return ROUTINE
    hardware = incident.hardware or (answer.hardware if answer else "")
    opened = (FactRef("incident", incident.id, incident.title),)
    if hardware:
        sentence = f"{incident.title}: the hardware itself failed ({hardware})."
        return CauseFact(WorkCause.HARDWARE, (), None, sentence, opened, established=True)
    if answer is None or answer.verdict not in {
        CauseVerdict.LIKELY_CHANGE,
        CauseVerdict.PROVEN_CHANGE,
    }:
        sentence = f"{incident.title}: no change is established as its cause."
        return CauseFact(WorkCause.UNKNOWN, (), None, sentence, opened)
    return _from_changes(incident, answer, attributions)


def _from_changes(
    incident: Incident, answer: CauseAnswer, attributions: Mapping[ChangeId, Attribution]
) -> CauseFact:
    found = {change: attributions.get(change) for change in answer.changes}
    readings = {_reading(attribution) for attribution in found.values()}
    said = " ".join(_change_words(change, found[change]) for change in answer.changes)
    opened = FactRef("incident", incident.id, incident.title)
    facts = (opened, *(FactRef("change", change) for change in answer.changes))
    cause, vendor = readings.pop() if len(readings) == 1 else (WorkCause.UNKNOWN, None)
    sentence = f"{incident.title}: {answer.verdict.value}. {said}".strip()
    return CauseFact(
        cause, answer.changes, vendor, sentence, facts, established=cause is not WorkCause.UNKNOWN
    )


def _reading(attribution: Attribution | None) -> tuple[WorkCause, VendorId | None]:
    """The cause one attributed change amounts to, and the vendor whose it was."""
    if attribution is None or not attribution.names_party or attribution.party is None:
        return WorkCause.UNKNOWN, None
    party = attribution.party
    if party.kind is not PartyKind.VENDOR:
        return _OTHER_CAUSES.get(party.kind, WorkCause.UNKNOWN), None
    cause = _VENDOR_CAUSES.get(attribution.permission.permission, WorkCause.UNKNOWN)
    return cause, None if cause is WorkCause.UNKNOWN else VendorId(party.id)


def _party_words(party: Party) -> str:
    return party.name or (
        f"vendor {party.id}" if party.kind is PartyKind.VENDOR else f"the {party.kind.value}"
    )


def _change_words(change: ChangeId, attribution: Attribution | None) -> str:
    if attribution is None or not attribution.names_party or attribution.party is None:
        return f"Who made change {change} is not established."
    words = f"Change {change} is {attribution.strength.value} as made by {_party_words(attribution.party)}"
    if attribution.party.kind is PartyKind.VENDOR:
        words = f"{words}, {_PERMITTED[attribution.permission.permission]}"
    return f"{words}."


def asked_spans(  # the six facts the answer is made of
    request: Request | None,
    contacts: tuple[Contact, ...],
    ratification_terms: RatificationTerms | None,
    calendar: Calendar,
    entry: TimeEntry,
    at: datetime,
) -> tuple[AskedSpan, ...]:
    """This function will say who had asked for an entry's work, cut at the instant of the request, as known at `at`.

    Work before the request counts as asked for by nobody. A request by a contact without authority awaits ratification
    until its deadline (wall time on the nth business day of `calendar`); without ratification terms it never can be.
    """
    if request is None or utc(request.at) > utc(at):
        return (AskedSpan(entry.period, Asked.NOBODY, sentence="Nobody asked for this work."),)
    when = zone_label(request.at, calendar.zone)
    desk = _Desk(contacts, ratification_terms, calendar, utc(at))
    parts = entry.period.split_at((utc(request.at),))
    return tuple(
        desk.answer(request, part)
        if part.start >= utc(request.at)
        else AskedSpan(
            part,
            Asked.NOBODY,
            sentence=f"Nobody had asked for this work yet: the request came on {when}.",
            facts=(FactRef("request", request.id, request.says),),
        )
        for part in parts
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is known about who may ask and ratify, as of one instant."""

    contacts: tuple[Contact, ...]
    terms: RatificationTerms | None
    calendar: Calendar
    at: datetime

    def answer(self, request: Request, period: Period) -> AskedSpan:
        contact = self._contact(request.contact)
        if contact is not None and contact.may(Authority.REQUEST_AFTER_HOURS, utc(request.at)):
            sentence = (
                f"{contact.name}, an authorised contact, asked for it on "
                f'{self._when(request.at)}: "{request.says}".'
            )
            return AskedSpan(
                period, Asked.AUTHORISED, request.id, sentence, _request_facts(request)
            )
        asked, sentence = self._without_authority(request)
        known = self._known_ratification(request)
        facts = (*_request_facts(request), *_ratification_facts(known))
        return AskedSpan(period, asked, request.id, sentence, facts)

    def _contact(self, wanted: ContactId) -> Contact | None:
        return next((contact for contact in self.contacts if contact.id == wanted), None)

    def _name(self, wanted: ContactId) -> str:
        contact = self._contact(wanted)
        return contact.name if contact else f"{wanted} (not on record)"

    def _when(self, instant: datetime) -> str:
        return zone_label(instant, self.calendar.zone)

    def _known_ratification(self, request: Request) -> Ratification | None:
        given = request.ratification
        return given if given is not None and utc(given.at) <= self.at else None

    def _deadline(self, request: Request) -> datetime | None:
        if self.terms is None:
            return None
        asked_on = local_date(self.calendar.zone, request.at)
        day = self.calendar.next_business_day(asked_on, self.terms.business_days)
        return at_local(self.calendar, day, self.terms.by)

    def _without_authority(self, request: Request) -> tuple[Asked, str]:
        who = f"{self._name(request.contact)} is not an authorised contact"
        deadline = self._deadline(request)
        if deadline is None:
            return Asked.NOT_RATIFIED, f"{who}; the agreement has no ratification."
        ratification = self._known_ratification(request)
        refusal = self._refusal(ratification, deadline) if ratification else ""
        if ratification and not refusal:
            return Asked.AUTHORISED, self._ratified(request, ratification)
        if self.at <= deadline:
            who_can = f"{self._ratifiers()} can ratify until {self._when(deadline)}"
            return Asked.AWAITING_RATIFICATION, f"{who}; {refusal}{who_can}."
        until = self._when(deadline)
        said = refusal or f"nobody ratified the request by {until}; "
        return Asked.NOT_RATIFIED, f"{who}; {said}so it does not count as asked for."

    def _refusal(self, ratification: Ratification, deadline: datetime) -> str:
        contact = self._contact(ratification.contact)
        name, when = self._name(ratification.contact), self._when(ratification.at)
        if contact is None or not contact.may(Authority.RATIFY, utc(ratification.at)):
            return f"{name} approved it on {when} but may not ratify; "
        if utc(ratification.at) > deadline:
            return f"{name} ratified it on {when}, after the deadline of {self._when(deadline)}; "
        return ""

    def _ratified(self, request: Request, ratification: Ratification) -> str:
        return (
            f"{self._name(request.contact)} asked for it on {self._when(request.at)}, and "
            f"{self._name(ratification.contact)}, an authorised contact, ratified it on "
            f"{self._when(ratification.at)}."
        )

    def _ratifiers(self) -> str:
        able = [c.name for c in self.contacts if c.may(Authority.RATIFY, self.at)]
        return " or ".join(able) or "an authorised contact (none is on record)"


def _request_facts(request: Request) -> tuple[FactRef, ...]:
    asked = FactRef("request", request.id, request.says)
    who = FactRef("contact", request.contact)
    if request.message is None:
        return (asked, who)
    return (asked, FactRef("message", request.message, request.says), who)


def _ratification_facts(ratification: Ratification | None) -> tuple[FactRef, ...]:
    if ratification is None:
        return ()
    who = FactRef("contact", ratification.contact, "ratified")
    if ratification.message is None:
        return (who,)
    return (FactRef("message", ratification.message, "ratification"), who)
