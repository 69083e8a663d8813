"""`groundrules doctor`: looks at everything this installation needs and names the command that mends what is wrong."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.services.doctor import PAGE, Finding, Health, examine

NAME = "doctor"
HELP = "Look at everything this installation needs, and name the command that mends what is wrong."
NEEDS_DATABASE = True
_SIGNS = {Health.FINE: "ok", Health.NOTE: "note", Health.WARNING: "CARE", Health.BROKEN: "BROKEN"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--strict` and `--json`."""
    parser.add_argument(
        "--strict", action="store_true", help="end with 7 also when something needs care"
    )
    parser.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will print every finding; it exits 6 when something is broken."""
    found = examine(timezone.now())
    if args.json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        _print(found)
    healths = {one.health for one in found}
    if Health.BROKEN in healths:
        return Exit.CHECK_FAILED
    return Exit.DEGRADED if args.strict and Health.WARNING in healths else Exit.OK


def _print(found: tuple[Finding, ...]) -> None:
    wide = max(len(one.name) for one in found)
    for one in found:
        print(f"{_SIGNS[one.health]:<6}  {one.name:<{wide}}  {one.says}")
        if one.mend and one.health is not Health.FINE:
            print(f"{'':<6}  {'':<{wide}}  -> {one.mend}")
    counts = Counter(one.health for one in found)
    told = [f"{counts[health]} {word}" for health, word in _SIGNS.items() if counts[health]]
    print(f"\n{', '.join(told)}.")
    if counts[Health.BROKEN] or counts[Health.WARNING]:
        print(f"What to do, symptom by symptom: {PAGE}")
