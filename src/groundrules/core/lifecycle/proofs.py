"""What ticks each kind of reinstatement condition from the record, and what is still missing, in words.

A proof must come from after the suspension began where the condition is an act (a new password, an inspection). A
change that the vendor made itself proves nothing about who holds the password now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from groundrules.core.agreements.terms import ConditionKind, ConditionTerms
from groundrules.core.attribution.answers import Attribution
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, HealthCheck, ItemKind
from groundrules.core.ids import AssetId, ConditionId, InvoiceId
from groundrules.core.lifecycle.answers import ConditionRecord, InvoiceStanding
from groundrules.core.parties import Account, PartyKind
from groundrules.core.periods import Period, utc
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import (
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyStep,
    RulesAcceptance,
    agency_period,
)
from groundrules.core.work import TimeEntry, WorkType

_LOGIN_KINDS = frozenset({ItemKind.ACCOUNT, ItemKind.DATABASE_LOGIN})
_PASSWORD_KINDS = frozenset({ItemKind.PASSWORD, ItemKind.DATABASE_LOGIN})
# Checks go on record at least hourly; of a time without any for longer, nobody knows that all was well.
_SEEN_AT_LEAST = timedelta(hours=2)
_ENDED = frozenset({LetterOfAgencyStep.REVOKED, LetterOfAgencyStep.SUPERSEDED})


@dataclass(frozen=True, slots=True)
class ConditionInputs:
    """Everything on record that may tick a condition. `suspended_from` is when the suspension took effect (UTC).

    `invoices` are those of the suspension period; `nothing_due` says when nothing of one is due, though it isn't paid
    (credited, or disputed and not answered); `due` holds agreed deadlines; `zone` is the site's IANA zone;
    `names` maps vendor ids to what people call them.
    """

    suspended_from: datetime
    zone: str
    letters_of_agency: tuple[LetterOfAgency, ...] = ()
    acceptances: tuple[RulesAcceptance, ...] = ()
    changes: tuple[Change, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    accounts: tuple[Account, ...] = ()
    invoices: tuple[InvoiceStanding, ...] = ()
    nothing_due: Mapping[InvoiceId, tuple[Period, ...]] = field(default_factory=dict)
    work: tuple[TimeEntry, ...] = ()
    health_checks: tuple[HealthCheck, ...] = ()
    records: tuple[ConditionRecord, ...] = ()
    due: Mapping[ConditionId, datetime] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One condition asked for one asset as of one instant."""

    asset: AssetId
    terms: ConditionTerms
    inputs: ConditionInputs
    at: datetime

    @property
    def vendor(self) -> str:
        """What people call the vendor the condition is about."""
        vendor = self.terms.vendor or ""
        return self.inputs.names.get(vendor, vendor)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the record says: `met_at` when it is proven; `begun` when something was done but it isn't enough."""

    met_at: datetime | None
    sentence: str
    facts: tuple[FactRef, ...] = ()
    begun: bool = False


def _letter_of_agency(q: Question) -> Proof:
    letters = [x for x in q.inputs.letters_of_agency if x.vendor == q.terms.vendor]
    proofs = [_one_letter(letter, q.at, q.inputs.zone) for letter in letters]
    met = [proof for proof in proofs if proof.met_at is not None]
    begun = [proof for proof in proofs if proof.begun]
    nothing = Proof(None, f"No signed letter of agency for {q.vendor} is on record.")
    return next(iter([*met, *begun]), nothing)


def _one_letter(letter: LetterOfAgency, at: datetime, zone: str) -> Proof:
    done = {step.step: utc(step.at) for step in letter.steps if utc(step.at) <= at}
    fact = (FactRef("letter_of_agency", letter.id),)
    if _ENDED & done.keys():
        return Proof(
            None, f"Letter of agency {letter.id} was revoked or replaced.", fact, begun=True
        )
    missing = [
        step.value
        for step in (LetterOfAgencyStep.SIGNED, LetterOfAgencyStep.ACKNOWLEDGED)
        if step not in done
    ]
    if missing:
        said = f"Letter of agency {letter.id} is not yet {' and not yet '.join(missing)}."
        return Proof(None, said, fact, begun=bool(done))
    met_at = max(done[LetterOfAgencyStep.SIGNED], done[LetterOfAgencyStep.ACKNOWLEDGED])
    span = agency_period(_delivered_by(letter, done[LetterOfAgencyStep.ACKNOWLEDGED]), zone)
    if span is None:
        file = letter.file_name or "none"
        said = (
            f"Letter of agency {letter.id} has no final signed file on record ({file}); send a PDF."
        )
        return Proof(None, said, fact, begun=True)
    if span.end is not None and span.end <= at:
        return Proof(None, f"Letter of agency {letter.id} has expired.", fact, begun=True)
    return Proof(met_at, f"Letter of agency {letter.id} is signed and acknowledged.", fact)


def _delivered_by(letter: LetterOfAgency, acknowledged_at: datetime) -> LetterOfAgency:
    """Who acknowledges a letter has it, so it was delivered then at the latest."""
    delivered = DatedStep(LetterOfAgencyStep.DELIVERED, acknowledged_at)
    return replace(letter, steps=(*letter.steps, delivered))


def _rules_accepted(q: Question) -> Proof:
    wanted = q.terms.rules_version
    own = [a for a in q.inputs.acceptances if a.vendor == q.terms.vendor and utc(a.at) <= q.at]
    enough = sorted((a for a in own if a.version >= wanted), key=lambda a: utc(a.at))
    if enough:
        first = enough[0]
        said = f"{first.accepted_by} accepted version {first.version} of the rules of engagement."
        return Proof(
            utc(first.at), said, (FactRef("rules_acceptance", f"{first.vendor}/{first.version}"),)
        )
    older = f" (only version {max(a.version for a in own)})" if own else ""
    said = f"{q.vendor} has not accepted version {wanted} of the rules of engagement{older}."
    return Proof(None, said, begun=bool(own))


def _made_by_a_vendor(change: Change, attributions: Iterable[Attribution]) -> bool:
    return any(
        a.change == change.id and a.names_party and a.party and a.party.kind is PartyKind.VENDOR
        for a in attributions
    )


def _changes_on(q: Question, kinds: frozenset[ItemKind], action: Action) -> list[Change]:
    """The changes seen by `at`, oldest first, that vendors did not make themselves."""
    found = [
        c
        for c in q.inputs.changes
        if c.asset == q.asset
        and c.kind in kinds
        and c.action is action
        and c.interval.not_after <= q.at
        and not _made_by_a_vendor(c, q.inputs.attributions)
    ]
    return sorted(found, key=lambda c: (c.interval.not_after, c.id))


def _fact(change: Change) -> tuple[FactRef, ...]:
    return (FactRef("change", change.id, change.sentence),)


def _password_rotated(q: Question) -> Proof:
    name = q.terms.component
    seen = [c for c in _changes_on(q, _PASSWORD_KINDS, Action.ALTERED) if _same(c.component, name)]
    after = [c for c in seen if c.interval.not_before >= utc(q.inputs.suspended_from)]
    if after:
        said = f"The {name} password was changed after the suspension began ({after[0].id})."
        return Proof(after[0].interval.not_after, said, _fact(after[0]))
    unsure = [c for c in seen if c.interval.not_after > utc(q.inputs.suspended_from)]
    if unsure:
        said = f"The {name} password was changed, but perhaps before the suspension began ({unsure[-1].id})."
        return Proof(None, said, _fact(unsure[-1]), begun=True)
    return Proof(None, f"The {name} password has not been changed since the suspension began.")


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _named_login_issued(q: Question) -> Proof:
    since = utc(q.inputs.suspended_from)
    for change in _changes_on(q, _LOGIN_KINDS, Action.ADDED):
        if change.interval.not_before >= since and _is_named_login(change, q):
            said = f"Named login {change.component} was issued ({change.id})."
            return Proof(change.interval.not_after, said, _fact(change))
    whom = q.terms.component or f"a person at {q.vendor}"
    return Proof(
        None, f"No login of its own has been issued for {whom} since the suspension began."
    )


def _is_named_login(change: Change, q: Question) -> bool:
    """Either the agreement names the login, or it must belong to the vendor and be shared by nobody."""
    if q.terms.component:
        return _same(change.component, q.terms.component)
    return any(
        a.names(change.component, q.asset, change.interval.not_after)
        and not a.shared
        and a.party.kind is PartyKind.VENDOR
        and a.party.id == q.terms.vendor
        for a in q.inputs.accounts
    )


def _invoices_paid(q: Question) -> Proof:
    issued = [i for i in q.inputs.invoices if utc(i.issued_at) <= q.at]
    if not issued:
        return Proof(None, "No invoice for the suspension period is on record yet.")
    facts = tuple(FactRef("invoice", i.invoice) for i in issued)
    settled = {i.invoice: _settled_at(i, q) for i in issued}
    owed = [invoice for invoice, at in settled.items() if at is None]
    if owed:
        said = f"Invoices for the suspension period are still open: {', '.join(owed)}."
        return Proof(None, said, facts, begun=len(owed) < len(issued))
    relieved = [i.invoice for i in issued if not _is_paid(i, q.at)]
    said = "Every invoice for the suspension period is paid."
    if relieved:
        said = f"No invoice for the suspension period is due; credited or disputed: {', '.join(relieved)}."
    return Proof(max(at for at in settled.values() if at is not None), said, facts)


def _is_paid(invoice: InvoiceStanding, at: datetime) -> bool:
    return invoice.paid_at is not None and utc(invoice.paid_at) <= at


def _settled_at(invoice: InvoiceStanding, q: Question) -> datetime | None:
    """Since when nothing of an invoice is due as of the question, or None while something is."""
    if invoice.paid_at is not None and _is_paid(invoice, q.at):
        return utc(invoice.paid_at)
    periods = q.inputs.nothing_due.get(invoice.invoice, ())
    return next((p.start for p in periods if p.contains(q.at)), None)


def _inspection(q: Question) -> Proof:
    since = utc(q.inputs.suspended_from)
    done = [e for e in q.inputs.work if _is_inspection(e, q.asset, since, q.at)]
    facts = tuple(FactRef("time_entry", e.id) for e in done)
    minutes = sum(e.period.seconds for e in done) // 60
    if not done or minutes < q.terms.minutes:
        said = f"{minutes} of {q.terms.minutes} min of inspection are on record."
        return Proof(None, said, facts, begun=bool(done))
    met_at = max(e.period.end for e in done if e.period.end is not None)
    return Proof(met_at, f"The inspection is done: {minutes} min.", facts)


def _is_inspection(entry: TimeEntry, asset: AssetId, since: datetime, at: datetime) -> bool:
    right = entry.asset == asset and entry.work_type is WorkType.INSPECTION
    end = entry.period.end
    return right and entry.period.start >= since and end is not None and end <= at


def _component_restored(q: Question) -> Proof:
    seen = [
        c
        for c in q.inputs.changes
        if c.asset == q.asset
        and _same(c.component, q.terms.component)
        and c.interval.not_after <= q.at
    ]
    last = max(seen, key=lambda c: (c.interval.not_after, c.id), default=None)
    if last is None or last.action is Action.REMOVED:
        facts = _fact(last) if last else ()
        return Proof(None, f"{q.terms.component} has not been put back.", facts)
    return Proof(
        last.interval.not_after, f"{q.terms.component} is back in place ({last.id}).", _fact(last)
    )


def _application_healthy(q: Question) -> Proof:
    name, hours = q.terms.component, q.terms.hours
    checks = sorted(
        (c for c in q.inputs.health_checks if c.application == name and utc(c.at) <= q.at),
        key=lambda c: utc(c.at),
    )
    run = _healthy_run(checks, max(_SEEN_AT_LEAST, timedelta(hours=hours) / 2))
    if not run:
        return Proof(None, f"{name} has not passed its checks for {hours} h in a row yet.")
    facts = (FactRef("health_check", run[0].id), FactRef("health_check", run[-1].id))
    reached = utc(run[0].at) + timedelta(hours=hours)
    proof = next((c for c in run if utc(c.at) >= reached), None)
    if proof is None:
        return Proof(
            None,
            f"{name} has passed its checks, but not yet for {hours} h in a row.",
            facts,
            begun=True,
        )
    return Proof(utc(proof.at), f"{name} has passed its checks for {hours} h in a row.", facts)


def _healthy_run(checks: list[HealthCheck], longest: timedelta) -> list[HealthCheck]:
    """The unbroken healthy checks at the end of the record; a time when nobody looked begins the run anew."""
    run: list[HealthCheck] = []
    for check in checks:
        if run and utc(check.at) - utc(run[-1].at) > longest:
            run = []
        run = [*run, check] if check.healthy else []
    return run


def _by_record_only(_question: Question) -> Proof:
    return Proof(None, "Nothing is on record for it yet.")


PROOFS: dict[ConditionKind, Callable[[Question], Proof]] = {
    ConditionKind.LETTER_OF_AGENCY: _letter_of_agency,
    ConditionKind.RULES_ACCEPTED: _rules_accepted,
    ConditionKind.PASSWORD_ROTATED: _password_rotated,
    ConditionKind.NAMED_LOGIN_ISSUED: _named_login_issued,
    ConditionKind.INVOICES_PAID: _invoices_paid,
    ConditionKind.INSPECTION: _inspection,
    ConditionKind.FEE: _by_record_only,
    ConditionKind.COMPONENT_RESTORED: _component_restored,
    ConditionKind.APPLICATION_HEALTHY: _application_healthy,
    ConditionKind.OTHER: _by_record_only,
}
