"""`groundrules letter-text`: see what letters say, change it from a file, compare versions, and look at each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.letters.checking import TextRefused
from groundrules.core.letters.comparing import Line, compare_texts
from groundrules.core.letters.composing import shipped_text
from groundrules.core.letters.places import places_of
from groundrules.core.letters.template import Template
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.records.models import Client, Contact, LetterText, Vendor
from groundrules.services import cards, letter_pictures, letter_texts
from groundrules.services.actor import NotAllowed
from groundrules.services.who import NobodyToActAs, acting

NAME = "letter-text"
HELP = "See what letters say in each language, change it from a file, and bring shipped words back."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    letter_texts.UnknownText: Exit.NOT_FOUND,
    TextRefused: Exit.BAD_INPUT,
    letter_texts.TextUnchanged: Exit.CONFLICT,
    letter_texts.TextChangedMeanwhile: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
    UnicodeDecodeError: Exit.BAD_INPUT,
    OSError: Exit.NOT_FOUND,
    Client.DoesNotExist: Exit.NOT_FOUND,
    Contact.DoesNotExist: Exit.NOT_FOUND,
    Vendor.DoesNotExist: Exit.NOT_FOUND,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the actions on texts."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser(
        "list", help="every kind of letter and which text it is written from"
    )
    about = {
        "show": "one text as it is in use, to save, edit and import",
        "places": "the facts a text may use, and those it must not lose",
        "history": "every version of a text",
        "diff": "a text in use beside the shipped one, or beside a version",
        "import": "keep a file as the new version of a text",
        "restore": "bring the shipped text back into use",
    }
    made = {name: actions.add_parser(name, help=said) for name, said in about.items()}
    for one in made.values():
        one.add_argument("kind", help="the kind of letter (suspension, letter-of-agency, ...)")
        one.add_argument("--language", default="en", choices=tuple(LANGUAGES))
    made["diff"].add_argument("--version", type=int, default=0, help="instead of the shipped text")
    made["import"].add_argument("file", type=Path, help="the text, UTF-8")
    made["import"].add_argument("--why", default="", help="why it changes")
    pictures = actions.add_parser(
        "pictures", help="every letter as PDF, pictures and mail, about an invented case"
    )
    pictures.add_argument("folder", type=Path, help="where they go; it is made if it is missing")
    pictures.add_argument("--language", default="en", choices=tuple(LANGUAGES))
    spoken = actions.add_parser("language", help="in which language somebody is written to")
    spoken.add_argument("language", choices=(*LANGUAGES, "usual"), help="usual: the client's")
    spoken.add_argument("--client", default="", help="the client's code")
    spoken.add_argument("--contact", default="", help="one of the client's people (a code)")
    spoken.add_argument("--vendor", default="", help="a vendor instead (its code)")
    for one in (made["import"], made["restore"], spoken):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (listed, pictures, spoken, *made.values()):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        said, data = _ACTIONS[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(code for kind, code in _REFUSED.items() if isinstance(refused, kind))
        return refuse(_words(refused, args), number)
    print(json.dumps(data, indent=2, ensure_ascii=False) if args.json else said)
    return Exit.OK


def _words(refused: Exception, args: argparse.Namespace) -> str:
    if isinstance(refused, ObjectDoesNotExist):
        return "there is no such client, contact or vendor; groundrules finds them by their codes"
    if isinstance(refused, UnicodeDecodeError):
        return f"{args.file} is no UTF-8 text; save it as UTF-8"
    if isinstance(refused, OSError):
        return f"{refused.filename} cannot be read or written: {refused.strerror}"
    return str(refused)


def _list(_args: argparse.Namespace) -> _Said:
    own = {(t.kind, t.language): t.name for t in letter_texts.own_texts(timezone.now())}
    data = [
        {"kind": kind.value, "language": language, "text": own.get((kind, language), "as shipped")}
        for kind in letter_texts.kinds()
        for language in LANGUAGES
    ]
    return "\n".join(f"{row['kind']:24} {row['language']}  {row['text']}" for row in data), data


def _show(args: argparse.Namespace) -> _Said:
    about = letter_texts.named(args.kind, args.language)
    found = letter_texts.in_use(*about, timezone.now())
    data = {"kind": about[0].value, "language": about[1], "text": found.text, "name": found.name}
    return found.text.rstrip("\n"), data


def _places(args: argparse.Namespace) -> _Said:
    kind, _ = letter_texts.named(args.kind, args.language)
    data = [
        {"name": p.name, "holds": p.holds, "shape": p.shape.value, "must_stay": p.is_needed}
        for p in places_of(kind)
    ]
    lines = [
        f"{'{' + str(p['name']) + '}':24} {p['holds']} ({p['shape']}{', must stay' if p['must_stay'] else ''})"
        for p in data
    ]
    return "\n".join(lines), data


def _history(args: argparse.Namespace) -> _Said:
    rows = letter_texts.history(*letter_texts.named(args.kind, args.language))
    data = [_version(row) for row in rows]
    lines = [
        f"version {row.number}  {row.recorded_at:%Y-%m-%d %H:%M} UTC  {row.origin} by {row.recorded_by}"
        + (f": {row.why}" if row.why else "")
        for row in rows
    ]
    return "\n".join(lines) or "No version is on record: the shipped text was never changed.", data


def _version(row: LetterText) -> dict[str, object]:
    return {
        "version": row.number,
        "at": row.recorded_at.isoformat(),
        "by": row.recorded_by,
        "origin": row.origin,
        "why": row.why,
        "digest": row.digest,
    }


def _diff(args: argparse.Namespace) -> _Said:
    about = letter_texts.named(args.kind, args.language)
    other = (
        letter_texts.version(*about, args.version).text
        if args.version
        else shipped_text(*about).text
    )
    lines = compare_texts(other, letter_texts.in_use(*about, timezone.now()).text)
    changed = [line for line in lines if line.mark != "same"]
    data = [{"mark": line.mark, "text": line.text} for line in changed]
    return "\n".join(map(_signed, changed)) or "They say the same.", data


def _signed(line: Line) -> str:
    return f"{line.sign} {line.text}"


def _import(args: argparse.Namespace) -> _Said:
    about = letter_texts.named(args.kind, args.language)
    text = args.file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    row = letter_texts.keep(
        Template(*about, text),
        why=args.why,
        expected=None,
        actor=acting(args.email),
        at=timezone.now(),
    )
    return f"Version {row.number} of the {row.kind} letter is in use.", _version(row)


def _restore(args: argparse.Namespace) -> _Said:
    about = letter_texts.named(args.kind, args.language)
    row = letter_texts.restore(*about, actor=acting(args.email), at=timezone.now())
    return f"The shipped text of the {row.kind} letter is in use again.", _version(row)


def _language(args: argparse.Namespace) -> _Said:
    card: Client | Contact | Vendor
    if args.vendor:
        card = Vendor.objects.get(code=args.vendor)
    elif args.contact:
        card = Contact.objects.get(client__code=args.client, code=args.contact)
    else:
        card = Client.objects.get(code=args.client)
    wanted = "" if args.language == "usual" else args.language
    cards.write_in(card, wanted, actor=acting(args.email), at=timezone.now())
    said = LANGUAGES.get(wanted, "the usual language")
    data = {"code": card.code, "name": card.name, "language": wanted or None}
    return f"{card.name} is written to in {said} from now on.", data


def _pictures(args: argparse.Namespace) -> _Said:
    made = letter_pictures.draw(args.folder, args.language, at=timezone.now())
    told = [str(path) for path in made]
    if letter_pictures.are_shipped():
        print("Nothing is set up here yet: these are the shipped words.", file=sys.stderr)
    return "\n".join(told), told


_Said = tuple[str, object]
_ACTIONS: Mapping[str, Callable[[argparse.Namespace], _Said]] = {
    "list": _list,
    "show": _show,
    "places": _places,
    "history": _history,
    "diff": _diff,
    "import": _import,
    "restore": _restore,
    "pictures": _pictures,
    "language": _language,
}
