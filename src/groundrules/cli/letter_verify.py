"""`groundrules letter verify`: who signed a letter's PDF, and whether it is still what they signed."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.records.models import Letter, LetterDraft
from groundrules.services.letter_signing import (
    FoundSignature,
    LetterUnsigned,
    NotVerifiable,
    Verdict,
    verify_file,
    verify_letter,
)

_TRUSTED = {
    True: "yes, by the certificates you named",
    False: "NO: none of the certificates you named vouches for it",
    None: "not looked at; name the certificates you trust with --trust FILE",
}


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """This function will declare `verify`."""
    one = actions.add_parser("verify", help="who signed a PDF, and whether it is what they signed")
    one.add_argument("letter", help="a sent letter's reference (LTR-...), or a PDF file")
    one.add_argument("--trust", type=Path, help="certificates you trust (PEM), as a firm's own CA")
    one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will judge a letter's signatures; anything that does not hold ends with 6."""
    try:
        verdict = _verdict(args)
    except (LetterDraft.DoesNotExist, Letter.DoesNotExist):
        print(
            f"groundrules: no letter {args.letter} was sent, and no such file is here; "
            "groundrules letter list names the letters",
            file=sys.stderr,
        )
        return Exit.NOT_FOUND
    except NotVerifiable as problem:
        print(f"groundrules: {args.letter}: {problem}", file=sys.stderr)
        return Exit.BAD_INPUT
    except LetterUnsigned as missing:
        print(f"groundrules: {missing}", file=sys.stderr)
        return Exit.DEGRADED
    print(json.dumps(_data(verdict), indent=2) if args.json else _told(verdict))
    return Exit.OK if verdict.holds else Exit.CHECK_FAILED


def _verdict(args: argparse.Namespace) -> Verdict:
    file = Path(args.letter)
    if file.is_file():
        return verify_file(file, args.trust)
    letter = Letter.objects.select_related("pdf").get(draft__ref=args.letter)
    return verify_letter(letter, args.trust)


def _told(verdict: Verdict) -> str:
    kept = {
        True: "It is the file that was kept when it was sent.",
        False: "It is NOT what was kept.",
    }
    lines = [kept[verdict.is_kept]] if verdict.is_kept is not None else []
    if not verdict.signatures:
        lines.append("Nobody signed this PDF.")
    for one in verdict.signatures:
        lines += [
            f"Signed by  {one.holder}",
            f"issued by  {one.issuer}",
            f"when       {_when(one)}, as the signer says",
            f"unchanged  {_yes(one.is_intact)}{f' ({one.problem})' if one.problem else ''}",
            f"complete   {_yes(one.is_whole)}: the signature covers {'all' if one.is_whole else 'a part'} of the file",
            f"trusted    {_TRUSTED[one.trusted]}",
        ]
    return "\n".join(lines)


def _when(one: FoundSignature) -> str:
    if one.claimed_at is None:
        return "not said"
    return f"{one.claimed_at.astimezone(UTC):%a %Y-%m-%d %H:%M:%S} UTC"


def _yes(said: bool) -> str:  # noqa: FBT001 - a word for a truth
    return "yes" if said else "NO"


def _data(verdict: Verdict) -> dict[str, object]:
    return {
        "holds": verdict.holds,
        "is_kept": verdict.is_kept,
        "signatures": [
            {
                "holder": one.holder,
                "issuer": one.issuer,
                "claimed_at": one.claimed_at.isoformat() if one.claimed_at else None,
                "unchanged": one.is_intact,
                "complete": one.is_whole,
                "trusted": one.trusted,
                "problem": one.problem,
            }
            for one in verdict.signatures
        ],
    }
