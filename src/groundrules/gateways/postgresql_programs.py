"""PostgreSQL's own server programs: where those of a cluster's version lie, and one of them run to its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from groundrules.gateways.repositories import RepositoryUnusable

SECONDS = 3600
WORDS = 800
# Instants in UTC and words that can be looked for, whatever the language of this machine.
_SAID = {"LC_ALL": "C", "TZ": "UTC"}


def programs_of(cluster: Path) -> Path:
    """This function will return the folder of the server programs of a cluster's own version.

    Another version cannot read its files. Raises RepositoryUnusable.
    """
    version = (cluster / "PG_VERSION").read_text().strip()
    debian = Path(f"/usr/lib/postgresql/{version}/bin")
    if (debian / "pg_ctl").is_file():
        return debian
    found = shutil.which("pg_ctl")
    if found is None:
        message = f"PostgreSQL {version}'s programs are not here; install them (apt install postgresql-{version})"
        raise RepositoryUnusable(message)
    return Path(found).parent


def program_of(cluster: Path, name: str) -> str:
    """This function will return one program of a cluster's own version; raises RepositoryUnusable."""
    program = programs_of(cluster) / name
    if not program.is_file():
        message = f"{program} is not here; install PostgreSQL's server programs"
        raise RepositoryUnusable(message)
    return str(program)


def run(command: Sequence[str], words: int = WORDS) -> str:
    """This function will run a program and return its last words; raises RepositoryUnusable with them when it failed.

    Output goes to a file: a server that pg_ctl starts would hold a pipe open for as long as it runs.
    """
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
                command, stdout=said, stderr=said, timeout=SECONDS, check=False, cwd="/",
                env={**os.environ, **_SAID},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as failed:
            message = f"{command[0]}: {failed}"
            raise RepositoryUnusable(message) from failed
        said.seek(0)
        text = " ".join(said.read().decode("utf-8", "replace").split())[-words:]
    if done.returncode:
        raise RepositoryUnusable(text or f"{command[0]} ended with {done.returncode}")
    return text
