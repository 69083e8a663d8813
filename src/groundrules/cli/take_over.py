"""`groundrules import`: a case file's client, agreement and facts into the books, through the everyday verbs."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.reasons import counted
from groundrules.core.world import World
from groundrules.services.case_import import Source, import_case
from groundrules.services.cases import CaseChecked, CaseRefused, check_case
from groundrules.services.evidence import Handed
from groundrules.services.who import NobodyToActAs, acting

NAME = "import"
HELP = "Take a case file's client, agreement and facts into the books."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the file."""
    parser.add_argument(
        "file", type=Path, help="a case file, YAML or JSON (docs/reference/case-file.md)"
    )


def run(args: argparse.Namespace) -> int:
    """This function will take everything over or nothing; a file already taken over adds nothing."""
    path: Path = args.file
    try:
        checked = check_case(path.read_bytes(), path)
        actor = acting()
    except OSError as error:
        print(f"groundrules: {path} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.NOT_FOUND
    except CaseRefused as refused:
        print(f"{refused}\ngroundrules: nothing was taken over", file=sys.stderr)
        return Exit.BAD_INPUT
    except NobodyToActAs as nobody:
        print(f"groundrules: {nobody}", file=sys.stderr)
        return Exit.NOT_PERMITTED
    case = checked.case
    at = case.questions[-1].at if case.questions else timezone.now()
    taken = import_case(case.world, at=at, actor=actor, sources=_sources(checked, path.parent, at))
    print(
        f"{taken.client.name} is in the books: {_cards(case.world)}.\n"
        f"New: {counted(taken.facts, 'fact')} (changes, logins, incidents, work …) and "
        f"{counted(taken.decisions, 'decision')}. Look at {taken.client.code} under Clients (groundrules serve)."
    )
    return Exit.OK


def _cards(world: World) -> str:
    """What a world's file keeps cards of, counted."""
    versions = counted(len(world.agreement.versions), "version")
    return ", ".join(
        (
            f"agreement {world.agreement.id} ({versions})",
            counted(len(world.assets), "server"),
            counted(len(world.applications), "application"),
            counted(len(world.vendors), "vendor"),
            counted(len(world.technicians), "technician"),
        )
    )


def _sources(checked: CaseChecked, folder: Path, at: datetime) -> tuple[Source, ...]:
    """The raw evidence beside the case file, to be received as it was discovered."""
    case = checked.case
    client = str(case.world.client.id)
    return tuple(
        Source(
            Handed((folder / one.file).read_bytes(), one.file, one.format, one.host or "", client),
            one.discovered or at,
        )
        for one in case.evidence
    )
