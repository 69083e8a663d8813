"""`groundrules worlds`: make worlds whose truth is known, score our causes against it, and fit their weights to it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.services import worlds
from groundrules.services.cases import CaseRefused
from groundrules.services.worlds import making
from groundrules.services.worlds.calibration import Calibration

NAME = "worlds"
HELP = "Make worlds whose truth is known, score causes against it, fit the weights."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `generate`, `score` and `fit`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    generate = actions.add_parser(
        "generate",
        help="write case files of made worlds with their truth",
        description="The same profile and seeds give the same files to the byte.",
        epilog="Exits: 0 written, 2 wrong usage, 3 no such profile.",
    )
    listed = ", ".join(making.PROFILES)
    generate.add_argument("--profile", required=True, metavar="PROFILE", help=f"one of: {listed}")
    generate.add_argument(
        "--seeds",
        type=_seeds,
        required=True,
        metavar="A-B",
        help="one file for each, such as 1-100",
    )
    generate.add_argument("--output", type=Path, required=True, help="the folder to write into")
    generate.add_argument(
        "--replayed",
        type=_share,
        metavar="SHARE",
        help="the share of incidents that are replayed on a copy, 0 to 1 (default: the profile's)",
    )
    score = actions.add_parser(
        "score",
        help="answer every case file in a folder and count",
        epilog="Exits: 0 scored, 2 wrong usage, 3 no such folder, 8 a file could not be read (the others are scored).",
    )
    score.add_argument("folder", type=Path, help="a folder of case files, YAML or JSON")
    score.add_argument("--json", action="store_true", help="as data, with every incident")
    _add_table(actions)
    _add_fit(
        actions.add_parser(
            "fit",
            help="fit the weights of causes on worlds, calibrate and certify them on others",
            description="The same worlds give the same weights. What is written is a Python module of plain values.",
            epilog=(
                "Exits: 0 written, 2 wrong usage, 3 no such folder, 8 a file could not be read, "
                "no truth is stated, or too few to certify."
            ),
        )
    )


def _add_table(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    table = actions.add_parser(
        "table",
        help="score folders and print the tables of docs/reference/scoreboard.md",
        description="One row to a folder, called like it. Every incident counts with its replays and without.",
        epilog="Exits: 0 scored, 2 wrong usage, 3 no such folder, 8 a file could not be read.",
    )
    table.add_argument("folders", type=Path, nargs="+", help="folders of case files")
    table.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count(),
        help="folders at a time (default: one to a core)",
    )
    table.add_argument("--json", action="store_true", help="as data, without single incidents")


def run(args: argparse.Namespace) -> int:
    """This function will make worlds, print a folder's scoreboard or fit weights, and return its exit number."""
    acts = {"generate": _generate, "score": _score, "table": _table, "fit": _fit}
    return acts[args.action](args)


def _add_fit(fit: argparse.ArgumentParser) -> None:
    fit.add_argument("folders", type=Path, nargs="+", help="folders of worlds to fit on")
    fit.add_argument(
        "--calibrate",
        type=Path,
        nargs="+",
        required=True,
        metavar="FOLDER",
        help="folders of other worlds: the temperature and the threshold come from them",
    )
    fit.add_argument(
        "--output", "--out", type=Path, required=True, metavar="FILE", help="the module to write"
    )
    fit.add_argument(
        "--risk",
        type=float,
        default=0.02,
        help="the share of wrong ones among acts called likely that is still certified (default 0.02)",
    )
    fit.add_argument("--json", action="store_true", help="say as data what was fitted")


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    try:
        seeds = range(int(first), int(last or first) + 1)
    except ValueError:
        seeds = range(0)
    if not seeds:
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds; write A-B, such as 1-100")
    return seeds


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; write a number from 0 to 1")
    return share


def _generate(args: argparse.Namespace) -> int:
    try:
        made = making.generate(args.profile, args.seeds, args.output, replayed=args.replayed)
    except making.UnknownProfile as wrong:
        print(f"groundrules: {wrong}", file=sys.stderr)
        return Exit.NOT_FOUND
    print(f"{len(made)} worlds of profile {args.profile} written to {args.output}.")
    return Exit.OK


def _score(args: argparse.Namespace) -> int:
    folder: Path = args.folder
    if not folder.is_dir():
        print(f"groundrules: {folder} is no folder; name one with case files.", file=sys.stderr)
        return Exit.NOT_FOUND
    scored = worlds.score(folder)
    for wrong in scored.refused:
        print(wrong, file=sys.stderr)
    print(json.dumps(worlds.as_data(scored), indent=2) if args.json else _told(scored))
    return Exit.BAD_INPUT if scored.refused else Exit.OK


def _table(args: argparse.Namespace) -> int:
    missing = [folder for folder in args.folders if not folder.is_dir()]
    if missing:
        print(f"groundrules: {missing[0]} is no folder; name one with case files.", file=sys.stderr)
        return Exit.NOT_FOUND
    found = dict(zip((f.name for f in args.folders), _scored(args.folders, args.jobs), strict=True))
    refused = [wrong for scored in found.values() for wrong in scored.refused]
    for wrong in refused:
        print(wrong, file=sys.stderr)
    boards = {
        name: {"board": asdict(s.board), "without_replays": asdict(s.unreplayed)}
        for name, s in found.items()
    }
    print(json.dumps(boards, indent=2) if args.json else worlds.table(found))
    return Exit.BAD_INPUT if refused else Exit.OK


def _scored(folders: list[Path], jobs: int | None) -> list[worlds.Scored]:
    if jobs == 1 or len(folders) == 1:
        return [worlds.score(folder) for folder in folders]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(worlds.score, folders))


def _fit(args: argparse.Namespace) -> int:
    missing = [folder for folder in (*args.folders, *args.calibrate) if not folder.is_dir()]
    if missing:
        print(f"groundrules: {missing[0]} is no folder; name one with case files.", file=sys.stderr)
        return Exit.NOT_FOUND
    try:
        learnt = worlds.learn(args.folders, args.calibrate, args.risk)
    except (worlds.NothingToLearn, worlds.NotCertified, CaseRefused) as wrong:
        print(f"groundrules: {wrong}", file=sys.stderr)
        return Exit.BAD_INPUT
    worlds.write(learnt, args.output)
    print(json.dumps(asdict(learnt), indent=2) if args.json else _said(learnt, args.output))
    return Exit.OK


def _said(learnt: worlds.Learnt, output: Path) -> str:
    return (
        f"Fitted on {learnt.fitted_on} incidents, calibrated on {learnt.calibrated_on} others: temperature "
        f"{learnt.weights.temperature}. Likely, where the error names the change: {_certified(learnt.named)}; "
        f"where checks passed after it: {_certified(learnt.late)}; "
        f"where both a repair and what failed tie it: {_certified(learnt.twice)}; where it is tied otherwise: "
        f"{_certified(learnt.otherwise)}. "
        f"Written to {output}."
    )


def _certified(found: worlds.Certified | None) -> str:
    if found is None:
        return "not certified, so never"
    return f"from {found.likely_from} on ({found.wrong} wrong of {found.accepted} accepted)"


def _told(scored: worlds.Scored) -> str:
    board = scored.board
    lines = [
        f"{board.incidents} incidents whose truth is stated, {board.left_out} left out (only candidates stated).",
        (
            f"Cause recorded: {board.with_cause}; ranked first {board.first}, "
            f"among the first three {board.among_three}; ruled out wrongly {board.acquitted_wrongly}."
        ),
        (
            f"Verdicts (likely or proven): {board.verdicts}; right {board.found}, false {board.false} "
            f"({board.false_per_thousand:.1f} per 1,000 incidents; "
            f"at most {board.false_upper:.1%} of verdicts at 95 % confidence)."
        ),
        (
            f"Parties named: {board.accusations}; falsely {board.accused_falsely} "
            f"({board.accused_falsely_per_thousand:.1f} per 1,000 incidents, at most "
            f"{1000 * board.accused_falsely_upper:.1f} at 95 % confidence; "
            f"{board.false_discovery_rate:.1%} of those named, at most {board.false_discovery_upper:.1%})."
        ),
        (
            f"Caused by a vendor and recorded: {board.vendor_caused}; the vendor named {board.vendor_named}. The "
            f"record names whose act it was in {board.vendor_nameable}; {board.vendor_replayed} were replayed, and "
            f"there the vendor was named in {board.vendor_named_replayed}."
        ),
        f"Authority of the cause stated: {board.authority_stated}; right {board.authority_right}.",
        *(
            f"As far as {s.verdict.value}: {s.answered} answered, {s.wrong} beginning with a wrong change."
            for s in board.coverage_risk
        ),
    ]
    lines += _honesty(board.calibration)
    plain = scored.unreplayed
    if board.replayed:
        lines.append(
            f"Replayed: {board.replayed} incidents. As if nobody had: verdicts {plain.verdicts}, false {plain.false}; "
            f"parties named {plain.accusations}, falsely {plain.accused_falsely}; the vendor named "
            f"{plain.vendor_named}; calibration error {_error(plain.calibration)}."
        )
    false = [f"  false: {r.file}, {r.incident}" for r in scored.judged if r.is_false]
    return "\n".join([*lines, *_rivals(board), *false])


def _error(found: Calibration | None) -> str:
    return "unknown" if found is None else f"{found.error:.3f}"


def _honesty(found: Calibration | None) -> list[str]:
    if found is None:
        return []
    top = found.top
    share = f"{top.right / top.incidents:.3f}" if top.incidents else "nothing"
    curve = ", ".join(f"from {c.at_least:g} {c.answered} ({c.wrong} wrong)" for c in found.coverage)
    return [
        f"Calibration error of the first change: {found.error:.3f}.",
        f"Highest tenth: {top.incidents} incidents, {top.claimed:.3f} claimed, {share} right.",
        f"Answered by probability: {curve}; mean share of wrong ones over all coverages {found.area:.3f}.",
    ]


def _rivals(board: worlds.Scoreboard) -> list[str]:
    rows = [
        f"  {name:<18} first {r.first}, among three {r.among_three}, named falsely {r.accused_falsely}"
        for name, r in board.rivals.items()
    ]
    return ["Beside them, if the first of each were named:", *rows] if rows else []
