"""What a version's prices have become by a day, where the parties agreed on a yearly rise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.money import Money
from groundrules.core.periods import Period, local_date, start_of_local_day, utc


def begins_on(version: AgreementVersion) -> date:
    """This function will return the local day whose prices a version states: the first on which it may bind."""
    first = max(version.in_force.start, utc(version.signed_at))
    return local_date(version.calendar.zone, first)


def fee_on(version: AgreementVersion, amount: Money, day: date) -> Money:
    """This function will return what a fee agreed in a version has become by a local day."""
    if version.uplift is None:
        return amount
    return version.uplift.raised(amount, begins_on(version), day)


def rises_within(version: AgreementVersion, until: datetime) -> tuple[datetime, ...]:
    """This function will list the instants up to `until` at which a version's hourly price rises."""
    if version.uplift is None or not version.uplift.rates_too:
        return ()
    zone = version.calendar.zone
    days = version.uplift.rises(begins_on(version), local_date(zone, until))
    return tuple(start_of_local_day(zone, day) for day in days)


def priced_at(version: AgreementVersion, instant: datetime) -> AgreementVersion:
    """This function will return a version with the hourly price it has at an instant."""
    if version.uplift is None or not version.uplift.rates_too:
        return version
    day = local_date(version.calendar.zone, instant)
    hourly = version.uplift.raised(version.rates.hourly, begins_on(version), day)
    return replace(version, rates=replace(version.rates, hourly=hourly))


def stepwise(version: AgreementVersion, until: datetime) -> tuple[AgreementVersion, ...]:
    """This function will cut a version at the rises of its hourly price; each part is priced and rises no more.

    The parts bind one after the other as the version did; what is laid out by volume needs no dates of prices then.
    """
    rises = [r for r in rises_within(version, until) if version.in_force.contains(r)]
    if not rises:
        return (version,)
    starts = [version.in_force.start, *rises]
    ends = [*rises, version.in_force.end]
    return tuple(
        replace(
            priced_at(version, max(start, utc(version.signed_at))),
            in_force=Period(start, end),
            uplift=None,
        )
        for start, end in zip(starts, ends, strict=True)
    )
