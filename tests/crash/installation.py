"""An installation of its own for a test that kills things: folder, database, and programs that look at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]


class Runs(Protocol):
    """Whatever runs a program to its end."""

    def run(self, module: str, *arguments: str) -> str:
        """This function will do it, and return what it printed."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where everything of it lies, and how programs are told so."""

    data: Path
    database_url: str = ""
    parent: Runs | None = None
    """Where its programs are loaded already (see `parent`); without it each starts by itself."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What its programs are started with: nothing of the tests' own settings."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GROUNDRULES_") and name != "DJANGO_SETTINGS_MODULE"
        }
        return kept | {
            "GROUNDRULES_DATA": str(self.data),
            "GROUNDRULES_SECRET_KEY": "only-for-this-run",
            "GROUNDRULES_DATABASE_URL": self.database_url,
        }

    def run(self, module: str, *arguments: str) -> str:
        """This function will run a program to its end and return what it printed."""
        if self.parent is not None:
            return self.parent.run(module, *arguments)
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=dict(self.environment),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def begin(self) -> str:
        """This function will make the books with one client in them and return an enrolment token."""
        return self.run("tests.crash.programs.prepare").strip()

    def state(self, bodies: str = "") -> dict[str, Any]:
        """This function will read every batch still waiting, and then tell what is in the books and the store.

        The bodies of all batches are written into a folder where one is named.
        """
        self.run("groundrules.cli.main", "worker", "--once")
        told: dict[str, Any] = json.loads(
            self.run("tests.crash.programs.tell", *filter(None, [bodies]))
        )
        return told


@contextmanager
def postgres_installation(data: Path, url: str, name: str = "crash") -> Iterator[Installation]:
    """This function will make a database of its own beside the tests' one, and drop it at the end."""
    name = f"{name}_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield Installation(data, urlunsplit(urlsplit(url)._replace(path=f"/{name}")))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))
