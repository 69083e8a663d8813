"""Groundrules itself, run once more beside us with other settings: for what one process can only do in one place."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

_OURS = ("GROUNDRULES_", "DJANGO_SETTINGS_MODULE")


def run_aside(words: Sequence[str], surroundings: Mapping[str, str]) -> tuple[int, str, str]:
    """This function will run a command with none of our settings but those given.

    Returns its exit number, what it printed, and what it printed as problems.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    done = subprocess.run(  # noqa: S603 - our own program, by the interpreter that runs us
        [sys.executable, "-m", "groundrules.cli.main", *words],
        env={**inherited, **{name: value for name, value in surroundings.items() if value}},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
