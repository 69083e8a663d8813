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


def carried_to(version: AgreementVersion, day: date) -> AgreementVersion:
    """This function will return a version with every price it has become by a local day, for its successor to state.

    A version states the prices of its own first day: one that repeated those of its predecessor would undo the rises.
    """
    if version.uplift is None:
        return version
    own = {asset: fee_on(version, fee, day) for asset, fee in version.fees.per_asset.items()}
    return replace(
        version,
        rates=replace(version.rates, hourly=_hourly_on(version, day)),
        fees=replace(
            version.fees, monthly=fee_on(version, version.fees.monthly, day), per_asset=own
        ),
        counted_fees=tuple(
            replace(fee, monthly=fee_on(version, fee.monthly, day)) for fee in version.counted_fees
        ),
    )


def prices_before_rise(before: AgreementVersion, after: AgreementVersion) -> tuple[str, ...]:
    """This function will name, in sentences, each price of a next version that the one before had until it last rose.

    Where the successor says something else about the yearly rise, that rise was given up on purpose, and nothing is
    named.
    """
    if before.uplift is None or _rise_of(after) != _rise_of(before):
        return ()
    day = begins_on(after)
    now, said = _prices(carried_to(before, day)), _prices(after)
    days = (begins_on(before), *before.uplift.rises(begins_on(before), day))
    until_now = [_prices(carried_to(before, step)) for step in days[:-1]]
    return tuple(
        f"{what} is still {price}, as before the yearly rise of {days[-1]}; on {day} it is {now[what]}. Write that, "
        "or say another first day of the rise if this one is given up."
        for what, price in said.items()
        if now.get(what, price) != price and price in [step.get(what) for step in until_now]
    )


def _rise_of(version: AgreementVersion) -> tuple[object, ...]:
    terms = version.uplift
    return (terms.percent, terms.first, terms.rates_too) if terms else ()


def _prices(version: AgreementVersion) -> dict[str, Money]:
    """What a version charges, by what it is for."""
    fees = {f"The monthly fee of {a}": fee for a, fee in sorted(version.fees.per_asset.items())}
    counted = {f"The monthly fee ({fee.unit.value})": fee.monthly for fee in version.counted_fees}
    usual = {"The hourly price": version.rates.hourly, "The monthly fee": version.fees.monthly}
    return {**usual, **fees, **counted}


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
    return replace(version, rates=replace(version.rates, hourly=_hourly_on(version, day)))


def _hourly_on(version: AgreementVersion, day: date) -> Money:
    if version.uplift is None or not version.uplift.rates_too:
        return version.rates.hourly
    return version.uplift.raised(version.rates.hourly, begins_on(version), day)


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
