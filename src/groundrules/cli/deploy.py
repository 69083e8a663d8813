"""`groundrules deploy`: the files a machine needs around Groundrules, written for where this installation lies."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.services import deploy_files

NAME = "deploy"
HELP = (
    "Write systemd units, the scripts for Windows and the witness for where this installation lies."
)
_REFUSED: Mapping[type[Exception], Exit] = {
    deploy_files.DeployFilesMissing: Exit.FAILURE,
    deploy_files.UnknownDeployFile: Exit.NOT_FOUND,
    deploy_files.ProgramUnseen: Exit.BAD_INPUT,
    deploy_files.WouldOverwrite: Exit.CONFLICT,
    deploy_files.CannotWrite: Exit.FAILURE,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `list` and `write`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="every file, and what it is for")
    written = actions.add_parser("write", help="write files, or all of a kind, into a folder")
    written.add_argument(
        "names", nargs="+", metavar="NAME", help="a file, or systemd, windows, witness"
    )
    written.add_argument(
        "--into",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where to, as /etc/systemd/system",
    )
    written.add_argument(
        "--program",
        type=Path,
        default=None,
        metavar="FILE",
        help="the groundrules that units start (default: this one)",
    )
    written.add_argument("--replace", action="store_true", help="write over files that differ")
    for one in (listed, written):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    try:
        return _list(args) if args.action == "list" else _write(args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _list(args: argparse.Namespace) -> int:
    found = deploy_files.listed()
    if args.json:
        told = [{"name": one.name, "kind": one.kind, "says": one.says} for one in found]
        print(json.dumps(told, indent=2))
        return Exit.OK
    wide = max(len(one.name) for one in found)
    for one in found:
        print(f"{one.kind:<8}  {one.name:<{wide}}  {one.says}")
    return Exit.OK


def _write(args: argparse.Namespace) -> int:
    program = args.program or Path(sys.executable).with_name("groundrules")
    written = deploy_files.write(
        args.names, args.into, program=Path(program).absolute(), replace=args.replace
    )
    if args.json:
        print(json.dumps([str(path) for path in written], indent=2))
        return Exit.OK
    for path in written:
        print(path)
    if any(path.suffix == ".service" for path in written):
        print("next: systemctl daemon-reload, then systemctl enable --now the ones you want")
    return Exit.OK
