"""A program: has all of `groundrules serve` loaded and starts it anew at once, each time as a process of its own.

It reads `start PORT` from its input and answers with the process number; `wait PID` until that one has ended.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from groundrules.cli.main import main, start_database

start_database()

# Reads every migration, page and command once, so that no server has to.
MigrationLoader(None)
for name in ("groundrules.cli.serve", "groundrules.config.wsgi", settings.ROOT_URLCONF):
    import_module(name)


def _start(port: str) -> int:
    child = os.fork()
    if child:
        return child
    with Path(os.environ["GROUNDRULES_DATA"], "server.log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os._exit(main(["serve", "--port", port]))


for line in sys.stdin:
    word, number = line.split()
    if word == "start":
        answer = str(_start(number))
    else:
        os.waitpid(int(number), 0)
        answer = "ended"
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()
