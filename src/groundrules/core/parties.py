"""Who takes part: provider, technicians, client, contacts, vendors, assets and what runs on them.

Only what a decision needs has a core type; a phone number stays a field of a record. Everything that can change carries
a period, because authority is asked for an instant and never read from a current flag.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from groundrules.core.ids import (
    ApplicationId,
    AssetId,
    ClientId,
    ComponentId,
    ContactId,
    ProviderId,
    SiteId,
    TechnicianId,
    VendorId,
)
from groundrules.core.money import Money
from groundrules.core.periods import Period


class PartyKind(StrEnum):
    """The kinds of party an action can belong to; the provider is a suspect like everyone else."""

    PROVIDER = "provider"
    VENDOR = "vendor"
    CLIENT = "client"
    CONSULTANT = "consultant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Party:
    """A party by kind and id (`vendor` V1); `name` is only for reading."""

    kind: PartyKind
    id: str
    name: str = ""


def same_account_name(one: str, other: str) -> bool:
    r"""This function will say whether two spellings may name one account.

    A domain that only one gives is no difference: `HARBOR\v1` and `v1` may be one; `HARBOR\v1` and `SRV1\v1` are two.
    An empty name is nobody's.
    """
    (domain, name), (other_domain, other_name) = _account_parts(one), _account_parts(other)
    if not name or name != other_name:
        return False
    return not domain or not other_domain or domain == other_domain


@lru_cache(maxsize=65536)
def _account_parts(name: str) -> tuple[str, str]:
    domain, _, bare = name.strip().casefold().rpartition("\\")
    return domain, bare


@dataclass(frozen=True, slots=True)
class Account:
    r"""A login on a host or in a database, and whose it was when.

    `host` empty means everywhere (a domain account). `shared` accounts name an account, never a person or party.
    `identifier` is the SID (Windows) or uid (Linux) when known.
    """

    name: str
    party: Party
    host: AssetId | None = None
    identifier: str = ""
    shared: bool = False
    person: str = ""
    held: Period | None = None

    def names(self, account: str, host: AssetId | None, at: datetime) -> bool:
        """This function will say whether a name or identifier seen on `host` at `at` is this account."""
        same = same_account_name(account, self.name) or (
            bool(self.identifier) and account == self.identifier
        )
        right_host = self.host is None or host is None or self.host == host
        return same and right_host and (self.held is None or self.held.contains(at))


@dataclass(frozen=True, slots=True)
class CostRate:
    """A technician's burdened cost per hour during a period (actual minutes are costed, never rounded ones)."""

    hourly: Money
    period: Period


@dataclass(frozen=True, slots=True)
class Technician:
    """One of the provider's own people."""

    id: TechnicianId
    name: str
    cost_rates: tuple[CostRate, ...] = ()
    role: str = "technician"


@dataclass(frozen=True, slots=True)
class LegalDetails:
    """What a document says of a party beside its name: registered name, tax numbers, where to send and where to pay.

    `country` is ISO 3166 (two letters), `vat_id` begins with its country, `tax_number` is any other registration (a US
    sales tax permit). `electronic_scheme` says what kind of address `electronic_address` is (EM: e-mail, 0088: GLN).
    `account` is an IBAN or a local account number and `bank` the BIC, both of whoever is to be paid.
    """

    name: str = ""
    country: str = ""
    vat_id: str = ""
    tax_number: str = ""
    electronic_address: str = ""
    electronic_scheme: str = ""
    account: str = ""
    account_name: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """The managed service provider itself."""

    id: ProviderId
    name: str
    zone: str
    email: str = ""
    address: str = ""
    legal: LegalDetails = field(default=LegalDetails())


class Authority(StrEnum):
    """What a contact may do for the client; each is granted for a period and scope."""

    REQUEST_AFTER_HOURS = "request_after_hours"
    RATIFY = "ratify"
    RECEIVE_NOTICE = "receive_notice"
    SIGN = "sign"
    COMMIT = "commit"
    APPROVE_ACCESS = "approve_access"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at, or acting for, the client, and what they may do when (`authorities` during `authorised`).

    `language` is the one they are written to in, where it is not the client's.
    """

    id: ContactId
    name: str
    role: str = ""
    email: str = ""
    authorities: frozenset[Authority] = frozenset()
    authorised: Period | None = None
    outside: bool = False
    language: str = ""

    def may(self, authority: Authority, at: datetime) -> bool:
        """This function will say whether the contact held this authority at that instant."""
        held = self.authorised is not None and self.authorised.contains(at)
        return held and authority in self.authorities


@dataclass(frozen=True, slots=True)
class Client:
    """The company that signed the agreement; `zone` is the site's IANA zone, `currency` ISO 4217.

    `language` (`en`, `de`) is what its letters are written in; without one it is English.
    """

    id: ClientId
    name: str
    zone: str
    currency: str
    contacts: tuple[Contact, ...] = ()
    notice_email: str = ""
    address: str = ""
    legal: LegalDetails = field(default=LegalDetails())
    language: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A place of the client where its assets stand and people work; no zone of its own means the client's.

    `opening_hours` and `closed_days` are words for whoever goes there. No decision reads them, nor the zone: an
    agreement states its own business hours, holidays and zone. `notes` are ours, about getting in; never a secret.
    """

    id: SiteId
    name: str
    address: str = ""
    zone: str = ""
    opening_hours: str = ""
    closed_days: str = ""
    phone: str = ""
    contact: ContactId | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A third party whose application runs on a client's server; `networks` are its declared CIDR ranges.

    `language` is the one it is written to in, where it is not the client's.
    """

    id: VendorId
    name: str
    networks: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    email: str = ""
    zone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A configuration item (ITIL): a server or endpoint of the client."""

    id: AssetId
    name: str
    kind: str = "server"
    zone: str = ""
    operating_system: str = ""


class DependencyGrade(StrEnum):
    """How well a dependency is known, strongest first (reference: causation section 3.2)."""

    OBSERVED = "observed"
    DECLARED = "declared"
    SAME_HOST = "same host"


@dataclass(frozen=True, slots=True)
class Dependency:
    """`dependent` (an application or component) needs `component`, on `asset`, as known by `grade`."""

    dependent: str
    component: ComponentId
    grade: DependencyGrade = DependencyGrade.DECLARED


@dataclass(frozen=True, slots=True)
class Application:
    """A line-of-business application on an asset, its vendor, and the components it needs directly."""

    id: ApplicationId
    name: str
    asset: AssetId
    vendor: VendorId | None = None
