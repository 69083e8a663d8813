"""`groundrules replay`: run an incident's replay on Linux, guide a person through one, show what was tested."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.core.replay.answers import Run, Wanted
from groundrules.services import replays
from groundrules.services.actor import NotAllowed
from groundrules.services.guided import ANSWERS, AnswerUnusable, KeptForAnother, guide
from groundrules.services.replaying import BadSite, NotAReplica, read_site
from groundrules.services.who import NobodyToActAs, acting

NAME = "replay"
HELP = "Prove by replay on isolated copies which change broke an application."
NEEDS_DATABASE = True
_EXITS: Mapping[type[Exception], Exit] = {
    AnswerUnusable: Exit.BAD_INPUT,
    BadSite: Exit.BAD_INPUT,
    FileNotFoundError: Exit.NOT_FOUND,
    KeptForAnother: Exit.CONFLICT,
    NobodyToActAs: Exit.NOT_PERMITTED,
    NotAReplica: Exit.NOT_PERMITTED,
    NotAllowed: Exit.NOT_PERMITTED,
    replays.NothingToProve: Exit.CONFLICT,
    replays.UnknownIncident: Exit.NOT_FOUND,
    replays.UnknownReplayedChange: Exit.NOT_FOUND,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `run`, `guide` and `show`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run_it = actions.add_parser("run", help="replay on Linux, in overlays without network")
    guided = actions.add_parser("guide", help="print the next step for a person; take the answer")
    show = actions.add_parser("show", help="show what was tested for an incident")
    for action in (run_it, guided, show):
        action.add_argument("incident", help="the incident's reference, INC-…")
        action.add_argument("--client", default="", help="the client's code")
        action.add_argument("--json", action="store_true", help="print data")
    for action in (run_it, guided):
        action.add_argument("site", type=Path, help="the replay site, a JSON file")
        action.add_argument(
            "--as", dest="email", default="", metavar="EMAIL", help="who acts (default: the owner)"
        )
    guided.add_argument(
        "--kept", type=Path, required=True, help="the file that keeps the answers between steps"
    )
    guided.add_argument("--answer", choices=tuple(ANSWERS), help="what the last step showed")
    guided.add_argument("--saw", default="", help="the health check's words, kept as the run's log")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return its exit number; 6 when nothing could be proven."""
    try:
        return _ACTIONS[args.action](args)
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]


def _asked(args: argparse.Namespace) -> replays.Asked:
    text = args.site.read_text(encoding="utf-8")
    return replays.Asked(replays.incident_called(args.incident, args.client), text, read_site(text))


def _run(args: argparse.Namespace) -> int:
    filed = replays.replay_on_linux(
        _asked(args), actor=acting(args.email), at=timezone.now(), progress=_tell
    )
    return _told(filed, as_json=args.json)


def _tell(wanted: Wanted, made: Run) -> None:
    print(f"run {made.number}: {wanted.why}: {made.outcome}", file=sys.stderr)


def _guide(args: argparse.Namespace) -> int:
    answer = (args.answer, args.saw) if args.answer else None
    said = guide(_asked(args), args.kept, answer, actor=acting(args.email), at=timezone.now())
    if isinstance(said, replays.Filed):
        return _told(said, as_json=args.json)
    lines = [f"{number}. {line}" for number, line in enumerate(said, 1)]
    print(json.dumps({"next": list(said)}, indent=2) if args.json else "\n".join(lines))
    return Exit.OK


def _show(args: argparse.Namespace) -> int:
    found = replays.tested(replays.incident_called(args.incident, args.client))
    if args.json:
        print(
            json.dumps([told | {"evidence": told["evidence"].digest} for told in found], indent=2)
        )
        return Exit.OK
    for told in found:
        result = told["result"]
        print(f"{told['evidence'].digest[:12]}: {len(told['runs'])} runs")
        for said in told["said"]:
            print(f"  {said}")
        if result["obstacle"]:
            print(f"  Nothing is proven: {result['obstacle']}")
    if not found:
        print(f"{args.incident} was not replayed.")
    return Exit.OK


def _told(filed: replays.Filed, *, as_json: bool) -> int:
    result = filed.result
    told = {
        "incident": result.incident,
        "verdict": filed.cause.verdict,
        "findings": {finding.change: finding.verdict for finding in result.findings},
        "running": {finding.change: finding.running for finding in result.findings},
        "repairs": [list(repair) for repair in result.repairs],
        "runs": len(result.runs),
        "flake_rate": str(result.flake_rate),
        "obstacle": result.obstacle,
        "evidence": filed.evidence.digest,
    }
    if as_json:
        print(json.dumps(told, indent=2))
    else:
        print(f"{result.incident}: {filed.cause.verdict}, after {len(result.runs)} runs.")
        for finding in result.findings:
            print(f"  {finding.change}: {finding.verdict}. {finding.on_running_copy}".rstrip())
        print(f"  Sealed as {filed.evidence.digest}. {result.obstacle}")
    return Exit.CHECK_FAILED if result.obstacle else Exit.OK


_ACTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "guide": _guide,
    "show": _show,
}
