"""Rules of engagement: published version by version, accepted by a named person at the vendor, asked again when new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from django.db import transaction
from django.db.models import Max

from groundrules.core.ids import VendorId
from groundrules.core.letters.reader import language_for
from groundrules.core.vendors import RulesAcceptance
from groundrules.core.vendors.rules import (
    Asking,
    RulesOfEngagement,
    RulesStanding,
    Unaccepted,
    assemble,
    rules_standing,
)
from groundrules.core.vendors.rules_library import RulesIncomplete
from groundrules.records import models as books
from groundrules.records.models import PortalLink, Role
from groundrules.services.access.announcing import announce
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn


class RulesChanged(ValueError):
    """A newer version was published since the page was opened; read that one first."""


@dataclass(frozen=True, slots=True)
class NewRules:
    """What the next version holds: clauses of the library by id, sentences of one's own, and what it does meanwhile.

    `own_german` are the German words of `own`, in the same order; either may be empty at a place.
    """

    clauses: tuple[str, ...]
    own: tuple[str, ...] = ()
    own_german: tuple[str, ...] = ()
    unaccepted: Unaccepted = Unaccepted.REFUSE
    per_agreement: bool = False

    def own_words(self) -> tuple[Mapping[str, str], ...]:
        """This function will return each sentence of one's own in the languages it is given in."""
        pairs = zip_longest(self.own, self.own_german, fillvalue="")
        return tuple({"en": english, "de": german} for english, german in pairs)


def reads_of(client: books.Client, vendor: books.Vendor) -> str:
    """This function will return the language a vendor is written to in."""
    return language_for(vendor.name, client.to_core(), (vendor.to_core(),))


def versions_of(client: books.Client, vendor: books.Vendor) -> tuple[RulesOfEngagement, ...]:
    """This function will return every version published for a vendor, oldest first."""
    rows = books.RulesOfEngagement.objects.of_client(client).filter(vendor=vendor)
    return tuple(row.to_core() for row in rows.order_by("version", "pk"))


def standing_of(client: books.Client, vendor: books.Vendor, at: datetime) -> RulesStanding:
    """This function will say whether a vendor has accepted the newest version of its rules."""
    rows = books.RulesAcceptance.objects.current().of_client(client).filter(vendor=vendor)
    accepted = [row.to_core() for row in rows.order_by("pk")]
    versions, code = versions_of(client, vendor), VendorId(vendor.code)
    return rules_standing(versions, accepted, code, at, agreement_label(client, at))


def agreement_label(client: books.Client, at: datetime) -> str:
    """This function will name the version of the client's agreement in force, as `MSA-HARBOR v2`; empty without one."""
    rows = books.AgreementVersion.objects.filter(agreement__client=client, published_at__lte=at)
    versions = (row.to_core() for row in rows.select_related("agreement").order_by("-version"))
    code = client.agreements.order_by("pk").values_list("code", flat=True).first()
    found = next((one for one in versions if one.in_force.contains(at)), None)
    return f"{code} v{found.version}" if found else ""


def publish(
    wanted: NewRules, vendor: books.Vendor, *, client: books.Client, actor: Actor, at: datetime
) -> RulesOfEngagement:
    """This function will publish the next version and ask everyone with a link to accept it; raises RulesIncomplete."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        rules = assemble(
            VendorId(vendor.code),
            wanted.clauses,
            wanted.own_words(),
            after=versions_of(client, vendor),
            asking=Asking(wanted.unaccepted, wanted.per_agreement, reads_of(client, vendor)),
            at=at,
        )
        rules = replace(rules, version=max(rules.version, _accepted(client, vendor) + 1))
        says = f"rules of engagement for {vendor.name}: version {rules.version} published"
        enter(rules, "vendors.publish_rules", says, Filing(client, actor, at))
        announce(rules, client, vendor, reads_of(client, vendor), at)
    return rules


def _accepted(client: books.Client, vendor: books.Vendor) -> int:
    """The highest version on record as accepted, also from before any was published here."""
    rows = books.RulesAcceptance.objects.of_client(client).filter(vendor=vendor)
    return rows.aggregate(last=Max("version"))["last"] or 0


def accept_by_link(link: PortalLink, version: int, at: datetime) -> RulesAcceptance:
    """This function will record that a link's person accepts the newest version; call it once their code was checked.

    Raises RulesChanged when `version` is not the newest: nobody accepts what they did not see.
    """
    assert link.vendor is not None  # noqa: S101 - whoever calls has refused a link without one
    standing = standing_of(link.client, link.vendor, at)
    newest = standing.rules.version if standing.rules else 0
    if version != newest:
        message = f"The rules have changed: read version {newest} before you accept it."
        raise RulesChanged(message)
    acceptance = RulesAcceptance(
        VendorId(link.vendor.code), version, link.person, at, standing.agreement
    )
    says = f"{link.person} accepted rules v{version} by their link"
    actor = Actor(link.email, Role.TECHNICIAN)  # the label in the books; a link opens no other verb
    enter(acceptance, "vendors.accept_rules", says, Filing(link.client, actor, at))
    return acceptance


def accept_in_writing(
    vendor: books.Vendor,
    version: int,
    person: str,
    *,
    client: books.Client,
    actor: Actor,
    at: datetime,
) -> RulesAcceptance:
    """This function will record that a named person accepted the newest version on paper or by mail.

    Raises RulesChanged for another version, and RulesIncomplete for nobody.
    """
    require(actor, Role.TECHNICIAN)
    if not person.strip():
        message = "a version is accepted by a person; say who"
        raise RulesIncomplete(message)
    standing = standing_of(client, vendor, at)
    if standing.rules is None or standing.rules.version != version:
        newest = f"the newest is {standing.rules.version}" if standing.rules else "there is none"
        message = f"version {version} is not the newest version: {newest}"
        raise RulesChanged(message)
    acceptance = RulesAcceptance(
        VendorId(vendor.code), version, person.strip(), at, standing.agreement
    )
    says = f"{person.strip()} accepted rules v{version} in writing"
    enter(acceptance, "vendors.accept_rules", says, Filing(client, actor, at))
    return acceptance
