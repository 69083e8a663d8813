"""The dated tax rules of a client, or of the provider for everybody. Issued documents keep the tax they were given."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from groundrules.core.invoices.tax import TaxedKind, TaxRule, TaxRules
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require


class RuleTaken(ValueError):
    """A rule of that kind starts on that day already."""


class NoSuchRule(LookupError):
    """There is no such rule to take out."""


def add_rule(
    rule: TaxRule, *, client: books.Client | None, actor: Actor, at: datetime
) -> books.TaxRule:
    """This function will add a rule for a client, or for everybody without one; raises RuleTaken."""
    require(actor, Role.ACCOUNTANT)
    with transaction.atomic():
        if _rows(client, rule.applies_to, rule.starts_on).exists():
            message = (
                f"a rule for {rule.applies_to.value} starts on {rule.starts_on} already; "
                "take it out first, or start this one on another day"
            )
            raise RuleTaken(message)
        row = books.TaxRule.objects.create(
            client=client,
            starts_on=rule.starts_on,
            applies_to=rule.applies_to.value,
            category=rule.tax.category.value,
            percent=rule.tax.percent,
            name=rule.tax.name,
            reason=rule.tax.reason,
        )
        _note("taxes.add_rule", f"tax rule added: {row}", client, (actor, at))
    return row


def keep_rules(rules: TaxRules, *, client: books.Client, actor: Actor, at: datetime) -> None:
    """This function will add the rules that are not there yet; one that starts on the same day is left as it is."""
    for whose, several in ((client, rules.client), (None, rules.provider)):
        for rule in several:
            if not _rows(whose, rule.applies_to, rule.starts_on).exists():
                add_rule(rule, client=whose, actor=actor, at=at)


def remove_rule(
    kind: TaxedKind, starts_on: date, *, client: books.Client | None, actor: Actor, at: datetime
) -> None:
    """This function will take a rule out; documents issued under it stay as they are. Raises NoSuchRule."""
    require(actor, Role.ACCOUNTANT)
    with transaction.atomic():
        row = _rows(client, kind, starts_on).first()
        if row is None:
            whose = client.name if client else "the provider"
            message = f"{whose} has no tax rule for {kind.value} that starts on {starts_on}"
            raise NoSuchRule(message)
        says = f"tax rule taken out: {row}"
        row.delete()
        _note("taxes.remove_rule", says, client, (actor, at))


def _rows(client: books.Client | None, kind: TaxedKind, starts_on: date) -> QuerySet[books.TaxRule]:
    return books.TaxRule.objects.filter(client=client, applies_to=kind.value, starts_on=starts_on)


def _note(
    verb: str, says: str, client: books.Client | None, written: tuple[Actor, datetime]
) -> None:
    actor, at = written
    entry = audit.Entry(verb, client.code if client else "provider", says, client)
    audit.record(entry, actor=actor, at=at)
