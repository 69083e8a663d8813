"""A shadow month: what the newest version of an agreement would have billed for a month of somebody's time entries.

Nothing is written. The version is supposed to have been signed and in force, and its contacts authorised, from the
month's first instant; everything else is answered as for any world.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from groundrules.core.answers.answer import answer
from groundrules.core.invoices.answers import InvoiceDraft
from groundrules.core.invoices.fees import fee_month
from groundrules.core.parties import Contact, Technician
from groundrules.core.periods import Period, start_of_local_day
from groundrules.core.rating.answers import OpenLine
from groundrules.core.world import DocumentPeriod, World
from groundrules.readers.sheets import SheetRefused, TimeSheet, read_time_sheet
from groundrules.services.engine import engine_version

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class ShadowRefused(ValueError):
    """A month cannot be shadowed; the message says what is missing or unknown."""


@dataclass(frozen=True, slots=True)
class ShadowMonth:
    """What would have been billed: the drafted invoice, work that waits for a person, entries outside the month."""

    version: int
    invoice: InvoiceDraft
    waiting: tuple[OpenLine, ...]
    outside: tuple[str, ...]


def shadow_month(world: World, raw: bytes, month: str) -> ShadowMonth:
    """This function will bill a sheet of time entries for a month such as `2026-02`; raises ShadowRefused.

    Entries that do not begin in the month are named and left out. The world's own work is left out too.
    """
    version = max(world.agreement.versions, key=lambda each: each.version)
    zone = version.calendar.zone
    first, end = _days(month)
    begins, ends = start_of_local_day(zone, first), start_of_local_day(zone, end)
    try:
        sheet = read_time_sheet(raw, zone)
    except SheetRefused as refused:
        raise ShadowRefused(str(refused)) from refused
    _check_known(world, sheet)
    inside = tuple(entry for entry in sheet.work if begins <= entry.period.start < ends)
    outside = tuple(str(entry.id) for entry in sheet.work if entry not in inside)
    supposed = _supposed(world, begins, replace(sheet, work=inside))
    supposed = replace(supposed, to_bill=(DocumentPeriod(first, end),))
    last = max((entry.period.end or ends for entry in inside), default=ends)
    answers = answer(supposed, max(ends, last), engine_version(supposed))
    return ShadowMonth(
        version.version, answers.money.invoices[0], answers.money.open_lines, outside
    )


def _days(month: str) -> tuple[date, date]:
    found = _MONTH.fullmatch(month)
    if found is None:
        message = f'"{month}" is no month; write one such as 2026-02'
        raise ShadowRefused(message)
    period = fee_month(int(found[1]), int(found[2]))
    return period.start, period.end


def _check_known(world: World, sheet: TimeSheet) -> None:
    """An unknown server is one the agreement does not list; an unknown contact could be anybody."""
    known = {contact.id for contact in world.client.contacts}
    unknown = sorted({str(r.contact) for r in sheet.requests} - {str(each) for each in known})
    if unknown:
        message = (
            f"asked_by names {', '.join(unknown)}, who are no contacts of the case file; "
            f"use {', '.join(sorted(known))}, or add them there"
        )
        raise ShadowRefused(message)


def _authorised_from(contact: Contact, begins: datetime) -> Contact:
    if contact.authorised is None or contact.authorised.start <= begins:
        return contact
    return replace(contact, authorised=Period(begins, contact.authorised.end))


def _supposed(world: World, begins: datetime, sheet: TimeSheet) -> World:
    newest = max(world.agreement.versions, key=lambda each: each.version)
    only = replace(newest, in_force=Period(begins), signed_at=begins)
    contacts = tuple(_authorised_from(contact, begins) for contact in world.client.contacts)
    known = {technician.id for technician in world.technicians}
    others = {entry.technician for entry in sheet.work} - known
    return World(
        provider=world.provider,
        client=replace(world.client, contacts=contacts),
        agreement=replace(world.agreement, versions=(only,)),
        technicians=(*world.technicians, *(Technician(each, each) for each in sorted(others))),
        assets=world.assets,
        work=sheet.work,
        requests=sheet.requests,
    )
