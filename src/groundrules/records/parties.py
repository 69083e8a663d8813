"""Cards: who takes part. Ordinary rows that people edit; each change leaves an audit entry (services/cards.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce

from groundrules.core.ids import (
    ApplicationId,
    AssetId,
    ClientId,
    ComponentId,
    ContactId,
    ProviderId,
    TechnicianId,
    VendorId,
)
from groundrules.core.money import Money
from groundrules.core.parties import Account as CoreAccount
from groundrules.core.parties import Application as CoreApplication
from groundrules.core.parties import Asset as CoreAsset
from groundrules.core.parties import Authority, DependencyGrade, LegalDetails, Party, PartyKind
from groundrules.core.parties import Client as CoreClient
from groundrules.core.parties import Contact as CoreContact
from groundrules.core.parties import CostRate as CoreCostRate
from groundrules.core.parties import Dependency as CoreDependency
from groundrules.core.parties import Provider as CoreProvider
from groundrules.core.parties import Technician as CoreTechnician
from groundrules.core.parties import Vendor as CoreVendor
from groundrules.core.periods import Period
from groundrules.records.any_case import any_case

_CODE = 64
_NAME = 200
_LANGUAGE = 8


def _period(start: datetime | None, end: datetime | None) -> Period | None:
    return Period(start, end) if start is not None else None


class Card(models.Model):
    """A standing row, found by its code."""

    code = models.CharField(max_length=_CODE)
    name = models.CharField(max_length=_NAME)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class TradingCard(Card):
    """A card of somebody documents are written by or to: what the tax office, the post and the bank ask for."""

    legal_name = models.CharField(max_length=_NAME, blank=True, db_default="")
    country = models.CharField(max_length=2, blank=True, db_default="")
    vat_id = models.CharField(max_length=_CODE, blank=True, db_default="")
    tax_number = models.CharField(max_length=_CODE, blank=True, db_default="")
    electronic_address = models.CharField(max_length=_NAME, blank=True, db_default="")
    electronic_scheme = models.CharField(max_length=4, blank=True, db_default="")
    account = models.CharField(max_length=_CODE, blank=True, db_default="")
    account_name = models.CharField(max_length=_NAME, blank=True, db_default="")
    bank = models.CharField(max_length=_CODE, blank=True, db_default="")

    class Meta:
        abstract = True

    def legal(self) -> LegalDetails:
        """This function will return what documents say of the party beside its name."""
        return LegalDetails(
            name=self.legal_name,
            country=self.country,
            vat_id=self.vat_id,
            tax_number=self.tax_number,
            electronic_address=self.electronic_address,
            electronic_scheme=self.electronic_scheme,
            account=self.account,
            account_name=self.account_name,
            bank=self.bank,
        )


class Provider(TradingCard):
    """The managed service provider itself; an installation has one."""

    zone = models.CharField(max_length=_CODE)
    email = models.EmailField(blank=True)
    address = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="provider_code")]

    def to_core(self) -> CoreProvider:
        """This function will return the provider as the core knows it."""
        return CoreProvider(
            ProviderId(self.code), self.name, self.zone, self.email, self.address, self.legal()
        )


class Technician(Card):
    """One of the provider's own people."""

    role = models.CharField(max_length=_CODE, default="technician")
    cost_rates: models.QuerySet[CostRate]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="technician_code")]

    def to_core(self) -> CoreTechnician:
        """This function will return the technician with every dated cost rate."""
        rates = sorted(
            (rate.to_core() for rate in self.cost_rates.all()), key=lambda r: r.period.start
        )
        return CoreTechnician(TechnicianId(self.code), self.name, tuple(rates), self.role)


class CostRate(models.Model):
    """A technician's burdened cost per hour from one instant to another; periods begin at different instants."""

    technician = models.ForeignKey(Technician, on_delete=models.CASCADE, related_name="cost_rates")
    hourly_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["technician", "starts_at"], name="costrate_one_start"),
            models.CheckConstraint(
                condition=models.Q(hourly_minor__gte=0), name="costrate_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="costrate_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{Money(self.hourly_minor, self.currency)} per hour"

    def to_core(self) -> CoreCostRate:
        """This function will return the rate and its period."""
        return CoreCostRate(
            Money(self.hourly_minor, self.currency), Period(self.starts_at, self.ends_at)
        )


class Client(TradingCard):
    """The company that signed the agreement."""

    zone = models.CharField(max_length=_CODE)
    currency = models.CharField(max_length=3)
    notice_email = models.EmailField(blank=True)
    address = models.TextField(blank=True)
    language = models.CharField(max_length=_LANGUAGE, blank=True, db_default="")
    contacts: models.QuerySet[Contact]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="client_code")]
        indexes = any_case("client")

    def to_core(self) -> CoreClient:
        """This function will return the client with its contacts."""
        contacts = tuple(contact.to_core() for contact in self.contacts.order_by("code"))
        return CoreClient(
            ClientId(self.code),
            self.name,
            self.zone,
            self.currency,
            contacts,
            self.notice_email,
            self.address,
            self.legal(),
            self.language,
        )


class Contact(Card):
    """A person at, or acting for, a client, with what they may do and since when."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=_NAME, blank=True)
    email = models.EmailField(blank=True)
    authorities: models.JSONField[Any, Any] = models.JSONField(default=list)
    authorised_from = models.DateTimeField(null=True)
    authorised_to = models.DateTimeField(null=True)
    outside = models.BooleanField(default=False)
    language = models.CharField(max_length=_LANGUAGE, blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "code"], name="contact_code")]
        indexes = any_case("contact", "client")

    def to_core(self) -> CoreContact:
        """This function will return the contact and the period of their authorities."""
        return CoreContact(
            id=ContactId(self.code),
            name=self.name,
            role=self.role,
            email=self.email,
            authorities=frozenset(Authority(word) for word in self.authorities),
            authorised=_period(self.authorised_from, self.authorised_to),
            outside=self.outside,
            language=self.language,
        )


class Vendor(Card):
    """A third party whose application runs on clients' servers; known to the provider, not to one client."""

    networks: models.JSONField[Any, Any] = models.JSONField(default=list)
    people: models.JSONField[Any, Any] = models.JSONField(default=list)
    email = models.EmailField(blank=True)
    zone = models.CharField(max_length=_CODE, blank=True)
    language = models.CharField(max_length=_LANGUAGE, blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="vendor_code")]
        indexes = any_case("vendor")

    def to_core(self) -> CoreVendor:
        """This function will return the vendor with its declared networks and people."""
        return CoreVendor(
            VendorId(self.code),
            self.name,
            tuple(self.networks),
            tuple(self.people),
            self.email,
            self.zone,
            self.language,
        )


class AssetQuerySet(models.QuerySet["Asset"]):
    """Questions about assets."""

    def calling_itself(self, host: str) -> AssetQuerySet:
        """Assets that a host name found in evidence may mean: by code, name or a further name, domain part or not."""
        short = host.split(".", maxsplit=1)[0]
        by_name = models.Q()
        for name in {host, short}:
            by_name |= (
                models.Q(code__iexact=name)
                | models.Q(name__iexact=name)
                | models.Q(host_names__name__iexact=name)
            )
        return self.filter(by_name).distinct()


class Asset(Card):
    """A server or endpoint of a client."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assets")
    kind = models.CharField(max_length=_CODE, default="server")
    zone = models.CharField(max_length=_CODE, blank=True)
    operating_system = models.CharField(max_length=_NAME, blank=True)
    site = models.ForeignKey(
        "records.Site", null=True, on_delete=models.PROTECT, related_name="assets"
    )

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "code"], name="asset_code")]
        indexes = any_case("asset", "client")

    def to_core(self) -> CoreAsset:
        """This function will return the asset."""
        return CoreAsset(AssetId(self.code), self.name, self.kind, self.zone, self.operating_system)


class HostName(models.Model):
    """A further name by which evidence may call an asset (a domain name, an old name)."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="host_names")
    name = models.CharField(max_length=_NAME)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "name"], name="hostname_once")]

    def __str__(self) -> str:
        return self.name


class Application(Card):
    """A line-of-business application on an asset, and its vendor."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="applications")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="applications")
    vendor = models.ForeignKey(
        Vendor, null=True, on_delete=models.PROTECT, related_name="applications"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "code"], name="application_code")]

    def to_core(self) -> CoreApplication:
        """This function will return the application with the codes of its asset and vendor."""
        vendor = VendorId(self.vendor.code) if self.vendor else None
        return CoreApplication(
            ApplicationId(self.code), self.name, AssetId(self.asset.code), vendor
        )


class Dependency(models.Model):
    """One edge of the dependency map: an application or component needs a component.

    `source` says where we know it from: a case file, a declaration, an observation, or who stated it and why.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="dependencies")
    dependent = models.CharField(max_length=_NAME)
    component = models.CharField(max_length=_NAME)
    grade = models.CharField(max_length=_CODE)
    source = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "dependent", "component"], name="dependency_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(dependent=models.F("component")), name="dependency_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dependent} needs {self.component}"

    def to_core(self) -> CoreDependency:
        """This function will return the edge and how well it is known."""
        return CoreDependency(
            self.dependent, ComponentId(self.component), DependencyGrade(self.grade)
        )


class Account(models.Model):
    """A login on a host or everywhere, and whose it was when."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="accounts")
    name = models.CharField(max_length=_NAME)
    host = models.ForeignKey(Asset, null=True, on_delete=models.CASCADE, related_name="accounts")
    identifier = models.CharField(max_length=_NAME, blank=True)
    party_kind = models.CharField(max_length=_CODE)
    party_code = models.CharField(max_length=_CODE)
    party_name = models.CharField(max_length=_NAME, blank=True)
    person = models.CharField(max_length=_NAME, blank=True)
    shared = models.BooleanField(default=False)
    held_from = models.DateTimeField(null=True)
    held_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "client",
                "name",
                Coalesce("host", 0),
                "party_kind",
                "party_code",
                condition=models.Q(held_from__isnull=True),
                name="account_once_if_undated",
            ),
            models.UniqueConstraint(
                "client",
                "name",
                Coalesce("host", 0),
                "held_from",
                name="account_once_from",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def to_core(self) -> CoreAccount:
        """This function will return the account, its party and when it was held."""
        return CoreAccount(
            name=self.name,
            party=Party(PartyKind(self.party_kind), self.party_code, self.party_name),
            host=AssetId(self.host.code) if self.host else None,
            identifier=self.identifier,
            shared=self.shared,
            person=self.person,
            held=_period(self.held_from, self.held_to),
        )
