"""Harbor Dental's agreement, as the scenarios tell it: version 1 from 2007-01-01, version 2 from 2007-03-20.

Complete and provable. Two choices of this fixture, made once so that every kind of work has one answer: after-hours
work the provider chose to do is never billable, also on a suspended server (4.3 beats 6.3); and an inspection is
charged once with the reinstatement (6.4), so its hours are not billed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from groundrules.core.agreements.facts import Asked, CoverageState, Outcome, WorkCause
from groundrules.core.agreements.terms import (
    Agreement,
    AgreementVersion,
    ConditionKind,
    ConditionTerms,
    DecidingClause,
    EvidenceNeed,
    FeeTerms,
    NoticeTerms,
    ObligationClause,
    RateCard,
    RatificationTerms,
    ReinstatementTerms,
    Rounding,
    ServiceTarget,
    SuspensionTerms,
)
from groundrules.core.calendars import Calendar, HoursBand, OpeningHours
from groundrules.core.ids import (
    AgreementId,
    AssetId,
    ClauseNumber,
    ClientId,
    ConditionId,
    ContactId,
    TechnicianId,
    VendorId,
)
from groundrules.core.money import Money
from groundrules.core.parties import Authority, Client, Contact, CostRate, Technician
from groundrules.core.periods import Period, start_of_local_day
from groundrules.core.work import WorkType

SITE_ZONE = "America/Los_Angeles"
SRV1 = AssetId("SRV1")
SRV2 = AssetId("SRV2")
V1 = VendorId("V1")
FIRST_DAY = date(2007, 1, 1)
SECOND_DAY = date(2007, 3, 20)

# US federal holidays of the years the scenarios play in, as they would be written into the agreement.
_HOLIDAY_LIST = """
2007-01-01 2007-01-15 2007-02-19 2007-05-28 2007-07-04 2007-09-03 2007-10-08 2007-11-12
2007-11-22 2007-12-25 2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03
2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25
"""
FEDERAL_HOLIDAYS = frozenset(date.fromisoformat(day) for day in _HOLIDAY_LIST.split())

_REPAIR = frozenset({WorkType.MAINTENANCE, WorkType.REMEDIATION})
_LISTED = frozenset(
    {
        CoverageState.COVERED,
        CoverageState.NOTICE,
        CoverageState.SUSPENDED,
        CoverageState.REINSTATING,
    }
)


@dataclass(frozen=True, slots=True)
class HarborTerms:
    """The numbers a variant may change: rates, zone, currency, hours, dates. Defaults are the scenarios' own."""

    hourly: str = "150.00"
    after_hours_multiplier: Fraction = Fraction(2)
    monthly: str = "350.00"
    currency: str = "USD"
    zone: str = SITE_ZONE
    opens: time = time(8, 0)
    closes: time = time(17, 0)
    holidays: frozenset[date] = FEDERAL_HOLIDAYS
    increment_minutes: int = 15
    minimum_minutes: Mapping[HoursBand, int] = field(
        default_factory=lambda: {HoursBand.AFTER_HOURS: 60}
    )
    first_day: date = FIRST_DAY
    second_day: date = SECOND_DAY
    assets: frozenset[AssetId] = frozenset({SRV1, SRV2})

    def money(self, amount: str) -> Money:
        """This function will build an amount in the variant's currency, at its own precision."""
        return Money.of(Decimal(amount), self.currency)


SCENARIO_TERMS = HarborTerms()


def site(wall: str, zone: str = SITE_ZONE, fold: int = 0) -> datetime:
    """This function will turn site wall time such as `2007-02-20 13:10` into a UTC instant."""
    moment = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return moment.astimezone(UTC)


def number(text: str) -> ClauseNumber:
    """This function will name a clause."""
    return ClauseNumber(text)


def numbers(text: str) -> tuple[ClauseNumber, ...]:
    """This function will name several clauses, separated by blanks."""
    return tuple(ClauseNumber(part) for part in text.split())


def _state_clauses() -> tuple[DecidingClause, ...]:
    return (
        DecidingClause(
            number("3.1"),
            "Servers not listed",
            Outcome.BILLABLE,
            {"state": frozenset({CoverageState.NOT_IN_AGREEMENT})},
            text="Work on a server that is not listed is done by the hour at our usual rates.",
        ),
        DecidingClause(
            number("3.2"),
            "Maintenance covered",
            Outcome.COVERED,
            {"state": _LISTED, "work_type": _REPAIR},
            text="Maintenance and repair of the operating system and software of a listed "
            "server is covered by the monthly fee.",
        ),
        DecidingClause(
            number("6.3"),
            "Work while a server is suspended",
            Outcome.BILLABLE,
            {"state": frozenset({CoverageState.SUSPENDED, CoverageState.REINSTATING})},
            numbers("3.2"),
            text="If clause 6.1 is breached we may suspend the server concerned, and only that "
            "one, on 5 business days' notice. While it is suspended, work on it is by the hour.",
        ),
        DecidingClause(
            number("6.5"),
            "Work after termination",
            Outcome.BILLABLE,
            {"state": frozenset({CoverageState.TERMINATED})},
            text="Work on a server whose cover has ended is done by the hour.",
        ),
    )


def _hours_clauses(over: str) -> tuple[DecidingClause, ...]:
    after_hours = frozenset({HoursBand.AFTER_HOURS, HoursBand.WEEKEND, HoursBand.HOLIDAY})
    return (
        DecidingClause(
            number("4.2"),
            "After-hours work you ask for",
            Outcome.BILLABLE,
            {
                "work_type": _REPAIR,
                "band": after_hours,
                "asked": frozenset({Asked.AUTHORISED, Asked.AWAITING_RATIFICATION}),
            },
            numbers(over),
            frozenset({EvidenceNeed.REQUEST, EvidenceNeed.AUTHORITY}),
            text="Work outside business hours that an authorised contact asks for is charged.",
        ),
        DecidingClause(
            number("4.3"),
            "After-hours work we choose to do",
            Outcome.NOT_BILLABLE,
            {
                "work_type": _REPAIR,
                "band": after_hours,
                "asked": frozenset({Asked.NOBODY, Asked.NOT_RATIFIED}),
            },
            numbers(over),
            text="Work outside business hours that we choose to do is not charged.",
        ),
    )


def _kind_clauses() -> tuple[DecidingClause, ...]:
    by_someone = frozenset({Asked.NOBODY, Asked.AUTHORISED, Asked.AWAITING_RATIFICATION})
    needs = frozenset({EvidenceNeed.REQUEST, EvidenceNeed.AUTHORITY})
    states = numbers("3.1 6.3 6.5")
    return (
        DecidingClause(
            number("5.1"),
            "Projects",
            Outcome.BILLABLE,
            {"work_type": frozenset({WorkType.PROJECT}), "asked": by_someone},
            states,
            needs,
            text="A project is charged by the hour once an authorised contact has asked for it.",
        ),
        DecidingClause(
            number("5.2"),
            "Adds, moves and changes",
            Outcome.BILLABLE,
            {"work_type": frozenset({WorkType.ADD_MOVE_CHANGE}), "asked": by_someone},
            states,
            needs,
            text="Adds, moves and changes are charged by the hour once asked for.",
        ),
        DecidingClause(
            number("5.3"),
            "Work nobody with authority wanted",
            Outcome.NOT_BILLABLE,
            {
                "work_type": frozenset({WorkType.PROJECT, WorkType.ADD_MOVE_CHANGE}),
                "asked": frozenset({Asked.NOT_RATIFIED}),
            },
            states,
            text="Projects, adds, moves and changes that nobody with authority took over are "
            "not charged.",
        ),
        DecidingClause(
            number("6.4"),
            "Inspection before reinstatement",
            Outcome.NOT_BILLABLE,
            {"work_type": frozenset({WorkType.INSPECTION})},
            states,
            text="The inspection is charged once, with the reinstatement, and not by the hour.",
        ),
    )


def _third_party_clause() -> DecidingClause:
    return DecidingClause(
        number("6.2"),
        "Repair after an unapproved third-party change",
        Outcome.BILLABLE,
        {
            "work_type": frozenset({WorkType.REMEDIATION}),
            "cause": frozenset({WorkCause.VENDOR_UNAPPROVED_CHANGE}),
        },
        numbers("3.2"),
        frozenset({EvidenceNeed.CHANGE, EvidenceNeed.ATTRIBUTION}),
        text="Repairing what an unapproved change by a third party broke is charged.",
    )


def harbor_clauses(*, with_third_party: bool) -> tuple[DecidingClause, ...]:
    """This function will list the deciding clauses: version 1 without clause 6.2, version 2 with it."""
    if not with_third_party:
        return (*_state_clauses(), *_hours_clauses("3.1 3.2 6.3 6.5"), *_kind_clauses())
    states = tuple(
        clause if clause.number == "3.2" else _over_third_party(clause)
        for clause in _state_clauses()
    )
    hours = _hours_clauses("3.1 3.2 6.2 6.3 6.5")
    return (*states, *hours, *_kind_clauses(), _third_party_clause())


def _over_third_party(clause: DecidingClause) -> DecidingClause:
    """Off the agreement everything is by the hour anyway, whoever caused it."""
    return DecidingClause(
        clause.number,
        clause.title,
        clause.outcome,
        clause.when,
        (*clause.takes_precedence_over, number("6.2")),
        text=clause.text,
    )


def harbor_calendar(terms: HarborTerms = SCENARIO_TERMS) -> Calendar:
    """This function will build the business hours: Monday to Friday, not on holidays."""
    hours = tuple(OpeningHours(day, terms.opens, terms.closes) for day in range(5))
    return Calendar(terms.zone, hours, terms.holidays)


def harbor_conditions() -> tuple[ConditionTerms, ...]:
    """This function will list what must be true before SRV1 comes back (scenario 12)."""
    return (
        ConditionTerms(
            ConditionId("loa"),
            ConditionKind.LETTER_OF_AGENCY,
            "A letter of agency for Rogue is signed and acknowledged.",
            vendor=V1,
        ),
        ConditionTerms(
            ConditionId("sop"),
            ConditionKind.RULES_ACCEPTED,
            "Rogue accepts version 2 of the rules of engagement.",
            vendor=V1,
            rules_version=2,
        ),
        ConditionTerms(
            ConditionId("sa"),
            ConditionKind.PASSWORD_ROTATED,
            "The sa password is changed and known to the provider only.",
            component="sa",
        ),
        ConditionTerms(
            ConditionId("login"),
            ConditionKind.NAMED_LOGIN_ISSUED,
            "Rogue has a login in its own name.",
            vendor=V1,
        ),
        ConditionTerms(
            ConditionId("paid"),
            ConditionKind.INVOICES_PAID,
            "The invoices of the suspension are paid.",
        ),
        ConditionTerms(
            ConditionId("inspection"),
            ConditionKind.INSPECTION,
            "The server is inspected for two hours.",
            minutes=120,
        ),
        ConditionTerms(
            ConditionId("fee"),
            ConditionKind.FEE,
            "One monthly fee is paid for the reinstatement.",
            fee_months=Fraction(1),
        ),
    )


def _obligations() -> tuple[ObligationClause, ...]:
    return (
        ObligationClause(
            number("6.1"),
            "Vendors must submit to management",
            "Every vendor who changes a listed server does so through us and by our rules.",
        ),
        ObligationClause(
            number("7.2"),
            "Notices",
            "Notice by e-mail needs a delivery receipt; after 17:00 it counts as the next "
            "business day.",
        ),
    )


def harbor_version(version: int, terms: HarborTerms = SCENARIO_TERMS) -> AgreementVersion:
    """This function will build version 1 (without 6.2) or 2 (with it), signed as it comes into force."""
    first = version == 1
    start = start_of_local_day(terms.zone, terms.first_day if first else terms.second_day)
    return AgreementVersion(
        version=version,
        in_force=Period(start),
        signed_at=start,
        assets=terms.assets,
        calendar=harbor_calendar(terms),
        rates=RateCard(
            terms.money(terms.hourly),
            {HoursBand.AFTER_HOURS: terms.after_hours_multiplier},
            number("4.1"),
        ),
        rounding=Rounding(
            increment_minutes=terms.increment_minutes,
            minimum_minutes=terms.minimum_minutes,
            clause=number("4.4"),
        ),
        fees=FeeTerms(terms.money(terms.monthly), clause=number("2.1")),
        clauses=harbor_clauses(with_third_party=not first),
        obligations=_obligations(),
        notice=NoticeTerms(number("7.2")),
        ratification=RatificationTerms(number("4.2")),
        suspension=SuspensionTerms(number("6.3"), breach_of=number("6.1")),
        reinstatement=ReinstatementTerms(number("6.4"), harbor_conditions()),
        targets=(ServiceTarget("P1", 240, number("3.3")),),
    )


def harbor_agreement(terms: HarborTerms = SCENARIO_TERMS) -> Agreement:
    """This function will build the whole agreement with both versions."""
    return Agreement(
        AgreementId("harbor"),
        ClientId("harbor"),
        "Harbor Dental managed services agreement",
        (harbor_version(1, terms), harbor_version(2, terms)),
    )


_ALWAYS = Period(datetime(2000, 1, 1, tzinfo=UTC))
_EVERYTHING = frozenset(Authority)
PAT = Contact(ContactId("pat"), "Pat Owner", "owner", "pat@harbor.example", _EVERYTHING, _ALWAYS)
DESK = Contact(ContactId("desk"), "R. Desk", "receptionist", "desk@harbor.example")
CONSULTANT = Contact(
    ContactId("consultant"), "C. Sultant", "consultant", "c@consult.example", outside=True
)
COST_RATE = CostRate(Money.of("55.00", "USD"), _ALWAYS)
TECHNICIAN_A = Technician(TechnicianId("A"), "Alex Tech", (COST_RATE,))
TECHNICIAN_B = Technician(TechnicianId("B"), "Bo Tech", (COST_RATE,))


def harbor_client(terms: HarborTerms = SCENARIO_TERMS) -> Client:
    """This function will build the client with its contacts; only Pat Owner is authorised."""
    contacts = (PAT, DESK, CONSULTANT)
    return Client(
        ClientId("harbor"),
        "Harbor Dental",
        terms.zone,
        terms.currency,
        contacts,
        "notices@harbor.example",
    )
