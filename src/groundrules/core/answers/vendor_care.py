"""How vendors stand: letters of agency, access windows and visits, and the score with what it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from groundrules.core.agreements.facts import Outcome, WorkCause
from groundrules.core.answers.model import DecisionHistory, VendorAnswer, WindowAnswer
from groundrules.core.attribution.answers import Attribution, Level
from groundrules.core.attribution.identity import login_of_session, owner_of
from groundrules.core.calendars import Calendar
from groundrules.core.disputes import not_counted, score_is_open, waiting
from groundrules.core.evidence import Session, SessionKind
from groundrules.core.ids import VendorId
from groundrules.core.parties import Account, PartyKind, Vendor
from groundrules.core.periods import Interval, utc
from groundrules.core.vendors import (
    ApprovalContext,
    LetterOfAgencyStatus,
    Permission,
    ReplacementOffer,
    RightOfReply,
    Tally,
    letter_of_agency_status,
    may_approve,
    offers_replacement,
    scorecard,
    session_deviations,
    sessions_out_of_window,
)
from groundrules.core.world import ReplyInvitation, World

_NOT_A_VISIT = frozenset({SessionKind.SERVICE, SessionKind.BATCH})


def letters_of_agency(
    world: World, at: datetime, calendar: Calendar
) -> tuple[LetterOfAgencyStatus, ...]:
    """This function will say where every letter of agency stands at `at`."""
    return tuple(
        letter_of_agency_status(letter, at, world.client.zone, calendar)
        for letter in world.letters_of_agency
    )


def windows(world: World, at: datetime, calendar: Calendar) -> tuple[WindowAnswer, ...]:
    """This function will say of every access window whether it may be approved at `at`, and how visits departed."""
    return tuple(
        WindowAnswer(
            window.id,
            may_approve(
                window,
                ApprovalContext(
                    at=at,
                    requester=str(window.vendor or "the provider"),
                    approver=window.approved_by or "an approver",
                    calendar=calendar,
                    freezes=world.freezes,
                    letters=world.letters_of_agency,
                ),
            ),
            session_deviations(window, world.sessions, world.windows),
        )
        for window in world.windows
    )


def vendors(
    world: World,
    attributions: tuple[Attribution, ...],
    histories: tuple[DecisionHistory, ...],
    calendar: Calendar,
    at: datetime,
) -> tuple[VendorAnswer, ...]:
    """This function will score every vendor from what is established, and say whether a replacement may be offered."""
    answers: list[VendorAnswer] = []
    for vendor in world.vendors:
        tally = _tally(world, vendor, attributions, histories)
        card = scorecard(world.scorecard_rule, tally)
        invitation = invitation_of(world, vendor.id)
        reply = RightOfReply(invitation.invited_at, invitation.replied_at) if invitation else None
        offer = offers_replacement(card, world.scorecard_rule, reply, at, calendar)
        if (disputed := score_is_open(world.disputes, vendor.id)) and offer.offered:
            says = f"The score is disputed ({disputed.id}); answer that first."
            offer = ReplacementOffer(offered=False, from_day=offer.from_day, sentence=says)
        answers.append(VendorAnswer(vendor.id, tally, card, offer))
    return tuple(answers)


def invitation_of(world: World, vendor: VendorId) -> ReplyInvitation | None:
    """This function will return the first invitation to reply that reached a vendor."""
    reached = (r for r in world.reply_invitations if r.vendor == vendor and r.bounced_at is None)
    return min(reached, key=lambda r: utc(r.invited_at), default=None)


def _tally(
    world: World,
    vendor: Vendor,
    attributions: tuple[Attribution, ...],
    histories: tuple[DecisionHistory, ...],
) -> Tally:
    own_windows = [w for w in world.windows if w.vendor == vendor.id]
    visits = visits_of(world.sessions, vendor, world.accounts)
    disputed = not_counted(world.disputes)
    stray = {s.id for s in sessions_out_of_window(visits, own_windows)}
    confirmed = {a.change for a in attributions if _is_confirmed(a, vendor)}
    seconds = sum(
        segment.seconds
        for history in histories
        if history.in_force.caused_by_vendor == vendor.id
        and not disputed.intersection(history.in_force.caused_by)
        for segment in history.in_force.segments
        if segment.outcome is not Outcome.NEEDS_PERSON
        and segment.cell.cause is WorkCause.VENDOR_UNAPPROVED_CHANGE
    )
    return Tally(
        confirmed_changes=len(confirmed - disputed),
        undetermined_changes=sum(_is_undetermined(a, vendor) for a in attributions),
        out_of_window_sessions=len(stray - disputed),
        cleanup_seconds=seconds,
        disputed=len((confirmed | stray) & waiting(world.disputes)),
    )


def visits_of(
    sessions: Iterable[Session], vendor: Vendor, accounts: tuple[Account, ...]
) -> tuple[Session, ...]:
    """This function will pick the visits by logins that were this vendor's alone.

    What its programs log on for themselves is no visit.
    """
    visits = (s for s in sessions if s.kind not in _NOT_A_VISIT)
    return tuple(session for session in visits if _is_of(session, vendor, accounts))


def _is_of(session: Session, vendor: Vendor, accounts: tuple[Account, ...]) -> bool:
    """Weighed like a change: the identifier outweighs the name, and a shared login is nobody's."""
    began = Interval.exactly(session.started)
    party = owner_of(login_of_session(session), began, accounts).party
    return party is not None and party.kind is PartyKind.VENDOR and party.id == vendor.id


def _is_confirmed(attribution: Attribution, vendor: Vendor) -> bool:
    party = attribution.party
    ours = party is not None and party.kind is PartyKind.VENDOR and party.id == vendor.id
    return (
        ours and attribution.names_party and attribution.permission.permission is Permission.OUTSIDE
    )


def _is_undetermined(attribution: Attribution, vendor: Vendor) -> bool:
    """The vendor is one of several who may have made it, and nobody is named."""
    if attribution.party is not None:
        return False
    return attribution.level in {Level.L3, Level.L4} and any(
        h.party is not None and h.party.id == vendor.id and h.session is not None and not h.rejected
        for h in attribution.hypotheses
    )
