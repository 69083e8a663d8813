"""`groundrules agreement`: draft a first agreement, prove one, or see what a new version would change."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from groundrules.cli import agreement_first, agreement_shadow
from groundrules.cli.exits import Exit
from groundrules.core.agreements.terms import Agreement
from groundrules.services import agreement_check, cases

NAME = "agreement"
HELP = "Draft or prove an agreement, or see what a new version would change."


_ELSEWHERE = {
    "library": agreement_first.run_library,
    "new": agreement_first.run_new,
    "shadow": agreement_shadow.run_shadow,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `check`, `diff`, `library`, `new` and `shadow`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser(
        "check",
        help="prove each version complete, without conflict and without dead clauses",
        epilog="Exits: 0 proven, 2 wrong usage, 3 no such file, 6 not proven, 8 bad input.",
    )
    diff = actions.add_parser(
        "diff",
        help="show which kinds of work and which past entries a version decides otherwise",
        epilog="Exits: 0 compared, 2 wrong usage, 3 no such file or version, 8 bad input.",
    )
    for action in (check, diff):
        action.add_argument("file", type=Path, help="a case file, YAML or JSON")
    diff.add_argument("old", type=int, help="the version in force")
    diff.add_argument("new", type=int, help="the version that is proposed")
    for action in (check, diff):
        action.add_argument("--json", action="store_true", help="print data")
    agreement_first.add_library(actions)
    agreement_first.add_new(actions)
    agreement_shadow.add_shadow(actions)


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return its exit number."""
    if args.action in _ELSEWHERE:
        return _ELSEWHERE[args.action](args)
    path: Path = args.file
    try:
        checked = cases.check_case(path.read_bytes(), path)
        if args.action == "check":
            return _check(checked.case.world.agreement, args)
        return _diff(checked, args)
    except OSError as error:
        print(f"groundrules: {path} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.NOT_FOUND
    except agreement_check.NoSuchVersion as missing:
        print(f"groundrules: {missing}", file=sys.stderr)
        return Exit.NOT_FOUND
    except cases.CaseRefused as refused:
        print(refused, file=sys.stderr)
        return Exit.BAD_INPUT


def _check(agreement: Agreement, args: argparse.Namespace) -> int:
    proofs = agreement_check.prove_versions(agreement)
    if args.json:
        print(json.dumps([asdict(proof) for proof in proofs], indent=2, ensure_ascii=False))
    else:
        for proof in proofs:
            said = proof.failures or ("proven: complete, no undeclared conflict, no dead clause.",)
            print("\n".join(f"Version {proof.version}: {sentence}" for sentence in said))
    return Exit.CHECK_FAILED if any(proof.failures for proof in proofs) else Exit.OK


def _diff(checked: cases.CaseChecked, args: argparse.Namespace) -> int:
    case = checked.case
    if not case.questions:
        print(
            "groundrules: the case asks nothing; add `at`: the instant to look back from",
            file=sys.stderr,
        )
        return Exit.BAD_INPUT
    at = max(question.at for question in case.questions)
    found = agreement_check.compare_versions(case.world, args.old, args.new, at)
    print(
        json.dumps(_as_data(found), indent=2, ensure_ascii=False) if args.json else _as_text(found)
    )
    return Exit.OK


def _as_data(found: agreement_check.Amendment) -> dict[str, object]:
    return {
        "cells": found.terms.cells,
        "kinds_of_work": [change.sentence for change in found.terms.changes],
        "removed": found.terms.removed,
        "added": found.terms.added,
        "entries": [asdict(entry) for entry in found.entries],
        "charged": {"was": found.charged_was, "now": found.charged_now},
    }


def _as_text(found: agreement_check.Amendment) -> str:
    lines = [f"{found.terms.cells} kinds of work are decided otherwise."]
    lines += [f"* {change.sentence}" for change in found.terms.changes]
    lines += [f"- {sentence}" for sentence in found.terms.removed]
    lines += [f"+ {sentence}" for sentence in found.terms.added]
    lines.append(f"{len(found.entries)} past entries would have come out otherwise.")
    lines += [f"  {entry.entry}: {entry.was} -> {entry.now}" for entry in found.entries]
    lines.append(f"Charged for that work: {found.charged_was} -> {found.charged_now}")
    return "\n".join(lines)
