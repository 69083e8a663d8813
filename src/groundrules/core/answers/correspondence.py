"""Every letter the facts call for at an instant, as drafts. Nothing is sent here; without facts there is no letter.

Who may be written to and what a letter may say is for `letters` and `lifecycle`; a refusal there means no letter here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from textwrap import shorten

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.model import Answers, MoneyAnswer, NoticeAnswer, VendorAnswer
from groundrules.core.answers.returning import off_since
from groundrules.core.answers.states import StatesAnswer, foreseen_notice, grouped
from groundrules.core.answers.vendor_care import invitation_of
from groundrules.core.attribution.answers import Attribution
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.conversations import authorised_contacts, reply_pack
from groundrules.core.explanation.answers import Explanation
from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import DocumentKind, InvoiceLine, LineKind
from groundrules.core.letters.answers import LetterDraft
from groundrules.core.letters.draft_cover import (
    ReturnBill,
    draft_reinstatement,
    draft_relationship_letter,
)
from groundrules.core.letters.draft_notice import SuspensionCase, draft_notice, draft_suspension
from groundrules.core.letters.draft_reply_pack import CostSoFar, PackContents
from groundrules.core.letters.draft_vendor import (
    Standing,
    VendorCase,
    draft_replacement,
    draft_right_of_reply,
    reply_by,
)
from groundrules.core.letters.draft_withdrawal import Refund, draft_withdrawal
from groundrules.core.letters.facts import Correspondence, Finding, Trouble, proven
from groundrules.core.letters.reader import language_for
from groundrules.core.lifecycle.answers import LifecycleEntry, ReinstatementAnswer
from groundrules.core.lifecycle.timeline import binding_version, voided_suspensions
from groundrules.core.money import total
from groundrules.core.parties import Authority, PartyKind
from groundrules.core.periods import Period, local_date, utc
from groundrules.core.reasons import FactRef
from groundrules.core.work import Message
from groundrules.core.world import ReplyInvitation, World

_OWNER = "owner"
_QUOTED = 300
_ONCE = frozenset({LineKind.INSPECTION, LineKind.REINSTATEMENT_FEE})


@dataclass(frozen=True, slots=True)
class Desk:
    """What letters are written from: the world as known, what was found, the states and the money."""

    at: datetime
    world: World
    attributions: tuple[Attribution, ...]
    causes: tuple[CauseAnswer, ...]
    explanations: tuple[Explanation, ...]
    states: StatesAnswer
    money: MoneyAnswer
    vendors: tuple[VendorAnswer, ...]

    def letter(self, to: str = "", cc: tuple[str, ...] = ()) -> Correspondence:
        """This function will say who writes to whom, by default to the client's authorised contact."""
        world = self.world
        reader = to or _addressee(world, self.at)
        return Correspondence(
            provider=world.provider,
            client=world.client,
            zone=world.client.zone,
            to=reader,
            signer=_signer(world),
            cc=cc,
            names={str(asset.id): asset.name for asset in world.assets},
            language=language_for(reader, world.client, world.vendors),
            texts=world.letter_texts,
        )

    def findings(self, asset: AssetId) -> tuple[Finding, ...]:
        """This function will pair each change on an asset with who made it."""
        made = {a.change: a for a in self.attributions}
        return tuple(Finding(c, made[c.id]) for c in self.world.changes if c.asset == asset)

    def troubles(self, asset: AssetId) -> tuple[Trouble, ...]:
        """This function will pair each incident on an asset with what is known of its cause."""
        known = {c.incident: c for c in self.causes}
        told = {e.incident: e for e in self.explanations}
        here = (i for i in self.world.incidents if i.asset == asset)
        return tuple(Trouble(i, known[i.id], told[i.id]) for i in here)


def desk_of(answers: Answers) -> Desk:
    """This function will put what was answered back on the desk, to write one letter more from it."""
    states = StatesAnswer(
        grouped(answers.states),
        answers.foreseen,
        answers.notices,
        answers.reinstatements,
        answers.refusals,
    )
    return Desk(
        at=answers.at,
        world=answers.world,
        attributions=answers.attributions,
        causes=answers.causes,
        explanations=answers.explanations,
        states=states,
        money=answers.money,
        vendors=answers.vendors,
    )


def letters_of(desk: Desk) -> tuple[LetterDraft, ...]:
    """This function will draft every letter the facts call for, in the order they would be written."""
    drafts: list[LetterDraft] = []
    for answer in desk.states.notices:
        drafts += _suspension(desk, answer)
    drafts += _possible_notices(desk)
    drafts += _withdrawals(desk)
    for back in desk.states.reinstatements:
        drafts += _reply(desk, back) if back.effective_at is None else _return(desk, back)
    for vendor in desk.vendors:
        drafts += _vendor(desk, vendor)
    return tuple(drafts)


def _addressee(world: World, at: datetime) -> str:
    able = [c for c in world.client.contacts if c.may(Authority.RECEIVE_NOTICE, utc(at))]
    return f"{able[0].name}, {world.client.name}" if able else world.client.name


def _signer(world: World) -> str:
    owner = next((t.name for t in world.technicians if t.role == _OWNER), "")
    return owner or world.provider.name


def _suspension(desk: Desk, answer: NoticeAnswer) -> list[LetterDraft]:
    """The suspension letter and its cover, from when a notice counts as received until the suspension begins."""
    effective_at = answer.arithmetic.effective_at
    if effective_at is not None and effective_at < desk.at:
        return []  # The time for this letter is over; the way back has its own.
    version = binding_version(desk.world.agreement, answer.notice.sent_at)
    case = _case(desk, answer, version)
    if case is None or effective_at is None:
        return []
    letter = desk.letter()
    draft = draft_suspension(case, answer.notice.id, answer.arithmetic, letter)
    return [draft_relationship_letter(answer.notice.asset, (draft,), letter), draft]


def _possible_notices(desk: Desk) -> list[LetterDraft]:
    """The notice that could be sent now, for each covered asset with something proven and no notice yet."""
    told = {answer.notice.asset for answer in desk.states.notices}
    version = binding_version(desk.world.agreement, desk.at)
    changed = {change.asset for change in desk.world.changes}
    standing = desk.states.by_asset
    drafts = []
    for asset in desk.world.assets:
        if asset.id in changed - told:
            answer = foreseen_notice(desk.world, asset.id, desk.attributions, standing, desk.at)
            case = _case(desk, answer, version) if answer else None
            drafts += [draft_notice(case, desk.letter())] if case else []
    return drafts


def notice_letter(desk: Desk, planned: NoticeAnswer) -> LetterDraft | None:
    """This function will draft the notice that a planned one says; None when nothing is proven."""
    case = _case(desk, planned, binding_version(desk.world.agreement, desk.at))
    return draft_notice(case, desk.letter()) if case else None


def _withdrawals(desk: Desk) -> list[LetterDraft]:
    """For each suspension that was found wrong, the letter that takes it back, with what comes back."""
    entered = {entry.asset for entry in desk.world.lifecycle}
    pairs = [
        pair
        for asset in desk.world.assets
        if asset.id in entered
        for pair in voided_suspensions(asset.id, desk.world.lifecycle, desk.at)
    ]
    return [
        draft_withdrawal(suspension, voiding, _refund(desk, suspension, voiding), desk.letter())
        for suspension, voiding in pairs
        if utc(voiding.recorded_at)
        > utc(suspension.effective_at)  # one called off before it began was never told
    ]


def _refund(desk: Desk, suspension: LifecycleEntry, voiding: LifecycleEntry) -> Refund:
    """What was charged on the server from the suspension's effect until it was taken back; no other refund."""
    wrong = Period(utc(suspension.effective_at), utc(voiding.recorded_at))
    lines = [
        line
        for document in desk.money.invoices
        for line in document.lines
        if line.asset == suspension.asset
        and line.kind is LineKind.REFUND
        and _is_within(line, wrong, desk)
    ]
    items = tuple(f"{line.description}: {-line.amount}" for line in lines)
    facts = tuple(FactRef("time_entry", e) for line in lines for e in line.entries)
    return Refund(items, facts)


def _is_within(line: InvoiceLine, wrong: Period, desk: Desk) -> bool:
    """Work says itself when it was done; a fee that comes back has only its day."""
    if line.entries:
        return any(e.id in line.entries and wrong.overlaps(e.period) for e in desk.world.work)
    zone, end = desk.world.client.zone, wrong.end or utc(desk.at)
    return local_date(zone, wrong.start) <= line.service_day <= local_date(zone, end)


def _case(
    desk: Desk, answer: NoticeAnswer, version: AgreementVersion | None
) -> SuspensionCase | None:
    if version is None or answer.ground is None or answer.effects is None:
        return None
    asset, refs = answer.notice.asset, {fact.ref for fact in answer.ground.facts}
    meant = proven(f for f in desk.findings(asset) if f.change.id in refs)
    return SuspensionCase(version, answer.ground, answer.effects, meant, desk.troubles(asset))


def _reply(desk: Desk, answer: ReinstatementAnswer) -> list[LetterDraft]:
    """The reply pack while conditions are open, to whoever wrote last; the authorised contacts get a copy."""
    version = binding_version(desk.world.agreement, desk.at)
    if version is None or version.reinstatement is None:
        return []
    since = off_since(desk.states.of(answer.asset), answer.asset, desk.at) or utc(desk.at)
    asked = _last_question(desk, since)
    able = authorised_contacts(desk.world.client, desk.at)
    contents = PackContents(
        answer=answer,
        clause=version.reinstatement.clause,
        cost=cost_while_off(desk, answer.asset, since),
        answers_to=asked.id if asked else None,
    )
    to = _sender(desk.world, asked) if asked else ""
    copies = tuple(c.name for c in able if c.name != to)
    signer = able[0].name if able else desk.world.client.name
    pack = reply_pack(contents, desk.world.vendors, desk.letter(to, copies if to else ()), signer)
    return [pack.answer, *pack.enclosed]


def _last_question(desk: Desk, since: datetime) -> Message | None:
    """The client side's last message since the server is off; what was said before asked for something else."""
    own = (m for m in desk.world.messages if m.inbound and m.vendor is None)
    inbound = [m for m in own if utc(m.at) >= since]
    return max(inbound, key=lambda m: utc(m.at), default=None)


def _sender(world: World, message: Message) -> str:
    named = (c.name for c in world.client.contacts if c.id == message.contact)
    return next(named, message.sender)


def cost_while_off(desk: Desk, asset: AssetId, since: datetime) -> CostSoFar:
    """This function will say what was charged under the suspension clause for an asset since it is off."""
    suspending = {n.ground.clause for n in desk.states.notices if n.ground is not None}
    suspending |= {s.clause for s in desk.states.spans if s.clause is not None}
    charges = [
        c
        for c in desk.money.charges
        if asset in c.assets
        and suspending.intersection(c.clauses)
        and any(span.end is None or span.end > since for span in c.spans)
    ]
    minutes = sum(charge.minutes_charged for charge in charges)
    return CostSoFar(
        amount=total([c.amount for c in charges], desk.world.client.currency),
        hours=duration_words(minutes * 60),
        sources=tuple(FactRef("time_entry", e) for charge in charges for e in charge.entries),
    )


def _return(desk: Desk, answer: ReinstatementAnswer) -> list[LetterDraft]:
    """The letter that a server is covered again, with what the return costs."""
    version = binding_version(desk.world.agreement, desk.at)
    if version is None or version.reinstatement is None:
        return []
    lines = _return_lines(desk, answer)
    bill = ReturnBill(
        items=tuple(f"{line.description}: {line.amount}" for line in lines),
        total=total([line.amount for line in lines], desk.world.client.currency),
    )
    return [draft_reinstatement(answer, version.reinstatement, bill, desk.letter())]


def _return_lines(desk: Desk, answer: ReinstatementAnswer) -> list[InvoiceLine]:
    """The return's own lines and the fee of its month; fees of other months are no cost of coming back."""
    assert answer.effective_at is not None  # noqa: S101 - asked only about returns
    day = local_date(desk.world.client.zone, answer.effective_at)
    return [
        line
        for draft in desk.money.invoices
        if draft.kind is DocumentKind.INVOICE and draft.period_start <= day < draft.period_end
        for line in draft.lines
        if line.asset == answer.asset
        and ((line.kind in _ONCE and line.service_day == day) or _is_fee_of(line, day))
    ]


def _is_fee_of(line: InvoiceLine, day: date) -> bool:
    """A fee line stands under the first day of its month."""
    started = line.service_day
    months = (day.year - started.year) * 12 + day.month - started.month
    passed = months - (day.day < started.day)
    return line.kind is LineKind.FEE and started <= day and not passed


def _vendor(desk: Desk, answer: VendorAnswer) -> list[LetterDraft]:
    """The right of reply while something is held against a vendor, and the replacement once it may be offered."""
    case = _vendor_case(desk, answer)
    invitation = invitation_of(desk.world, answer.vendor)
    if case is None:
        return []
    calendar = _calendar(desk)
    rule = desk.world.scorecard_rule
    if invitation is None:
        answer_by = reply_by(rule, calendar.calendar, desk.at)
        return [draft_right_of_reply(case, answer_by, desk.letter(case.vendor.name))]
    if not answer.offer.offered:
        return []
    standing = Standing(
        score=Fraction(answer.card.score),
        working="; ".join(f"{step.says}: {step.points}" for step in answer.card.steps),
        rule=rule,
        reply_by=reply_by(rule, calendar.calendar, invitation.invited_at),
        today=local_date(desk.world.client.zone, desk.at),
        reply=_said_by(desk.world, invitation),
    )
    return [draft_replacement(case, standing, desk.letter())]


def _said_by(world: World, invitation: ReplyInvitation) -> FactRef | None:
    """What the vendor answered, in its own words as far as they are on record."""
    if invitation.replied_at is None:
        return None
    since = utc(invitation.invited_at)
    own = [m for m in world.messages if m.vendor == invitation.vendor and utc(m.at) >= since]
    if not own:
        day = local_date(world.client.zone, invitation.replied_at)
        return FactRef("scorecard", invitation.vendor, f"on {day:%a %Y-%m-%d}")
    answer = min(own, key=lambda m: utc(m.at))
    return FactRef("message", answer.id, shorten(answer.says, _QUOTED, placeholder=" ..."))


def _calendar(desk: Desk) -> AgreementVersion:
    version = binding_version(desk.world.agreement, desk.at)
    return version or desk.world.agreement.versions[-1]


def _vendor_case(desk: Desk, answer: VendorAnswer) -> VendorCase | None:
    """What is held against one vendor; None when nothing is."""
    if not answer.tally.confirmed_changes:
        return None
    vendor = next(v for v in desk.world.vendors if v.id == answer.vendor)
    changed = {change.asset for change in desk.world.changes}
    findings = tuple(
        finding
        for asset in desk.world.assets
        if asset.id in changed
        for finding in desk.findings(asset.id)
        if _is_by(finding, answer)
    )
    assets = {finding.change.asset for finding in findings}
    troubles = tuple(t for asset in assets for t in desk.troubles(asset))
    return VendorCase(vendor, findings, troubles)


def _is_by(finding: Finding, answer: VendorAnswer) -> bool:
    party = finding.attribution.party
    return party is not None and party.kind is PartyKind.VENDOR and party.id == answer.vendor
