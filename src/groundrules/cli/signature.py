"""`groundrules signature`: put a document before who signs it, see what was signed, and save the evidence."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.calendars import zone_label
from groundrules.core.signatures import SignatureRefused
from groundrules.records import models as books
from groundrules.records.models import SignatureRequest
from groundrules.services import agreements, signing
from groundrules.services.actor import NotAllowed
from groundrules.services.agency import UnknownLetterOfAgency
from groundrules.services.who import NobodyToActAs, acting

NAME = "signature"
HELP = "Ask for a signature without paper, see what was signed, and save its evidence."
NEEDS_DATABASE = True
_DIGITS = 9  # More than any request has.
_FILES = ("document", "signed", "evidence")


class UnknownSignature(LookupError):
    """No such client, contact, agreement version or request is on record."""


_REFUSED: Mapping[type[Exception], Exit] = {
    UnknownSignature: Exit.NOT_FOUND,
    UnknownLetterOfAgency: Exit.NOT_FOUND,
    SignatureRefused: Exit.BAD_INPUT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list`, `ask` and `save`, each with `--json`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = _act(acts, "list", "what was put before whom, and what came of it", _list)
    listed.add_argument("--client", default="", help="only this client's")
    asked = _act(
        acts, "ask", "a contact to sign a letter of agency, or a version of an agreement", _ask
    )
    asked.add_argument("about", help="LOA-…, or an agreement's code")
    asked.add_argument("--client", required=True, help="the client's code")
    asked.add_argument("--of", required=True, metavar="CONTACT", help="the contact who signs")
    asked.add_argument("--version", type=int, default=0, help="the agreement's version")
    asked.add_argument(
        "--as", dest="email", default="", metavar="EMAIL", help="who acts (default: the owner)"
    )
    chosen = _act(
        acts, "require", "whether each next version binds only by the client's signature", _require
    )
    chosen.add_argument("choice", choices=("yes", "no"), help="yes: signing publishes it")
    chosen.add_argument("--client", required=True, help="the client's code")
    chosen.add_argument(
        "--as", dest="email", default="", metavar="EMAIL", help="who acts (default: the owner)"
    )
    saved = _act(acts, "save", "a file of a request", _save)
    saved.add_argument("number", help="SIG-…")
    saved.add_argument(
        "what", choices=_FILES, help="the exact document, the signed file, or the evidence page"
    )
    saved.add_argument("file", type=Path, help="where to write it")


def _act(
    acts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    says: str,
    run_it: Callable[[argparse.Namespace, datetime], object],
) -> argparse.ArgumentParser:
    parser = acts.add_parser(name, help=says, description=says.capitalize() + ".")
    parser.add_argument("--json", action="store_true", help="print the answer as data")
    parser.set_defaults(run_it=run_it)
    return parser


def run(args: argparse.Namespace) -> int:
    """This function will do the act and say what came of it."""
    try:
        args.run_it(args, timezone.now())
    except tuple(_REFUSED) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _REFUSED[type(refused)]
    except OSError as failed:
        print(
            f"groundrules: {failed.filename}: {failed.strerror}; nothing was written",
            file=sys.stderr,
        )
        return Exit.BAD_INPUT
    return Exit.OK


def _list(args: argparse.Namespace, _at: datetime) -> None:
    rows = SignatureRequest.objects.select_related("client", "signer", "document").order_by("pk")
    rows = rows.filter(client=_client(args.client)) if args.client else rows
    _print([*rows], as_json=args.json)


def _ask(args: argparse.Namespace, at: datetime) -> None:
    client = _client(args.client)
    signer = client.contacts.filter(code=args.of).first()
    if signer is None:
        message = f"{client.name} has no contact {args.of}"
        raise UnknownSignature(message)
    actor = acting(args.email)
    if args.version:
        versions = books.AgreementVersion.objects.filter(agreement__client=client)
        found = versions.filter(agreement__code=args.about, version=args.version).first()
        if found is None:
            message = f"{client.name} has no version {args.version} of an agreement {args.about}"
            raise UnknownSignature(message)
        row = signing.ask_agreement(found, signer, actor=actor, at=at)
    else:
        row = signing.ask_agency(args.about, signer, actor=actor, at=at)
    _print([row], as_json=args.json)


def _require(args: argparse.Namespace, at: datetime) -> None:
    client = _client(args.client)
    agreement = client.agreements.order_by("pk").first()
    if agreement is None:
        message = f"{client.name} has no agreement"
        raise UnknownSignature(message)
    actor, signs = acting(args.email), args.choice == "yes"
    agreements.choose_signing(agreement, client_signs=signs, actor=actor, at=at)
    told = {"client": client.code, "agreement": agreement.code, "client_signs": signs}
    how = f"is published by {client.name}'s signature" if signs else "is published by you"
    says = f"{agreement.code}: each next version {how}."
    print(json.dumps(told, indent=2) if args.json else says)


def _save(args: argparse.Namespace, _at: datetime) -> None:
    number = args.number.removeprefix("SIG-")
    known = number.isdecimal() and len(number) <= _DIGITS
    row = SignatureRequest.objects.filter(pk=int(number) if known else 0).first()
    signature = getattr(row, "signature", None)
    kept = {"document": row.document} if row else {}
    if signature is not None:
        kept |= {"signed": signature.file, "evidence": signature.evidence}
    if args.what not in kept:
        message = f"{args.number} has no {args.what}; see groundrules signature list"
        raise UnknownSignature(message)
    found = kept[args.what]
    args.file.write_bytes(bytes(found.content))
    told = {"file": str(args.file), "media_type": found.media_type, "sha256": found.digest}
    print(
        json.dumps(told, indent=2)
        if args.json
        else f"{args.file}: {found.media_type}, SHA-256 {found.digest}"
    )


def _client(code: str) -> books.Client:
    row = books.Client.objects.filter(code=code).first()
    if row is None:
        message = f"no client {code}"
        raise UnknownSignature(message)
    return row


def _print(rows: list[SignatureRequest], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([_data(row) for row in rows], indent=2))
        return
    for row in rows:
        signature = getattr(row, "signature", None)
        came = "waits for a signature"
        if signature is not None:
            how = "by scan" if signature.scanned else "by typed name and code"
            came = f"signed {how} by {signature.typed_name}, {zone_label(signature.recorded_at, row.client.zone)}"
        print(f"{row} {row.client.code} {row.about}, {row.signer.name}: {came}")
    if not rows:
        print("Nothing was put before anybody to sign.")


def _data(row: SignatureRequest) -> dict[str, object]:
    signature = getattr(row, "signature", None)
    return {
        "request": str(row),
        "client": row.client.code,
        "kind": row.kind,
        "about": row.about,
        "title": row.title,
        "signer": row.signer.code,
        "asked_at": row.recorded_at.isoformat(),
        "document_sha256": row.document.digest,
        "signed_at": signature.recorded_at.isoformat() if signature else None,
        "typed_name": signature.typed_name if signature else None,
        "scanned": signature.scanned if signature else None,
        "address": signature.address if signature else None,
        "file_sha256": signature.file.digest if signature else None,
    }
