"""Prices and calendars from a day on: each change is the next version of the agreement, with one sentence otherwise.

Nothing is edited: what was worked before the day keeps the version it was done under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from fractions import Fraction

from django.db import transaction

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import carried_to
from groundrules.core.calendars import HoursBand
from groundrules.core.money import Money
from groundrules.core.periods import Period, first_instant
from groundrules.records import models as books
from groundrules.services import agreements
from groundrules.services.actor import Actor, require
from groundrules.services.agreement_drafts import check_prices, newest


class DraftInProgress(ValueError):
    """Somebody is writing the next version, so a price may not overtake it."""


class NothingChanged(ValueError):
    """The next version would say what the present one says."""


class PastHoliday(ValueError):
    """A day before the new version begins was put on or taken off the list of holidays."""


@dataclass(frozen=True, slots=True)
class NewRates:
    """The hourly price and each band's multiple, from a local day on."""

    starts: date
    hourly: Money
    multipliers: Mapping[HoursBand, Fraction]


def change_rates(
    agreement: books.Agreement, wanted: NewRates, *, actor: Actor, at: datetime
) -> books.AgreementVersion:
    """This function will publish the next version with other rates; owners only.

    Raises DraftInProgress, NothingChanged, PriceBeforeRise, and the core's BackdatedVersion for a day that has begun.
    """
    require(actor)
    with transaction.atomic():
        agreements.hold(agreement)
        standing = carried_to(newest(agreement), wanted.starts)
        rates = replace(standing.rates, hourly=wanted.hourly, multipliers=dict(wanted.multipliers))
        return _publish(agreement, replace(standing, rates=rates), wanted.starts, actor, at)


def change_holidays(
    agreement: books.Agreement,
    starts: date,
    holidays: frozenset[date],
    *,
    actor: Actor,
    at: datetime,
) -> books.AgreementVersion:
    """This function will publish the next version with another list of holidays from `starts` on; owners only.

    Days before `starts` stay as they are. Raises PastHoliday, DraftInProgress, NothingChanged and BackdatedVersion.
    """
    require(actor)
    with transaction.atomic():
        agreements.hold(agreement)
        standing = carried_to(newest(agreement), starts)
        listed = _with_the_past(standing.calendar.holidays, holidays, starts)
        calendar = replace(standing.calendar, holidays=listed)
        return _publish(agreement, replace(standing, calendar=calendar), starts, actor, at)


def _with_the_past(
    known: frozenset[date], holidays: frozenset[date], starts: date
) -> frozenset[date]:
    past = frozenset(day for day in known if day < starts)
    wrong = sorted(day for day in holidays if day < starts and day not in past)
    if wrong:
        message = (
            f"{wrong[0]} lies before {starts}, when this list begins; leave it out or begin earlier"
        )
        raise PastHoliday(message)
    return past | holidays


def _publish(
    agreement: books.Agreement, wanted: AgreementVersion, starts: date, actor: Actor, at: datetime
) -> books.AgreementVersion:
    standing = newest(agreement)
    if books.AgreementDraft.objects.filter(agreement=agreement).exists():
        message = (
            f"a next version of {agreement.title} is being written; put the change into that draft, "
            "or publish it first"
        )
        raise DraftInProgress(message)
    if wanted == carried_to(standing, starts):
        message = f"version {standing.version} says so already; nothing was published"
        raise NothingChanged(message)
    begins = first_instant(standing.calendar.zone, datetime.combine(starts, time(0)))
    version = replace(wanted, version=standing.version + 1, in_force=Period(begins), signed_at=at)
    check_prices(standing, version)
    row = agreements.draft(agreement, version, actor=actor, at=at)
    return agreements.publish(row, actor=actor, at=at)
