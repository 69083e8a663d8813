"""`groundrules billing`: what documents say of provider and clients beside their names, and how they are taxed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import day, refuse
from groundrules.core.invoices.identity import DetailsRefused
from groundrules.core.invoices.tax import Tax, TaxCategory, TaxedKind, TaxNotSettled, TaxRule
from groundrules.records import models as books
from groundrules.services import cards, taxes
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "billing"
HELP = "Show and set what documents say of provider and clients, and their taxes."
NEEDS_DATABASE = True
_FIELDS: Mapping[str, str] = {
    "name": "the registered name, where it is not the card's name",
    "country": "two capital letters, such as US",
    "vat_id": "the VAT number, with its country in front",
    "tax_number": "another registration, such as a sales tax permit",
    "electronic_address": "where electronic invoices go, where it is not the e-mail address",
    "electronic_scheme": "what kind of address that is: EM, or a code such as 0088",
    "account": "the account to pay into: an IBAN or a local number",
    "account_name": "whose account it is, where it is another name",
    "bank": "the BIC of the bank",
}
_REFUSED: Mapping[type[Exception], Exit] = {
    DetailsRefused: Exit.BAD_INPUT,
    TaxNotSettled: Exit.BAD_INPUT,
    taxes.RuleTaken: Exit.CONFLICT,
    taxes.NoSuchRule: Exit.NOT_FOUND,
    books.Client.DoesNotExist: Exit.NOT_FOUND,
    books.Provider.DoesNotExist: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `show`, `set`, `tax` and `untax`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("show", help="what a card says, and the tax rules")
    changed = actions.add_parser("set", help="change what a card says; an empty text takes it out")
    for name, words in _FIELDS.items():
        changed.add_argument(f"--{name.replace('_', '-')}", metavar="TEXT", help=words)
    taxed = actions.add_parser("tax", help="add a dated tax rule")
    untaxed = actions.add_parser("untax", help="take a tax rule out; issued documents stay")
    for one in (taxed, untaxed):
        one.add_argument("--from", dest="start", type=day, required=True, metavar="DAY")
        one.add_argument("--on", type=TaxedKind, choices=list(TaxedKind), default="everything")
    _add_tax(taxed)
    for one in (shown, changed, taxed, untaxed):
        one.add_argument("--client", default="", help="a client's code; without it, the provider")
        one.add_argument("--json", action="store_true", help="print data")
    for one in (changed, taxed, untaxed):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")


def _add_tax(taxed: argparse.ArgumentParser) -> None:
    taxed.add_argument(
        "--category",
        type=TaxCategory,
        choices=list(TaxCategory),
        required=True,
        help="S standard, Z zero, E exempt, AE reverse charge, O not subject",
    )
    taxed.add_argument("--percent", type=_percent, default=Decimal(0), help="such as 20 or 8.875")
    taxed.add_argument("--name", default="VAT", help="what the tax is called: VAT, Sales tax")
    taxed.add_argument("--reason", default="", help="why there is none, as it is printed")


def _percent(text: str) -> Decimal:
    try:
        return Decimal(text.removesuffix("%"))
    except InvalidOperation as error:
        message = f"{text!r} is no percentage; write it as 8.875"
        raise argparse.ArgumentTypeError(message) from error


def run(args: argparse.Namespace) -> int:
    """This function will run one action, show what is on record then, and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace, books.Client | None], None]] = {
        "show": lambda _args, _client: None,
        "set": _set,
        "tax": _tax,
        "untax": _untax,
    }
    try:
        client = _client(args.client)
        actions[args.action](args, client)
        _show(_card(client), client, as_data=args.json)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)
    return Exit.OK


def _client(code: str) -> books.Client | None:
    if not code:
        return None
    found = books.Client.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(books.Client.objects.order_by("code").values_list("code", flat=True))
        message = f"there is no client {code!r}; the clients are: {known or 'none yet'}"
        raise books.Client.DoesNotExist(message)
    return found


def _card(client: books.Client | None) -> books.Client | books.Provider:
    card = client or books.Provider.objects.order_by("pk").first()
    if card is None:
        message = "there is no provider yet; take a case file over with groundrules import"
        raise books.Provider.DoesNotExist(message)
    return card


def _set(args: argparse.Namespace, client: books.Client | None) -> None:
    card = _card(client)
    given = {name: getattr(args, name) for name in _FIELDS if getattr(args, name) is not None}
    details = replace(card.legal(), **given)
    cards.keep_legal(card, details, actor=acting(args.email), at=timezone.now())


def _tax(args: argparse.Namespace, client: books.Client | None) -> None:
    tax = Tax(args.category, args.percent, args.name, args.reason)
    rule = TaxRule(args.start, args.on, tax)
    taxes.add_rule(rule, client=client, actor=acting(args.email), at=timezone.now())


def _untax(args: argparse.Namespace, client: books.Client | None) -> None:
    actor = acting(args.email)
    taxes.remove_rule(args.on, args.start, client=client, actor=actor, at=timezone.now())


def _show(
    card: books.Client | books.Provider, client: books.Client | None, *, as_data: bool
) -> None:
    rules = books.TaxRule.objects.filter(client=client).order_by("applies_to", "starts_on")
    details = asdict(card.legal())
    if as_data:
        told = [
            {"from": row.starts_on.isoformat(), "on": row.applies_to, "tax": str(row.to_core().tax)}
            for row in rules
        ]
        print(json.dumps({"card": card.name, **details, "taxes": told}, indent=2))
        return
    print(card.name)
    for name, item in details.items():
        print(f"  {name.replace('_', ' '):<20}{item or '-'}")
    for row in rules:
        print(f"  tax from {row.starts_on} on {row.applies_to}: {row.to_core().tax}")
    if not rules:
        print("  no tax rule of its own" if client else "  no tax rule: nothing is taxed")
