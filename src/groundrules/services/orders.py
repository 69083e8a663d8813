"""Orders: how many users and devices there are, and which blocks of hours were bought; written down, never edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.orders import BlockPurchase, HeadCount
from groundrules.core.periods import start_of_local_day
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn
from groundrules.services.world import agreement_of


class NoBlockClause(ValueError):
    """The agreement in force on the day says nothing about prepaid hours, so a block could pay for nothing."""


class BlockExists(ValueError):
    """A block was recorded under this reference before and says otherwise."""


def count(
    counted: HeadCount, *, client: books.Client, actor: Actor, at: datetime
) -> books.HeadCount:
    """This function will write down how many users or devices there are from a day on; again corrects it."""
    require(actor, Role.ACCOUNTANT)
    whole = counted if counted.recorded_at else replace(counted, recorded_at=at)
    says = f"{whole.count} {whole.unit.value}s from {whole.day.isoformat()}"
    row: books.HeadCount = enter(whole, "orders.count", says, Filing(client, actor, at)).row
    return row


def buy_block(
    block: BlockPurchase, *, client: books.Client, actor: Actor, at: datetime
) -> books.BlockPurchase:
    """This function will write down a block of hours the client bought; the same block again is left as it is.

    Raises NoBlockClause and BlockExists.
    """
    require(actor, Role.ACCOUNTANT)
    whole = block if block.recorded_at else replace(block, recorded_at=at)
    with transaction.atomic():
        rows = books.BlockPurchase.objects.of_client(take_turn(client)).current()
        standing = rows.filter(ref=block.id).first()
        if standing is not None:
            if replace(standing.to_core(), recorded_at=None) == replace(block, recorded_at=None):
                return standing
            message = (
                f"block {block.id} is recorded already and says otherwise; choose another reference"
            )
            raise BlockExists(message)
        _refuse_without_clause(whole, client, at)
        filing = Filing(client, actor, at)
        says = f"block {whole.id} of {whole.minutes} minutes for {whole.price}"
        row: books.BlockPurchase = enter(whole, "orders.buy_block", says, filing).row
    return row


def _refuse_without_clause(block: BlockPurchase, client: books.Client, at: datetime) -> None:
    opens = start_of_local_day(client.zone, block.day)
    version = binding_version(agreement_of(client, at), opens)
    if version is None or version.block is None:
        message = (
            f"no agreement in force on {block.day.isoformat()} has a Block sentence, so block {block.id} would pay "
            "for nothing; publish a version with one first"
        )
        raise NoBlockClause(message)
