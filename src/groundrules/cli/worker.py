"""`groundrules worker`: read what came, apply what is due, send letters, carry long runs out, without serving pages."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from types import FrameType

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.services import backups
from groundrules.services.carrying import carried_beside, carry_waiting
from groundrules.services.database import not_ready
from groundrules.services.receiving import (
    apply_coverage,
    chain_audit,
    check_health,
    collect_mail,
    find_silent,
    give_reports,
    keep_baselines,
    keep_reading,
    read_pending,
    remind_on_call,
    send_letters,
    sign_checkpoints,
    tell_webhooks,
    work_out_changes,
)
from groundrules.services.remote import settle_shells

NAME = "worker"
HELP = "Read what collectors sent, apply what is due, send letters, take mail in, and carry long runs out."
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--once`."""
    parser.add_argument(
        "--once", action="store_true", help="read what is due now, and stop instead of waiting"
    )


def run(args: argparse.Namespace) -> int:
    """This function will read until it is stopped, or once."""
    waiting = not_ready()
    if waiting:
        print(f"groundrules: {waiting}", file=sys.stderr)
        return Exit.CHECK_FAILED
    return _once() if args.once else _for_ever()


def _once() -> int:
    read = failed = 0
    more = True
    while more:
        report = read_pending(at=timezone.now())
        read, failed, more = read + report.read, failed + report.failed, report.more
    work_out_changes(at=timezone.now())
    silent = len(find_silent(timezone.now()))
    sign_checkpoints(timezone.now())
    chain_audit(timezone.now())
    apply_coverage(timezone.now())
    remind_on_call(timezone.now())
    give_reports(timezone.now())
    send_letters(timezone.now())
    check_health(timezone.now())
    keep_baselines(timezone.now())
    settle_shells(timezone.now())
    backups.do_due(timezone.now)
    tell_webhooks(timezone.now())
    carry_waiting(timezone.now)
    mailbox_answers = collect_mail(timezone.now())
    print(f"{read} batches read, {failed} to try again; {silent} collectors silent.")
    return Exit.DEGRADED if failed or not mailbox_answers else Exit.OK


def _for_ever() -> int:
    stop = threading.Event()

    def finish(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    print("Reading what arrives. (Ctrl-C stops it)", flush=True)
    with carried_beside(stop, timezone.now):
        keep_reading(stop, timezone.now)
    return Exit.OK
