"""`groundrules backup`: what is promised about backups of clients' servers, what was done, and how it stands."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from groundrules.cli.backup_archive import forget_one, log_told, log_words
from groundrules.cli.backup_policy import (
    declare_policy,
    declare_reporter,
    password_one,
    reports_from,
    set_one,
)
from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.backups import (
    BackupPolicy,
    BackupResult,
    BackupState,
    PolicyRefused,
    RestoreDrill,
    drill_is_due,
    verify_is_due,
)
from groundrules.core.backups.checked import all_words
from groundrules.core.health import Level
from groundrules.core.reasons import counted
from groundrules.records.models import Asset
from groundrules.services import backups, evidence
from groundrules.services.actor import NotAllowed
from groundrules.services.keys import KeyUnusable
from groundrules.services.who import NobodyToActAs, acting

NAME = "backup"
HELP = "Watch the backups of clients' servers (ours: groundrules installation backup)."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    PolicyRefused: Exit.BAD_INPUT,
    backups.NotABackupReport: Exit.BAD_INPUT,
    backups.NoCheckSet: Exit.BAD_INPUT,
    backups.NothingIsKept: Exit.BAD_INPUT,
    backups.PasswordRefused: Exit.BAD_INPUT,
    KeyUnusable: Exit.CHECK_FAILED,
    backups.NotVerified: Exit.CHECK_FAILED,
    backups.ThinnedByHand: Exit.CHECK_FAILED,
    evidence.HostZoneUnknown: Exit.BAD_INPUT,
    backups.PolicyUnknown: Exit.NOT_FOUND,
    backups.NothingToRestore: Exit.NOT_FOUND,
    Asset.DoesNotExist: Exit.NOT_FOUND,
    FileNotFoundError: Exit.NOT_FOUND,
    IsADirectoryError: Exit.BAD_INPUT,
    backups.RepositoryUnusable: Exit.CHECK_FAILED,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the actions, from `show` and `set` to `forget` and `ask-postgresql`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("show", help="how every backup stands, the worst first")
    put = actions.add_parser("set", help="set what is backed up and what is promised about it")
    declare_policy(put)
    told = actions.add_parser("reports-from", help="say whose mailed reports of a backup are taken")
    declare_reporter(told)
    over = actions.add_parser("retire", help="watch a backup no longer; what was done stays")
    taken = actions.add_parser("take", help="take in a product's report of its backups")
    taken.add_argument("file", type=Path, help="JSON, as docs/how-to/prove-backups.md describes it")
    read = actions.add_parser(
        "read", help="take in what a repository holds, and look at an archive's log"
    )
    drill = actions.add_parser(
        "drill", help="restore the newest backup into a scratch folder, check and measure it"
    )
    drill.add_argument(
        "--into", type=Path, default=None, metavar="DIR", help="where the scratch folder is made"
    )
    verify = _declare_verify(actions)
    forget = actions.add_parser(
        "forget", help="say which snapshots retention does not keep; with --apply remove them"
    )
    forget.add_argument("--apply", action="store_true", help="remove them, and verify what is left")
    password = actions.add_parser(
        "password", help="keep the password of a repository sealed, read from standard input"
    )
    password.add_argument("--forget", action="store_true", help="forget the one that is kept")
    _declare_ask(actions)
    several = (read, drill, verify)
    for one in several:
        one.add_argument(
            "--due", action="store_true", help="all of them; drills and checks only when due"
        )
    for one in (taken, put, told, over, *several, forget, password):
        optional = one in several
        one.add_argument(
            "server", nargs="?" if optional else None, default="", help="a server's code"
        )
    for one in (put, told, over, *several, forget, password):
        optional = one in several
        one.add_argument(
            "name", nargs="?" if optional else None, default="", help="what the backup is called"
        )
    for one in (put, told, over, taken, *several, forget, password):
        one.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who acts")
    for one in (shown, put, told, over, taken, *several, forget, password):
        one.add_argument("--client", default="", help="the client's code")
        one.add_argument("--json", action="store_true", help="print data")


def _declare_verify(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    verify = actions.add_parser(
        "verify", help="read and verify a repository: every byte, or the part whose turn it is"
    )
    verify.add_argument(
        "--all", action="store_true", help="every byte, also where parts take turns"
    )
    return verify


def _declare_ask(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = actions.add_parser(
        "ask-postgresql",
        help="a check for drills: start a restored cluster aside and ask it one question",
    )
    ask.add_argument(
        "--sql", required=True, help="answers with how many records are missing (a whole number)"
    )
    ask.add_argument("--user", default="postgres", help="who asks (postgres)")
    ask.add_argument("--database", default="postgres", help="which database is asked (postgres)")
    ask.add_argument("folder", type=Path, help="what the drill restored; it adds this itself")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "show": _show,
        "set": lambda args: set_one(args, _asset(args)),
        "reports-from": lambda args: reports_from(args, _asset(args)),
        "retire": _retire,
        "take": _take,
        "read": _read,
        "drill": _drill,
        "verify": _verify,
        "forget": lambda args: forget_one(args, _asset(args)),
        "password": lambda args: password_one(args, _asset(args)),
        "ask-postgresql": _ask,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        return refuse(refused, number)


def _asset(args: argparse.Namespace) -> Asset:
    rows = Asset.objects.select_related("client").filter(code=args.server)
    found = list(rows.filter(client__code=args.client) if args.client else rows)
    if len(found) == 1:
        return found[0]
    problem = "several clients have one; add --client" if found else "there is no such server"
    message = f"{args.server or 'no server named'}: {problem}"
    raise Asset.DoesNotExist(message)


def _all_states(args: argparse.Namespace) -> Iterable[tuple[Asset, BackupState]]:
    rows = Asset.objects.select_related("client").order_by("client__code", "code")
    rows = rows.filter(client__code=args.client) if args.client else rows
    at = timezone.now()
    watched = rows.filter(backup_policies__successor__isnull=True, backup_policies__retired=False)
    return [
        (asset, state) for asset in watched.distinct() for state in backups.states_of(asset, at)
    ]


def _show(args: argparse.Namespace) -> int:
    order = tuple(Level)
    found = sorted(_all_states(args), key=lambda one: -order.index(one[1].level))
    if args.json:
        print(json.dumps([_told(asset, state) for asset, state in found], indent=2))
        return Exit.OK
    for asset, state in found:
        print(
            f"{asset.client.code}/{asset.code} {state.policy.name} ({state.policy.product}): {state.level}"
        )
        for remark in state.remarks:
            print(f"  {remark.level}: {remark.sentence}")
    if not found:
        print("No backup is watched yet; set one: groundrules backup set SERVER NAME")
    return Exit.OK


def _told(asset: Asset, state: BackupState) -> dict[str, object]:
    proven = state.proven
    return {
        "client": asset.client.code,
        "server": asset.code,
        "name": state.policy.name,
        "product": state.policy.product,
        "level": state.level.value,
        "remarks": [{"level": r.level.value, "says": r.sentence} for r in state.remarks],
        "last_good": state.last_good.ended.isoformat() if state.last_good else None,
        "last_proven_restore": proven.ended.isoformat() if proven else None,
        "seconds_to_recover": int(proven.took.total_seconds()) if proven else None,
        "seconds_lost": int(proven.loss.total_seconds()) if proven and proven.loss else None,
        "records_lost": proven.records_lost if proven else None,
        "proven_by": _origin(proven),
        "last_good_by": _origin(state.last_good),
        "reports_from": state.policy.reports_from or None,
        "reported_restore": state.reported.ended.isoformat() if state.reported else None,
        "reported_by": _origin(state.reported),
        **({"log": log_told(state.archive)} if state.archive else {}),
    }


def _origin(one: RestoreDrill | BackupResult | None) -> dict[str, object] | None:
    """Where it came from, and what that is worth."""
    if one is None:
        return None
    origin = one.origin
    return {
        "kind": origin.kind.value,
        "strength": origin.strength.value,
        "who": origin.who,
        "product": origin.product,
        "mail": origin.mail or None,
        "trust": origin.trust.value if origin.trust else None,
    }


def _retire(args: argparse.Namespace) -> int:
    asset = _asset(args)
    backups.retire(asset, args.name, actor=acting(args.email), at=timezone.now())
    told = {"server": asset.code, "name": args.name, "retired": True}
    print(json.dumps(told) if args.json else f"{asset.code}: {args.name} is not watched any more.")
    return Exit.OK


def _take(args: argparse.Namespace) -> int:
    asset = _asset(args)
    taken = backups.take(
        args.file.read_bytes(), args.file.name, asset, actor=acting(args.email), at=timezone.now()
    )
    _say_taken(args, asset.code, taken)
    return Exit.DEGRADED if taken.damaged else Exit.OK


def _say_taken(args: argparse.Namespace, what: str, taken: backups.Taken) -> None:
    damaged = [f"{one.where}: {one.problem}" for one in taken.damaged]
    if args.json:
        digest = taken.evidence.digest if taken.evidence else None
        told = {"evidence": digest, "new": taken.new, "known": taken.known, "damaged": damaged}
        log = {"log": log_told(taken.look)} if taken.look else {}
        print(json.dumps({"of": what, **told, **log}))
        return
    print(f"{what}: {taken.new} new, {taken.known} known already")
    if taken.look:
        print(f"  {log_words(taken.look)}")
    for one in damaged:
        print(f"  not read: {one}", file=sys.stderr)


def _chosen(
    args: argparse.Namespace, is_due: Callable[[BackupState, datetime], bool] | None
) -> list[tuple[Asset, BackupPolicy]]:
    """The one named, or with --due all that have a repository (and whose time has come)."""
    if not args.due:
        asset = _asset(args)
        return [(asset, backups.policy_called(asset, args.name))]
    at = timezone.now()
    return [
        (asset, state.policy)
        for asset, state in _all_states(args)
        if state.policy.place and (is_due is None or is_due(state, at))
    ]


def _read(args: argparse.Namespace) -> int:
    return _each(args, _chosen(args, None), _read_one)


def _drill(args: argparse.Namespace) -> int:
    return _each(args, _chosen(args, drill_is_due), _drill_one)


def _each(
    args: argparse.Namespace,
    chosen: list[tuple[Asset, BackupPolicy]],
    act: Callable[[argparse.Namespace, Asset, BackupPolicy], bool],
) -> int:
    """One that cannot be reached does not keep the others waiting; the worst is the exit."""
    ended = Exit.OK
    for asset, policy in chosen:
        try:
            well = act(args, asset, policy)
        except (backups.RepositoryUnusable, backups.NothingToRestore, backups.NoCheckSet) as failed:
            if not args.due:
                raise
            refuse(failed, Exit.CHECK_FAILED)
            well = False
        ended = ended if well else Exit.CHECK_FAILED
    return ended


def _read_one(args: argparse.Namespace, asset: Asset, policy: BackupPolicy) -> bool:
    taken = backups.read_repository(policy, asset, actor=acting(args.email), at=timezone.now())
    _say_taken(args, f"{asset.code} {policy.name}", taken)
    return True


def _drill_one(args: argparse.Namespace, asset: Asset, policy: BackupPolicy) -> bool:
    done = backups.drill(
        policy, asset, actor=acting(args.email), clock=timezone.now, scratch=args.into
    )
    one = done.drill
    lost = int(one.loss.total_seconds()) if one.loss is not None else None
    if args.json:
        told = {"server": asset.code, "name": policy.name, "passed": one.passed, "says": one.says}
        seconds = {"seconds_to_recover": one.took.total_seconds(), "seconds_lost": lost}
        print(
            json.dumps(
                {**told, **seconds, "records_lost": one.records_lost, "evidence": done.evidence}
            )
        )
        return one.passed
    print(f"{asset.code} {policy.name}: {'proven' if one.passed else 'FAILED'}. {one.says}.")
    if one.passed:
        print(
            f"  back after {one.took.total_seconds():.1f} s; work of the {lost} s before would have been lost"
        )
    print(f"  sealed as {done.evidence[:16]}")
    return one.passed


def _verify(args: argparse.Namespace) -> int:
    return _each(args, _chosen(args, verify_is_due), _verify_one)


def _verify_one(args: argparse.Namespace, asset: Asset, policy: BackupPolicy) -> bool:
    actor = acting(args.email)
    found = backups.verify(policy, asset, actor=actor, clock=timezone.now, everything=args.all)
    told: dict[str, object]
    told = {"server": asset.code, "name": policy.name, "whole": found.whole, "says": found.says}
    told |= {"part": found.part, "parts": found.parts}
    told["all_since"] = found.all_since.isoformat() if found.all_since else None
    if args.json:
        print(json.dumps({**told, "held": [one.isoformat() for one in found.held]}))
    elif found.whole:
        held = counted(len(found.held), "base backup" if policy.is_archive else "snapshot")
        what = "every byte was read and is whole"
        if policy.is_archive:
            what = "every byte and every record of the log was read and is whole"
        if policy.is_archive and found.says:
            what = "all was read; the newest base backup and the log it needs are whole"
        if found.parts > 1:
            what = f"part {found.part} of {found.parts} was read and is whole, {all_words(found)}"
        print(f"{asset.code} {policy.name}: {what}; it holds {held}.")
        if found.says:
            print(f"  {found.says}")
    else:
        print(f"{asset.code} {policy.name}: DAMAGED. {found.says}", file=sys.stderr)
    return found.whole


def _ask(args: argparse.Namespace) -> int:
    """The last line is what a drill reads; an answer that is no count proves only that the database works."""
    answer = backups.ask_restored(args.folder, args.sql, user=args.user, database=args.database)
    counted_lost = isinstance(answer, int) and not isinstance(answer, bool) and answer >= 0
    print(json.dumps({"records_lost": answer} if counted_lost else {"answer": str(answer)}))
    return Exit.OK
