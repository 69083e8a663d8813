"""The commands of the collector: enrol, run, status, needs, audit-setup. One function each.

Exits: 0 done · 2 wrong arguments · 5 refused (the reason is on standard error).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from groundrules_collector import audit_setup, daemon
from groundrules_collector.agent import AlreadyEnrolled, NotEnrolled
from groundrules_collector.client import Server, ServerRefused, Unreachable
from groundrules_collector.enrol import EnrolmentRefused, enrol
from groundrules_collector.host import HostView
from groundrules_collector.needs import NothingToWatch, Wanted, watch
from groundrules_collector.needs_report import Watched, report
from groundrules_collector.settings import DEFAULT_SETTINGS, SettingsRefused, load
from groundrules_collector.state import DEFAULT_STATE, StateFolder, StateInUse
from groundrules_collector.status import status

DONE = 0
_SHORTEST_PAUSE = 0.05
REFUSED = 5
REFUSALS = (
    AlreadyEnrolled,
    EnrolmentRefused,
    NotEnrolled,
    ServerRefused,
    SettingsRefused,
    StateInUse,
    NothingToWatch,
    Unreachable,
    audit_setup.AuditSetupFailed,
    PermissionError,
)


def main(arguments: Sequence[str]) -> int:
    """This function will run one command and return the exit number."""
    chosen = parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        return command(chosen)
    except REFUSALS as refusal:
        say(str(refusal))
        return REFUSED


def parser() -> argparse.ArgumentParser:
    """This function will describe the commands and their options."""
    top = argparse.ArgumentParser(
        prog="groundrules-collector",
        description="Collects what changes on this host and sends it to your server.",
        epilog="Exits: 0 done, 2 wrong arguments, 5 refused.",
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for name, (command, help_text) in COMMANDS.items():
        one = commands.add_parser(name, help=help_text, description=help_text)
        one.set_defaults(command=command)
        OPTIONS[name](one)
    return top


def _state_option(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--state", type=Path, default=DEFAULT_STATE, metavar="DIR", help="where the state is kept"
    )


def _settings_option(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--settings", type=Path, default=DEFAULT_SETTINGS, metavar="FILE", help="a TOML file"
    )


def _root_option(one: argparse.ArgumentParser) -> None:
    one.add_argument("--root", type=Path, default=Path("/"), help="look at a copied tree instead")


def _enrol_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("--server", required=True, metavar="URL", help="https:// address")
    one.add_argument("--token", required=True, help="the single-use token your server gave you")
    one.add_argument("--ca", default="", metavar="FILE", help="a certificate to trust as well")
    _state_option(one)
    _root_option(one)


def _run_options(one: argparse.ArgumentParser) -> None:
    _state_option(one)
    _settings_option(one)
    _root_option(one)
    one.add_argument("--cadence", type=float, metavar="SECONDS", help="time between two looks")
    one.add_argument(
        "--heartbeat", type=float, metavar="SECONDS", help="longest time without a batch"
    )


def _status_options(one: argparse.ArgumentParser) -> None:
    _state_option(one)
    _settings_option(one)
    one.add_argument("--json", action="store_true", help="for programs")


def _audit_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("--apply", action="store_true", help="do it, instead of printing it")
    one.add_argument(
        "--immutable", action="store_true", help="also forbid setting a login's number anew"
    )
    _root_option(one)


def _needs_options(one: argparse.ArgumentParser) -> None:
    whose = one.add_mutually_exclusive_group(required=True)
    whose.add_argument("--unit", default="", help="processes of this service unit")
    whose.add_argument("--process", default="", metavar="NAME", help="programs of this name")
    whose.add_argument("--pid", type=int, default=0, help="this process and what it started")
    one.add_argument("--application", required=True, metavar="CODE", help="its code on your server")
    one.add_argument("--output", type=Path, required=True, metavar="FILE", help="the report")
    one.add_argument("--seconds", type=float, default=60.0, help="how long to look (default 60)")
    one.add_argument("--every", type=float, default=1.0, help="time between two looks (default 1)")
    _root_option(one)


def _needs(chosen: argparse.Namespace) -> int:
    view = HostView(chosen.root.resolve())
    wanted = Wanted(chosen.pid, chosen.unit, chosen.process)
    looks = max(1, int(chosen.seconds / max(chosen.every, _SHORTEST_PAUSE)))
    began = datetime.now(UTC)
    seen = watch(view, wanted, looks=looks, pause=lambda: time.sleep(chosen.every))
    told = Watched(chosen.application, wanted, seen, began, datetime.now(UTC))
    chosen.output.write_bytes(report(view, told))
    for problem in sorted({*seen.problems, *view.problems}):
        say(f"could not read: {problem}")
    say(
        f"{chosen.output}: {seen.looks} looks at {wanted.sentence}; take it in with: groundrules dependencies take"
    )
    return DONE


def _enrol(chosen: argparse.Namespace) -> int:
    view = HostView(chosen.root.resolve())
    given = enrol(StateFolder(chosen.state), Server(chosen.server, chosen.ca), chosen.token, view)
    say(
        f"enrolled as {given.agent}, stream {given.stream}; now: systemctl enable --now groundrules-collector"
    )
    return DONE


def _run(chosen: argparse.Namespace) -> int:
    settings = load(chosen.settings)
    told = {name: getattr(chosen, name) for name in ("cadence", "heartbeat")}
    settings = replace(
        settings, **{name: value for name, value in told.items() if value is not None}
    )
    daemon.run(daemon.Job(StateFolder(chosen.state), chosen.root.resolve(), settings, say))
    return DONE


def _status(chosen: argparse.Namespace) -> int:
    told = asdict(status(StateFolder(chosen.state), load(chosen.settings)))
    if chosen.json:
        sys.stdout.write(json.dumps(told) + "\n")
        return DONE
    for name, value in told.items():
        sys.stdout.write(f"{name.replace('_', ' ')}: {_word(value)}\n")
    return DONE


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "-"


def _audit_setup(chosen: argparse.Namespace) -> int:
    plan = audit_setup.plan(chosen.root, immutable=chosen.immutable)
    if not chosen.apply:
        sys.stdout.write(plan.text)
        return DONE
    for line in audit_setup.apply(plan):
        say(line)
    return DONE


def say(line: str) -> None:
    """This function will tell a human, on standard error."""
    sys.stderr.write(f"groundrules-collector: {line}\n")
    sys.stderr.flush()


COMMANDS: Mapping[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "enrol": (_enrol, "make a key and introduce this host to your server"),
    "run": (_run, "collect and send until told to stop"),
    "status": (_status, "say how this collector is doing"),
    "needs": (_needs, "watch what an application holds open, and report what it needs"),
    "audit-setup": (_audit_setup, "print (or apply) the audit rules that lose nothing"),
}
OPTIONS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "enrol": _enrol_options,
    "run": _run_options,
    "status": _status_options,
    "needs": _needs_options,
    "audit-setup": _audit_options,
}
