"""`groundrules vendor`: the register of vendors, per client: who, from where, where, under which contract."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import day, refuse
from groundrules.cli.vendor_words import (
    NotOnRecord,
    add_vendor,
    client_named,
    say_drafted,
    vendor_named,
)
from groundrules.core.ids import AssetId, VendorId
from groundrules.core.vendors.support import SupportContract
from groundrules.records.models import Account, Client, Vendor
from groundrules.services.actor import NotAllowed
from groundrules.services.agency import reminders_of
from groundrules.services.vendor_register import (
    AccountSaid,
    CardSaid,
    Registered,
    RegisterRefused,
    accounts_held,
    add_account,
    end_account,
    keep_card,
    keep_support,
    registered,
)
from groundrules.services.vendor_replies import NothingToWrite, draft
from groundrules.services.who import NobodyToActAs, acting
from groundrules.services.world import NoAgreement, NoProvider

NAME = "vendor"
HELP = "Keep the register of vendors: people, networks, accounts, support contracts."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    RegisterRefused: Exit.BAD_INPUT,
    NothingToWrite: Exit.CONFLICT,
    NoAgreement: Exit.NOT_FOUND,
    NoProvider: Exit.NOT_FOUND,
    NotOnRecord: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `show`, `write`, `card`, `account`, `end-account` and `support`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list a client's vendors and what is due")
    listing.add_argument("--client", required=True, help="the client's code")
    listing.add_argument("--json", action="store_true", help="print data")
    add_vendor(actions.add_parser("show", help="all that is on record of a vendor at a client"))
    about = actions.add_parser(
        "write", help="draft the letter that asks for its side, or the offer to replace it"
    )
    add_vendor(about, acts=True)
    card = actions.add_parser("card", help="change a vendor's card; what is not named stays")
    add_vendor(card, acts=True)
    card.add_argument("--email", help="where its mail goes")
    card.add_argument("--zone", help="the zone its people work in, such as Asia/Kolkata")
    card.add_argument(
        "--network", action="append", help="a network it comes from; repeat it: all of them"
    )
    card.add_argument("--person", action="append", help="one of its people; repeat it: all of them")
    account = actions.add_parser("account", help="put a person's account on record from now on")
    add_vendor(account, acts=True)
    account.add_argument("--name", required=True, help="the account, as the server calls it")
    account.add_argument("--person", required=True, help="the one person it belongs to")
    account.add_argument("--asset", default="", help="the server; none: every one (a domain)")
    ended = actions.add_parser("end-account", help="note that an account is held no more")
    add_vendor(ended, acts=True)
    ended.add_argument("--name", required=True, help="the account")
    ended.add_argument("--asset", default="", help="the server, as it was put on record")
    _declare_support(actions.add_parser("support", help="put the support contract on record"))


def _declare_support(support: argparse.ArgumentParser) -> None:
    add_vendor(support, acts=True)
    support.add_argument("--number", default="", help="what a caller is asked for")
    support.add_argument("--covers", default="", help="what it covers")
    support.add_argument("--last-day", type=day, help="the last day it runs")
    support.add_argument("--names-us", action="store_true", help="it names us as who may call")
    support.add_argument("--tool", action="append", default=[], help="an agreed remote tool")
    support.add_argument(
        "--escalation", action="append", default=[], help="whom to turn to, in this order"
    )
    support.add_argument("--asset", action="append", default=[], help="a server it is for")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "show": _show,
        "write": _write,
        "card": _card,
        "account": _account,
        "end-account": _end_account,
        "support": _support,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])


def _list(args: argparse.Namespace) -> int:
    client, now = client_named(args.client), timezone.now()
    due = reminders_of(client, now)
    found = [registered(client, vendor, now) for vendor in _vendors(client)]
    if args.json:
        reminders = [
            {"vendor": one.vendor, "due": one.due.isoformat(), "says": one.sentence} for one in due
        ]
        told = {"vendors": [_data(client, one) for one in found], "due": reminders}
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in found:
        print(f"{one.vendor.code:<12} {one.vendor.name}")
        for line in _short(one):
            print(f"    {line}")
    if not found:
        print(f"No vendor has an application, an account or a contract at {client.name}.")
    for reminder in due:
        print(f"due {reminder.due}: {reminder.sentence}")
    return Exit.OK


def _write(args: argparse.Namespace) -> int:
    client, vendor = client_named(args.client), vendor_named(args.vendor)
    row = draft(vendor, client=client, actor=acting(args.email_as), at=timezone.now())
    return say_drafted(row, as_data=args.json)


def _vendors(client: Client) -> Iterable[Vendor]:
    """Those that have anything at the client."""
    held = client.accounts.filter(party_kind="vendor").values_list("party_code", flat=True)
    supplied = client.applications.filter(vendor__isnull=False).values("vendor")
    rows = Vendor.objects.order_by("name")
    of_books = Vendor.objects.filter(windows__client=client) | Vendor.objects.filter(
        support_contracts__client=client
    )
    return (
        rows.filter(code__in=set(held))
        | rows.filter(pk__in=supplied)
        | rows.filter(pk__in=of_books.values("pk"))
    ).distinct()


def _short(one: Registered) -> Iterable[str]:
    yield f"comes from {', '.join(one.vendor.networks) or 'nowhere declared'}"
    for app in one.applications:
        yield f"application {app.name} on {app.asset.code}"
    for account in one.accounts:
        yield f"account {_account_words(account)}"
    support = one.support
    if support:
        until = f"until {support.last_day}" if support.last_day else "without a last day"
        yield f"support contract {support.number or '(no number)'} {until}"


def _account_words(account: Account) -> str:
    where = f" on {account.host.code}" if account.host else " on every server"
    who = "shared: it is nobody" if account.shared else account.person or "of nobody by name"
    return f"{account.name}{where} ({who})"


def _show(args: argparse.Namespace) -> int:
    client, vendor = client_named(args.client), vendor_named(args.vendor)
    one = registered(client, vendor, timezone.now())
    if args.json:
        print(json.dumps(_data(client, one), indent=2))
        return Exit.OK
    print(f"{vendor.name} ({vendor.code}) at {client.name}")
    print(f"    mail {vendor.email or 'none'}, zone {vendor.zone or 'not known'}")
    print(f"    people: {', '.join(vendor.people) or 'nobody by name'}")
    for line in _short(one):
        print(f"    {line}")
    support = one.support
    if support is None:
        print("    no support contract on record")
        return Exit.OK
    if support.covers:
        print(f"    it covers: {support.covers}")
    print(
        f"    {'it names us' if support.names_us else 'it does not name us: its vendor may refuse to talk'}"
    )
    print(f"    remote tools: {', '.join(support.tools) or 'none agreed'}")
    for number, line in enumerate(support.escalation, start=1):
        print(f"    turn to {number}: {line}")
    return Exit.OK


def _data(client: Client, one: Registered) -> dict[str, object]:
    vendor, support = one.vendor, one.support
    return {
        "client": client.code,
        "vendor": vendor.code,
        "name": vendor.name,
        "email": vendor.email,
        "zone": vendor.zone,
        "networks": vendor.networks,
        "people": vendor.people,
        "applications": [
            {"code": app.code, "name": app.name, "asset": app.asset.code}
            for app in one.applications
        ],
        "accounts": [
            {
                "name": account.name,
                "asset": account.host.code if account.host else "",
                "person": account.person,
                "shared": account.shared,
            }
            for account in one.accounts
        ],
        "support": _support_data(support) if support else None,
    }


def _support_data(support: SupportContract) -> dict[str, object]:
    last: date | None = support.last_day
    return {
        "number": support.number,
        "covers": support.covers,
        "last_day": last.isoformat() if last else "",
        "names_us": support.names_us,
        "tools": list(support.tools),
        "escalation": list(support.escalation),
        "assets": sorted(support.assets),
    }


def _card(args: argparse.Namespace) -> int:
    client, vendor = client_named(args.client), vendor_named(args.vendor)
    said = CardSaid(
        vendor.email if args.email is None else args.email,
        vendor.zone if args.zone is None else args.zone,
        tuple(vendor.networks if args.network is None else args.network),
        tuple(vendor.people if args.person is None else args.person),
    )
    keep_card(vendor, said, client=client, actor=acting(args.email_as), at=timezone.now())
    return _show(args)


def _account(args: argparse.Namespace) -> int:
    client, vendor = client_named(args.client), vendor_named(args.vendor)
    said = AccountSaid(args.name, args.person, args.asset)
    add_account(vendor, said, client=client, actor=acting(args.email_as), at=timezone.now())
    return _show(args)


def _end_account(args: argparse.Namespace) -> int:
    client, vendor = client_named(args.client), vendor_named(args.vendor)
    now = timezone.now()
    held = accounts_held(client, vendor, now)
    found = [
        one
        for one in held
        if one.name == args.name and (one.host.code if one.host else "") == args.asset
    ]
    if not found:
        where = f" on {args.asset}" if args.asset else ""
        message = f"{vendor.name} holds no account {args.name!r}{where} at {client.name}"
        raise NotOnRecord(message)
    for one in found:
        end_account(one, client=client, actor=acting(args.email_as), at=now)
    return _show(args)


def _support(args: argparse.Namespace) -> int:
    client, vendor = client_named(args.client), vendor_named(args.vendor)
    contract = SupportContract(
        VendorId(vendor.code),
        args.number,
        args.covers,
        args.last_day,
        args.names_us,
        tuple(args.tool),
        tuple(args.escalation),
        frozenset(AssetId(code) for code in args.asset),
    )
    actor = acting(args.email_as)
    keep_support(contract, vendor, client=client, actor=actor, at=timezone.now())
    return _show(args)
