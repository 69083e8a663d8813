"""A program: has what the others need loaded, and runs each of them at once, as a process of its own.

It is given the number of a socket. A message there names a module and its arguments, and brings a file for what the
program prints and one for what it complains of; the answer is the process number. `wait` and a number is answered with
how that process ended, as `subprocess` tells it.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import socket
import sys
import traceback
from importlib import import_module

from django.db.migrations.loader import MigrationLoader

from groundrules.cli.main import main, start_database

_LONGEST_MESSAGE = 1 << 16
_NEEDED = (
    *("groundrules.cli.worker", "groundrules.cli.month_end", "groundrules.cli.evidence"),
    *("groundrules.services.case_import", "groundrules.services.portfolio_demo"),
)


def _load() -> None:
    """Reads every migration and what most programs import once, and lets it stay where it is."""
    start_database()
    MigrationLoader(None)
    for name in _NEEDED:
        import_module(name)
    gc.collect()
    gc.freeze()


def _answer(line: list[str], files: list[int]) -> int:
    module, *arguments = line
    if module == "wait":
        return os.waitstatus_to_exitcode(os.waitpid(int(arguments[0]), 0)[1])
    child = os.fork()
    if not child:
        _become(module, arguments, files)
    for one in files:
        os.close(one)
    return child


def _become(module: str, arguments: list[str], files: list[int]) -> None:
    """Never returns: the process ends with the program, however that ends."""
    for one, standard in zip(files, (1, 2), strict=True):
        os.dup2(one, standard)
        os.close(one)
    ended = 1
    try:
        ended = _ran(module, arguments)
    except SystemExit as exits:
        ended = exits.code if isinstance(exits.code, int) else int(exits.code is not None)
    except BaseException:  # noqa: BLE001 - it is shown as Python shows what nobody caught
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended)


def _ran(module: str, arguments: list[str]) -> int:
    if module == main.__module__:
        return main(arguments)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


def _serve(asked: socket.socket) -> None:
    while True:
        message, files, _, _ = socket.recv_fds(asked, _LONGEST_MESSAGE, 2)
        if not message:
            return
        asked.send(str(_answer(json.loads(message), files)).encode())


_load()
with socket.socket(fileno=int(sys.argv[1])) as asked_at:
    _serve(asked_at)
