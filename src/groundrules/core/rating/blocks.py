"""Prepaid hours: which charges a block pays for, in the order the work was done, and what is left of each block.

The order in which entries were written down has no effect: each settlement starts from full blocks and all charges. A
rounding unit draws at its first instant. What a block can no longer pay is charged: a unit is split where it runs out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from groundrules.core.agreements.further_terms import BlockTerms
from groundrules.core.agreements.reading import said_fraction
from groundrules.core.agreements.terms import Agreement
from groundrules.core.ids import BlockId, ClauseNumber
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.money import Money, price_of_seconds
from groundrules.core.orders import BlockPurchase
from groundrules.core.periods import local_date, start_of_local_day, utc
from groundrules.core.rating.answers import Charge
from groundrules.core.rating.working import hours_label

_HUNDRED = 100
_MONTHS = 12
_LONGEST_MONTH = 31


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it can be used: from `opens` until `expires` (None: for ever), by the terms it was bought under."""

    id: BlockId
    opens: datetime
    expires: datetime | None
    minutes: Fraction
    terms: BlockTerms
    zone: str
    rolled: bool = False


@dataclass(frozen=True, slots=True)
class Prepaid:
    """The part of a charge that a block paid: charged minutes at their value, and what that burnt of the block."""

    charge: Charge
    block: BlockId
    minutes: int
    burnt: Fraction
    left: Fraction
    value: Money
    clause: ClauseNumber
    working: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What is still charged, what blocks paid, and what is left of each block that was opened."""

    charges: tuple[Charge, ...]
    prepaid: tuple[Prepaid, ...]
    left: tuple[tuple[Block, Fraction], ...]


def months_after(day: date, months: int) -> date:
    """This function will return the same day so many months later, or the last day of a month without it."""
    number = day.year * _MONTHS + day.month - 1 + months
    first = date(number // _MONTHS, number % _MONTHS + 1, 1)
    last = ((first + timedelta(days=_LONGEST_MONTH)).replace(day=1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))


def opened(
    agreement: Agreement, purchases: Iterable[BlockPurchase], zone: str
) -> tuple[Block, ...]:
    """This function will open each bought block under the terms in force on its day; without terms it pays nothing."""
    blocks = []
    for purchase in purchases:
        opens = start_of_local_day(zone, purchase.day)
        version = binding_version(agreement, opens)
        if version is None or version.block is None:
            continue
        terms = version.block
        expires = (
            start_of_local_day(zone, months_after(purchase.day, terms.valid_months))
            if terms.valid_months
            else None
        )
        blocks.append(Block(purchase.id, opens, expires, Fraction(purchase.minutes), terms, zone))
    return tuple(blocks)


@dataclass(slots=True)
class _Tank:
    """A block while it is emptied."""

    block: Block
    left: Fraction

    def pays(self, charge: Charge, at: datetime) -> bool:
        """This method will say whether the block may pay for a charge that began at an instant; it pays for time."""
        if charge.key.beside is not None:
            return False
        block, only = self.block, self.block.terms.clauses
        is_open = block.opens <= at and (block.expires is None or at < block.expires)
        return is_open and self.left > 0 and (not only or set(charge.clauses) <= set(only))

    def draw(self, minutes: int, burn: Fraction) -> int:
        """This method will take what it can of so many charged minutes, in whole minutes."""
        taken = min(minutes, int(self.left / burn)) if burn > 0 else minutes
        self.left -= taken * burn
        return taken

    def rolled_over(self) -> _Tank | None:
        """This method will return what lives on after the block expired, in whole minutes; None when nothing does."""
        block, terms = self.block, self.block.terms
        rest = Fraction(int(self.left * terms.rolls_percent / _HUNDRED))
        if block.expires is None or block.rolled or not terms.rolls_months or rest <= 0:
            return None
        day = months_after(local_date(block.zone, block.expires), terms.rolls_months)
        until = start_of_local_day(block.zone, day)
        again = replace(block, opens=block.expires, expires=until, minutes=rest, rolled=True)
        return _Tank(again, rest)


def settle(charges: Iterable[Charge], blocks: Iterable[Block], at: datetime) -> Settled:
    """This function will let blocks pay for charges in the order the work was done, and return the rest as charges.

    What is left is said as of `at`: blocks that expired by then have handed on what rolls over, without later work too.
    """
    tanks = [_Tank(block, block.minutes) for block in blocks]
    known = tuple(charges)
    kept: list[Charge] = []
    paid: list[Prepaid] = []
    for charge in sorted(known, key=_work_order):
        _roll_over(tanks, charge.spans[0].start)
        rest, parts = _drawn(charge, tanks)
        paid += parts
        kept += [rest] if rest is not None else []
    _roll_over(tanks, utc(at))
    places = {id(charge.key): place for place, charge in enumerate(known)}
    kept.sort(key=lambda charge: places[id(charge.key)])
    left = sorted(tanks, key=lambda tank: (tank.block.opens, tank.block.id, tank.block.rolled))
    return Settled(tuple(kept), tuple(paid), tuple((tank.block, tank.left) for tank in left))


def _work_order(charge: Charge) -> tuple[object, ...]:
    return charge.spans[0].start, charge.entries, charge.hourly.minor, charge.clauses


def _roll_over(tanks: list[_Tank], at: datetime) -> None:
    """Blocks that expired by now hand on what rolls over, once; the rolled part is open from that very instant."""
    known = {(tank.block.id, tank.block.rolled) for tank in tanks}
    for tank in tuple(tanks):
        block = tank.block
        if block.expires is None or block.expires > at or (block.id, True) in known:
            continue
        again = tank.rolled_over()
        if again is not None:
            tank.left -= again.left
            tanks.append(again)


def _drawn(charge: Charge, tanks: list[_Tank]) -> tuple[Charge | None, list[Prepaid]]:
    at = charge.spans[0].start
    minutes, parts = charge.minutes_charged, []
    for tank in sorted((t for t in tanks if t.pays(charge, at)), key=_first_to_expire):
        burn = tank.block.terms.burnt_for_one(charge.bands)
        taken = tank.draw(minutes, burn)
        if taken:
            minutes -= taken
            parts.append(_prepaid(charge, tank, taken, burn))
    if not parts:
        return charge, []
    return _rest(charge, minutes) if minutes else None, parts


def _first_to_expire(tank: _Tank) -> tuple[object, ...]:
    never = tank.block.expires is None
    return never, tank.block.expires or tank.block.opens, tank.block.opens, tank.block.id


def _prepaid(charge: Charge, tank: _Tank, minutes: int, burn: Fraction) -> Prepaid:
    value = price_of_seconds(charge.hourly, minutes * 60)
    burnt = minutes * burn
    for_one = "" if burn == 1 else f" ({said_fraction(burn)} h for one)"
    return Prepaid(
        charge=charge,
        block=tank.block.id,
        minutes=minutes,
        burnt=burnt,
        left=tank.left,
        value=value,
        clause=tank.block.terms.clause,
        working=(
            f"{hours_label(minutes)} x {charge.hourly} = {value}; {_exact_hours(burnt)} from block "
            f"{tank.block.id}{for_one}, {_exact_hours(tank.left)} left"
        ),
    )


def _exact_hours(minutes: Fraction) -> str:
    if minutes.denominator == 1:
        return hours_label(int(minutes))
    return f"{said_fraction(minutes)} min"


def _rest(charge: Charge, minutes: int) -> Charge:
    amount = price_of_seconds(charge.hourly, minutes * 60)
    paid = hours_label(charge.minutes_charged - minutes)
    return replace(
        charge,
        minutes_charged=minutes,
        amount=amount,
        working=(
            f"{charge.working}; {paid} of it prepaid, the rest {hours_label(minutes)} "
            f"x {charge.hourly} = {amount}"
        ),
    )
