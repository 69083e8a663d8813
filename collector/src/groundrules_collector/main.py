"""The command line of the collector. It reads the host, writes one file, and says how it went by a numbered exit.

Exits: 0 complete · 2 wrong arguments · 3 written, but something could not be read (named on stderr and in the
envelope) · 4 nothing written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from groundrules_collector import __version__, commands
from groundrules_collector.collect import OutputRefused, Previous, collect
from groundrules_collector.host import HostView
from groundrules_collector.probes import LOG_PROBES, SNAPSHOT_PROBES
from groundrules_wire import EnvelopeError, envelope_digest, read_manifest

COMPLETE = 0
WRONG_ARGUMENTS = 2
INCOMPLETE = 3
NOTHING_WRITTEN = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """This function will collect once, print the probes' specs, or run a command, and return the exit number."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words and words[0] in commands.COMMANDS:
        return commands.main(words)
    parser = _parser()
    chosen = parser.parse_args(words)
    if chosen.specs:
        return _print_specs()
    if not chosen.once or chosen.output is None:
        parser.error("say --once and --output FILE: one run writes one envelope")
    try:
        previous = _previous(chosen.after)
        collected = collect(_view(chosen), chosen.output, previous, _say)
    except (OutputRefused, EnvelopeError) as error:
        _say(f"nothing written: {error}")
        return NOTHING_WRITTEN
    for problem in collected.problems:
        _say(f"could not read: {problem}")
    _say(f"{chosen.output}: {len(collected.manifest.parts)} parts, digest {collected.digest}")
    return INCOMPLETE if collected.problems else COMPLETE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groundrules-collector",
        description="Reads what is on this host, changes nothing, and writes one evidence envelope.",
        epilog="Commands: enrol, run, status, needs, audit-setup (ask each for --help). "
        "Exits: 0 complete, 2 wrong arguments, 3 written but something could not be read, 4 nothing written.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--once", action="store_true", help="collect one time and stop")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="the envelope to write (replaced when whole)"
    )
    parser.add_argument(
        "--root", type=Path, default=Path("/"), help="look at a copied tree instead of this host"
    )
    parser.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE",
        help="one more file to record by digest",
    )
    parser.add_argument(
        "--auth-log",
        action="append",
        default=[],
        metavar="FILE",
        help="one more log of logins to collect",
    )
    parser.add_argument(
        "--after",
        type=Path,
        metavar="FILE",
        help="this host's envelope before this one, to chain to",
    )
    parser.add_argument(
        "--journal-after",
        default="",
        metavar="CURSOR",
        help="journal entries after this cursor only",
    )
    parser.add_argument(
        "--specs",
        action="store_true",
        help="print what each probe collects and what never, and stop",
    )
    return parser


def _view(chosen: argparse.Namespace) -> HostView:
    return HostView(
        root=chosen.root.resolve(),
        config_files=tuple(chosen.config),
        auth_logs=tuple(chosen.auth_log),
        journal_after=chosen.journal_after,
    )


def _previous(after: Path | None) -> Previous:
    if after is None:
        return Previous()
    try:
        manifest = read_manifest(after.read_bytes())
    except OSError as error:
        message = f"{after}: {error.strerror}; name this host's envelope before this one, or leave --after out"
        raise OutputRefused(message) from error
    return Previous(manifest.sequence, envelope_digest(manifest))


def _print_specs() -> int:
    snapshots, logs = (
        (probe.spec for probe in SNAPSHOT_PROBES),
        (probe.spec for probe in LOG_PROBES),
    )
    for spec in (*snapshots, *logs):
        sys.stdout.write(
            f"{spec.name} {spec.version}\n  collects: {spec.collects}\n  never: {spec.never}\n"
        )
        for column, meaning in spec.columns:
            sys.stdout.write(f"    {column}: {meaning}\n")
    return COMPLETE


def _say(line: str) -> None:
    sys.stderr.write(f"groundrules-collector: {line}\n")
