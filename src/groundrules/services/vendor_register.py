"""The register of a vendor at one client: its card, its people's accounts on hosts, and the support contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from groundrules.core.ids import AssetId, VendorId
from groundrules.core.parties import Account, Party, PartyKind, Vendor
from groundrules.core.periods import Period
from groundrules.core.vendors.support import SupportContract
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import cards
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn

_LONGEST = 120


class RegisterRefused(ValueError):
    """Something can't stand in the register: a network that is none, an account of nobody, an unknown zone."""


@dataclass(frozen=True, slots=True)
class CardSaid:
    """What a vendor's card says beside its name; it is the same at every client."""

    email: str = ""
    zone: str = ""
    networks: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountSaid:
    """An account on a host (none named: on every one) and the one person it belongs to."""

    name: str
    person: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """What is on record of a vendor at one client, for a page or a list."""

    vendor: books.Vendor
    applications: tuple[books.Application, ...]
    accounts: tuple[books.Account, ...]
    support: SupportContract | None


def registered(client: books.Client, vendor: books.Vendor, at: datetime) -> Registered:
    """This function will gather what is on record of a vendor at a client now."""
    support = books.SupportContract.objects.current().of_client(client).filter(vendor=vendor)
    row = support.first()
    applications = client.applications.filter(vendor=vendor).select_related("asset")
    return Registered(
        vendor,
        tuple(applications.order_by("code")),
        accounts_held(client, vendor, at),
        row.to_core() if row else None,
    )


def accounts_held(
    client: books.Client, vendor: books.Vendor, at: datetime
) -> tuple[books.Account, ...]:
    """This function will list the accounts of a vendor's people at a client that are held now or will be."""
    rows = client.accounts.filter(party_kind=PartyKind.VENDOR, party_code=vendor.code)
    held = rows.exclude(held_to__lte=at).select_related("host")
    return tuple(held.order_by("name", "pk"))


def keep_card(
    vendor: books.Vendor, said: CardSaid, *, client: books.Client, actor: Actor, at: datetime
) -> books.Vendor:
    """This function will change a vendor's card; raises RegisterRefused."""
    card = Vendor(
        VendorId(vendor.code),
        vendor.name,
        _networks(said.networks),
        _lines(said.people),
        _email(said.email),
        _zone(said.zone),
    )
    kept: books.Vendor = cards.keep(card, actor=actor, at=at, client=client)
    return kept


def add_account(
    vendor: books.Vendor, said: AccountSaid, *, client: books.Client, actor: Actor, at: datetime
) -> books.Account:
    """This function will put a person's account on record from now on; raises RegisterRefused."""
    require(actor, Role.TECHNICIAN)
    name, person = said.name.strip(), said.person.strip()
    if not name or not person:
        message = "an account needs its name and the one person it belongs to"
        raise RegisterRefused(message)
    if max(len(name), len(person)) > _LONGEST:
        message = f"an account's name and person have at most {_LONGEST} letters"
        raise RegisterRefused(message)
    host = client.assets.filter(code=said.host).first() if said.host else None
    if said.host and host is None:
        message = f"{client.code} has no server {said.host!r}"
        raise RegisterRefused(message)
    with transaction.atomic():
        take_turn(client)
        standing = client.accounts.exclude(held_to__lte=at).filter(name__iexact=name, host=host)
        if standing.exists():
            where = f"on {host.code}" if host else "on every server"
            message = f"{name} {where} is on record already; end that entry first"
            raise RegisterRefused(message)
        party = Party(PartyKind.VENDOR, vendor.code, vendor.name)
        account = Account(
            name,
            party,
            AssetId(said.host) if said.host else None,
            person=person,
            held=Period(at, None),
        )
        kept: books.Account = cards.keep(account, actor=actor, at=at, client=client)
    return kept


def end_account(
    account: books.Account, *, client: books.Client, actor: Actor, at: datetime
) -> books.Account:
    """This function will note that an account is its person's no more; what it did before stays its person's.

    Raises RegisterRefused for one that had ended, or whose time has not begun.
    """
    require(actor, Role.TECHNICIAN)
    core = account.to_core()
    begun = core.held.start if core.held else None
    if (account.held_to is not None and account.held_to <= at) or (begun and begun >= at):
        message = f"{account.name} is not held now; nothing was changed"
        raise RegisterRefused(message)
    kept: books.Account = cards.end_account(account, actor=actor, at=at, client=client)
    return kept


def keep_support(
    said: SupportContract, vendor: books.Vendor, *, client: books.Client, actor: Actor, at: datetime
) -> books.SupportContract:
    """This function will put a client's support contract with a vendor on record; the one before is superseded.

    Raises RegisterRefused.
    """
    require(actor, Role.TECHNICIAN)
    contract = _tidy(said, vendor, client)
    ends = f", until {contract.last_day}" if contract.last_day else ""
    says = f"support contract {contract.number or '(no number)'} with {contract.vendor}{ends}"
    row: books.SupportContract = enter(
        contract, "vendors.support_contract", says, Filing(client, actor, at)
    ).row
    return row


def _tidy(said: SupportContract, vendor: books.Vendor, client: books.Client) -> SupportContract:
    known = set(client.assets.values_list("code", flat=True))
    strange = sorted(said.assets - known)
    if strange:
        message = f"{client.code} has no server {strange[0]!r}"
        raise RegisterRefused(message)
    number, covers = said.number.strip(), said.covers.strip()
    if len(number) > _LONGEST:
        message = f"a contract's number has at most {_LONGEST} letters"
        raise RegisterRefused(message)
    return replace(
        said,
        vendor=VendorId(vendor.code),
        number=number,
        covers=covers,
        tools=_lines(said.tools),
        escalation=_lines(said.escalation),
    )


def _networks(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_network, _lines(said))))


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError as wrong:
        message = f"{text!r} is no network; write one such as 203.0.113.0/28, or a single address"
        raise RegisterRefused(message) from wrong


def _lines(said: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(line.strip() for line in said if line.strip()))
    if any(len(line) > _LONGEST for line in kept):
        message = f"a line has at most {_LONGEST} letters"
        raise RegisterRefused(message)
    return kept


def _email(said: str) -> str:
    text = said.strip()
    if text and ("@" not in text or " " in text or len(text) > _LONGEST):
        message = f"{text!r} is no mail address"
        raise RegisterRefused(message)
    return text


def _zone(said: str) -> str:
    text = said.strip()
    try:
        if text:
            ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        message = f"{text!r} is no zone; write one such as Asia/Kolkata"
        raise RegisterRefused(message) from unknown
    return text
