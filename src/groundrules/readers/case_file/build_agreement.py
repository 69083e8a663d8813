"""The agreement as written -> the core's agreement: durations become minutes, holidays become dates."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from enum import StrEnum

from groundrules.core.agreements.further_terms import (
    BlockTerms,
    CapTerms,
    CountedFee,
    CreditTerms,
    DisputeTerms,
    OnboardingTerms,
    RecoveryTerms,
    ShortNoticeTerms,
    TripTerms,
    UpliftTerms,
)
from groundrules.core.agreements.sentences import Sayable
from groundrules.core.agreements.terms import (
    Agreement,
    AgreementVersion,
    ConditionTerms,
    DecidingClause,
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
from groundrules.core.calendars import Calendar, OpeningHours
from groundrules.core.ids import ClientId
from groundrules.core.parties import Client
from groundrules.readers.case_file.holiday_lists import HolidayRequest, UnknownHolidays, expand
from groundrules.readers.case_file.model_agreement import (
    WrittenAgreement,
    WrittenCalendar,
    WrittenClause,
    WrittenCondition,
    WrittenHolidays,
    WrittenReinstatement,
    WrittenRounding,
    WrittenVersion,
    WrittenWhen,
)
from groundrules.readers.case_file.places import BadValue
from groundrules.readers.case_file.reading import Reading
from groundrules.readers.case_file.said import Said, read_sentence


def build_agreement(written: WrittenAgreement, client: Client, reading: Reading) -> Agreement:
    """This function will build the core's agreement.

    Raises BadValue for holidays nobody knows, an unreadable sentence, something said twice, and something not said.
    """
    versions = tuple(_version(version, client, reading) for version in written.versions)
    return Agreement(written.id, ClientId(client.id), written.title, versions)


def _version(written: WrittenVersion, client: Client, reading: Reading) -> AgreementVersion:
    place = reading.place_of(written)
    said = Said(place)
    for record in _keyed(written, client, reading):
        said.add(record)
    for sentence in written.sentences:
        said.add(read_sentence(sentence, place))
    targets = tuple(ServiceTarget(t.priority, t.within, t.clause) for t in written.targets)
    return AgreementVersion(
        version=written.version,
        in_force=written.in_force,
        signed_at=written.signed_at,
        assets=written.assets,
        calendar=said.needed(Calendar),
        rates=said.needed(RateCard),
        rounding=said.needed(Rounding),
        fees=said.needed(FeeTerms),
        clauses=said.every(DecidingClause),
        obligations=said.every(ObligationClause),
        notice=said.one(NoticeTerms),
        ratification=said.one(RatificationTerms),
        suspension=said.one(SuspensionTerms),
        reinstatement=said.one(ReinstatementTerms),
        targets=(*targets, *said.every(ServiceTarget)),
        tie_break=written.tie_break,
        counted_fees=said.every(CountedFee),
        uplift=said.one(UpliftTerms),
        onboarding=said.one(OnboardingTerms),
        service_credits=said.every(CreditTerms),
        block=said.one(BlockTerms),
        cap=said.one(CapTerms),
        disputes=said.one(DisputeTerms),
        trip=said.one(TripTerms),
        short_notice=said.one(ShortNoticeTerms),
        recovery=said.every(RecoveryTerms),
    )


def _keyed(written: WrittenVersion, client: Client, reading: Reading) -> tuple[Sayable, ...]:
    """Everything the version says by keys, as the core's records."""
    quantities: tuple[Sayable | None, ...] = (
        _calendar(written.calendar, client, reading) if written.calendar else None,
        written.rates,
        _rounding(written.rounding) if written.rounding else None,
        written.fees,
        written.notice,
        written.ratification,
        written.suspension,
        _reinstatement(written.reinstatement),
        *written.counted_fees,
        written.uplift,
        written.onboarding,
        *written.service_credits,
        written.block,
        written.cap,
        written.disputes,
        written.trip,
        written.short_notice,
        *written.recovery,
    )
    clauses: tuple[Sayable, ...] = tuple(
        ObligationClause(c.number, c.title, c.text) if c.outcome is None else _deciding(c)
        for c in written.clauses
    )
    return (*(quantity for quantity in quantities if quantity is not None), *clauses)


def _calendar(written: WrittenCalendar, client: Client, reading: Reading) -> Calendar:
    hours = tuple(
        OpeningHours(day.number, opening.opens, opening.closes)
        for opening in written.open
        for day in opening.days
    )
    return Calendar(
        zone=written.zone or client.zone,
        hours=hours,
        holidays=_holidays(written.holidays, reading),
        separate_weekend=written.separate_weekend,
        separate_holiday=written.separate_holiday,
        weekend_days=frozenset(day.number for day in written.weekend_days),
        separate_sunday=written.separate_sunday,
    )


def _holidays(written: WrittenHolidays, reading: Reading) -> frozenset[date]:
    listed = frozenset(written.dates)
    if written.country:
        if not written.years:
            raise BadValue(
                reading.place_of(written), "`country` needs `years`, such as years: [2007, 2008]"
            )
        try:
            listed |= expand(HolidayRequest(written.country, written.subdivision, written.years))
        except UnknownHolidays as error:
            raise BadValue(reading.place_of(written), str(error)) from error
    return listed - frozenset(written.left_out)


def _rounding(written: WrittenRounding) -> Rounding:
    return Rounding(
        direction=written.direction,
        increment_minutes=written.increment,
        unit=written.unit,
        minimum_minutes=dict(written.minimum),
        clause=written.clause,
        places=dict(written.places),
    )


def _deciding(written: WrittenClause) -> DecidingClause:
    assert written.outcome is not None  # noqa: S101 - the caller separates clauses that decide from those that bind
    return DecidingClause(
        number=written.number,
        title=written.title,
        outcome=written.outcome,
        when=_facts(written.when),
        takes_precedence_over=written.takes_precedence_over,
        needs=written.needs,
        rate=written.rate,
        times=written.times,
        text=written.text,
    )


def _facts(when: WrittenWhen) -> dict[str, frozenset[str]]:
    named: dict[str, frozenset[StrEnum]] = {f.name: getattr(when, f.name) for f in fields(when)}
    return {name: frozenset(v.value for v in values) for name, values in named.items() if values}


def _reinstatement(written: WrittenReinstatement | None) -> ReinstatementTerms | None:
    if written is None:
        return None
    return ReinstatementTerms(written.clause, tuple(_condition(c) for c in written.conditions))


def _condition(written: WrittenCondition) -> ConditionTerms:
    return ConditionTerms(
        id=written.id,
        kind=written.kind,
        says=written.says,
        vendor=written.vendor,
        component=written.component,
        rules_version=written.rules_version,
        minutes=written.time,
        fee_months=written.fee_months,
        hours=written.hours,
    )
