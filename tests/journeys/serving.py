"""The product's own commands in a fresh folder, and its pages on a free port of loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.patience import PATIENCE

_COMMAND = Path(sys.executable).with_name("groundrules")
_LINK = re.compile(r"(http://127\.0\.0\.1:\d+)(/sign-in/\S+/)")
_EACH = """
import json, sys
from groundrules.cli.main import main
for words in json.load(sys.stdin):
    if main(words):
        sys.exit(" ".join(words))
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the pages are served, and the link that signs the owner in once."""

    address: str
    link: str
    folder: Path


def new_link(where: Served, email: str) -> str:
    """Another link that signs somebody in once, made while the pages are served; from the top of whatever host."""
    made = subprocess.run(
        [_COMMAND, "user", "link", email, "--at", where.address, "--json"],
        env=environment(where.folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return urlsplit(str(json.loads(made.stdout)["address"])).path


def command(folder: Path, *words: str) -> None:
    """Run one command of the product over the data in a folder; it must succeed."""
    subprocess.run(
        [_COMMAND, *words], env=environment(folder), check=True, capture_output=True, text=True
    )


def commands(folder: Path, *lines: Sequence[str]) -> None:
    """Run commands of the product one after the other in one process, which starts once; each must succeed."""
    subprocess.run(
        [sys.executable, "-c", _EACH],
        input=json.dumps(lines),
        env=environment(folder),
        check=True,
        capture_output=True,
        text=True,
    )


@contextmanager
def served(folder: Path, how: str) -> Iterator[Served]:
    """Serve the pages of a folder by `groundrules serve`, or by `demo`, which fills it first."""
    with (folder / "served.log").open("w+") as log:
        serving = subprocess.Popen(
            [_COMMAND, how, "--port", "0"],
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield _announced(serving, folder)
        finally:
            serving.terminate()
            serving.communicate(timeout=PATIENCE)


def environment(folder: Path) -> dict[str, str]:
    """What a command is started with: nothing of the tests' own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GROUNDRULES_", "DJANGO_"))}
    # Passkeys belong to a name; the pages answer by digits as well.
    own = {"GROUNDRULES_DATA": str(folder), "GROUNDRULES_PUBLIC_URL": "http://localhost:8137"}
    return kept | own | {"PYTHONUNBUFFERED": "1"}


def _announced(serving: subprocess.Popen[str], folder: Path) -> Served:
    assert serving.stdout is not None
    for line in serving.stdout:
        found = _LINK.search(line)
        if found:
            return Served(found[1], found[2], folder)
    said = (folder / "served.log").read_text()
    pytest.fail(f"the command ended without a sign-in link:\n{said}")
