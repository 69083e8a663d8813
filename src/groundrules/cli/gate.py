"""`groundrules gate`: the SSH authority, hosts that trust it or fetch actions, certificates, how windows stand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from groundrules.cli import gate_hosts, gate_windows
from groundrules.cli.exits import Exit
from groundrules.services.actor import NotAllowed
from groundrules.services.gate import (
    AccountNotPlain,
    ActionUnsayable,
    AuthorityAlreadyRetired,
    CertificateAlreadyRevoked,
    CertificateRefused,
    HostKeyUnusable,
    KeyMissing,
    KeyUnusable,
    NoAccounts,
    NoAuthority,
    NoGate,
    OtherGate,
    RevocationListFailed,
    UnknownAccount,
    UnknownCertificate,
    UnknownWindow,
    UserKeyUnusable,
    WindowOver,
)
from groundrules.services.who import NobodyToActAs

NAME = "gate"
HELP = "Open and close vendors' access: Linux by SSH certificates, Windows by signed actions."
NEEDS_DATABASE = True

_EXITS: dict[type[Exception], Exit] = {
    AccountNotPlain: Exit.BAD_INPUT,
    ActionUnsayable: Exit.BAD_INPUT,
    AuthorityAlreadyRetired: Exit.CONFLICT,
    CertificateAlreadyRevoked: Exit.CONFLICT,
    CertificateRefused: Exit.NOT_PERMITTED,
    HostKeyUnusable: Exit.BAD_INPUT,
    KeyMissing: Exit.FAILURE,
    KeyUnusable: Exit.FAILURE,
    NoAccounts: Exit.NOT_FOUND,
    NoAuthority: Exit.NOT_FOUND,
    NoGate: Exit.NOT_FOUND,
    NobodyToActAs: Exit.NOT_PERMITTED,
    OtherGate: Exit.CONFLICT,
    NotAllowed: Exit.NOT_PERMITTED,
    RevocationListFailed: Exit.FAILURE,
    UnknownAccount: Exit.NOT_FOUND,
    UnknownCertificate: Exit.NOT_FOUND,
    UnknownWindow: Exit.NOT_FOUND,
    UserKeyUnusable: Exit.BAD_INPUT,
    WindowOver: Exit.CONFLICT,
}
_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    **gate_hosts.ACTIONS,
    **gate_windows.ACTIONS,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare every action."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    gate_hosts.add_arguments(actions)
    gate_windows.add_arguments(actions)


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return its exit number."""
    try:
        return _ACTIONS[args.action](args)
    except tuple(_EXITS) as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return _EXITS[type(refused)]
