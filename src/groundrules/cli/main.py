"""`groundrules`: finds the command's file, reads the arguments, and runs it.

Only the command that is asked for is imported, and Django is started only for commands that need the database, so that
a case is answered in a moment. `commands` lists them.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import cast

from groundrules.cli.commands import COMMANDS, Command
from groundrules.cli.exits import Exit
from groundrules.cli.terminal import shown_not_obeyed

_SETTINGS = "groundrules.config.settings"
AddArguments = Callable[[argparse.ArgumentParser], None]
Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """This function will run one command and return its exit number (see `exits`)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in given if not word.startswith("-")), "")
    loaded = tuple(command for command in COMMANDS if command.name == wanted)
    # Whoever begins with the command's name is told of that command alone; anybody else may need the overview.
    shown = loaded if loaded and given[0] == wanted else COMMANDS
    parser = _parser(shown, loaded)
    parsed = parser.parse_args(given)
    if not loaded:
        parser.print_help(sys.stderr)
        return Exit.USAGE
    run = cast("Run", import_module(loaded[0].module).run)
    try:
        with shown_not_obeyed():
            return _run(run, parsed, loaded[0])
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough; Python must not complain while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILURE


def _run(run: Run, parsed: argparse.Namespace, command: Command) -> int:
    """A database that was never set up, or is of an older version, is said in one sentence instead of a traceback."""
    if not command.needs_database or command.makes_database:
        return int(run(parsed))
    half = cast("Callable[[], str]", import_module("groundrules.services.database").unfinished)()
    if half:
        print(f"groundrules: {half}", file=sys.stderr)
        return Exit.CHECK_FAILED
    failure = cast("type[Exception]", import_module("django.db.utils").DatabaseError)
    try:
        return int(run(parsed))
    except _not_permitted() as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return Exit.NOT_PERMITTED
    except failure as refused:
        database = import_module("groundrules.services.database")
        sentence = cast("Callable[[Exception], str]", database.in_words)(refused)
        if not sentence:
            raise
        print(f"groundrules: {sentence}", file=sys.stderr)
        return Exit.CHECK_FAILED


def _not_permitted() -> tuple[type[Exception], ...]:
    """What no command has to think of: who it acts as may not do this, or is nobody."""
    refused = import_module("groundrules.services.actor").NotAllowed
    return refused, import_module("groundrules.services.who").NobodyToActAs


def build_parser() -> argparse.ArgumentParser:
    """This function will return the parser with the arguments of every command, for the reference pages."""
    return _parser(COMMANDS, COMMANDS)


def _parser(shown: tuple[Command, ...], loaded: tuple[Command, ...]) -> argparse.ArgumentParser:
    """The overview of the shown commands, with the arguments of the loaded ones only: nothing else is imported."""
    parser = argparse.ArgumentParser(
        prog="groundrules",
        description="What changed on a server, who did it, what it broke and who pays.",
        epilog="Exit numbers: 0 fine, 1 failure, 2 wrong usage, 3 not found, 4 not permitted, 5 conflict, "
        "6 check failed, 7 degraded, 8 bad input.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for command in shown:
        own = commands.add_parser(command.name, help=command.help, description=command.help)
        if command in loaded:
            _load(command, own)
    return parser


def _load(command: Command, parser: argparse.ArgumentParser) -> None:
    """Django is started before the import, because a module that names a record can't be imported without it."""
    with _uncollected():
        if command.needs_database:
            start_database()
        add_arguments = cast("AddArguments", import_module(command.module).add_arguments)
    add_arguments(parser)


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is imported stays, so looking through it for garbage, as it grows or afterwards, finds nothing."""
    gc.disable()
    try:
        yield
    finally:
        _let_stay()
        gc.enable()


@cache
def _let_stay() -> None:
    """Once for a process: whether anything stays already is only known by counting all of it."""
    if not gc.get_freeze_count():
        gc.freeze()


def start_database() -> None:
    """This function will start Django with the settings named in the environment, or the project's own.

    A setting that is refused ends the program with the sentence that says why.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    try:
        cast("Callable[[], None]", import_module("django").setup)()
    except ValueError as refused:
        # A setting is refused by a class of our own; anything else is a fault, and shown as one.
        if not type(refused).__module__.startswith("groundrules."):
            raise
        print(f"groundrules: {refused}", file=sys.stderr)
        raise SystemExit(Exit.BAD_INPUT) from refused


if __name__ == "__main__":
    sys.exit(main())
