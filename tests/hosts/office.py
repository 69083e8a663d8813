"""The provider's own installation as an administrator runs it: commands, two programs that may be killed, its mails.

Nothing here looks inside: what Groundrules knows is read from its commands, its pages and the mails it sends.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.loopback import free_port
from tests.patience import PATIENCE, NeverHappened, until

_COMMAND = str(Path(sys.executable).with_name("groundrules"))
_LINK = re.compile(r"(http://127\.0\.0\.1:\d+)(/sign-in/\S+/)")
_COMMAND_SECONDS = 400
OWNER = "olga@castle-it.example"


class ExamFailed(AssertionError):
    """Something the exam demands is not so."""


def must(holds: object, problem: str) -> None:
    """This function will refuse to go on when something the exam demands is not so; raises ExamFailed."""
    if not holds:
        raise ExamFailed(problem)


def wait_until(true: Callable[[], object], problem: str, every: float = 0.1) -> None:
    """This function will wait until something is so; raises ExamFailed with the problem when it never is."""
    try:
        until(true, problem, every=every)
    except NeverHappened as never:
        raise ExamFailed(problem) from never


# One process for several commands; the first that fails ends it.
_SEVERAL = """
import json, sys
from groundrules.cli.main import main
for words in map(json.loads, sys.argv[1:]):
    ended = main(words)
    if ended:
        sys.exit(f"groundrules {' '.join(words)} ended with {ended}")
"""


def _packed(lines: Sequence[Sequence[str]]) -> list[str]:
    return [json.dumps(list(words)) for words in lines]


def run_program(words: Sequence[str], office: Office, sent: str = "", ends: int = 0) -> str:
    """This function will run a program of an installation, which must end with `ends`, and return what it printed."""
    done = subprocess.run(
        words,
        env=office.environment,
        input=sent,
        capture_output=True,
        text=True,
        check=False,
        timeout=_COMMAND_SECONDS,
    )
    said = f"{' '.join(words)} ended with {done.returncode}"
    must(done.returncode == ends, f"{said}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@dataclass
class Office:
    """A fresh installation in a folder; `way` are the words that run a program in the provider's network."""

    folder: Path
    way: tuple[str, ...]
    undo: ExitStack = field(default_factory=ExitStack)
    programs: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    # The port of the pages, which the mails' links name.
    port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What every command of this installation is given."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("GROUNDRULES_", "DJANGO_"))
        }
        return kept | {
            "GROUNDRULES_DATA": str(self.folder / "data"),
            "GROUNDRULES_PUBLIC_URL": self.address,
            "GROUNDRULES_ONCALL": "oncall@castle-it.example",
            "PYTHONUNBUFFERED": "1",
        }

    def command(self, *words: str, sent: str = "", ends: int = 0) -> str:
        """This function will run one command of the product, which must end with `ends`, and return what it printed."""
        return run_program((*self.way, _COMMAND, *words), self, sent, ends)

    def commands(self, *lines: Sequence[str]) -> str:
        """This function will run several commands one after the other in one process, which spares their starting."""
        return run_program((*self.way, sys.executable, "-c", _SEVERAL, *_packed(lines)), self)

    def begin(self, *lines: Sequence[str]) -> subprocess.Popen[str]:
        """This function will start several commands in one process, and return it while they run."""
        words = (*self.way, sys.executable, "-c", _SEVERAL, *_packed(lines))
        return subprocess.Popen(
            words,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def told(self, *words: str, ends: int = 0) -> Any:  # noqa: ANN401 - what a command prints as data
        """This function will run one command with --json and return its data."""
        return json.loads(self.command(*words, "--json", ends=ends))

    def start(self) -> str:
        """This function will start the pages and the keeper of the gates, and return the owner's sign-in link."""
        log = self.undo.enter_context((self.folder / "programs.log").open("a"))
        for name, words in (
            ("serve", ("serve", "--port", str(self.port))),
            ("keep", ("gate", "keep")),
        ):
            way = self.way if name == "keep" else ()
            self.programs[name] = subprocess.Popen(
                [*way, _COMMAND, *words],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.undo.callback(self.kill)
        said = self.programs["serve"].stdout
        must(said is not None, "serve has no output")
        assert said is not None
        found = next((match for line in said if (match := _LINK.search(line))), None)
        must(found, "serve ended without a sign-in link")
        return found[2] if found else ""

    def kill(self) -> None:
        """This function will kill every program of the installation at once, as a power cut would."""
        for program in self.programs.values():
            program.kill()
        for program in self.programs.values():
            program.communicate(timeout=PATIENCE)
        self.programs.clear()

    def mails(self, to: str, subject: str) -> list[EmailMessage]:
        """This function will return the mails to an address with words in their subject, oldest first."""
        files = sorted(
            (self.folder / "data" / "outbox").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns
        )
        read = [
            email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files
        ]
        return [m for m in read if m["To"] == to and subject in str(m["Subject"])]

    def found_in_mail(self, to: str, subject: str, pattern: str) -> str:
        """This function will return what a pattern finds in the newest such mail."""
        mails = self.mails(to, subject)
        must(mails, f"no mail {subject!r} to {to}")
        body = mails[-1].get_body(("plain",))
        found = re.search(pattern, body.get_content() if body else "")
        must(found, f"the mail {subject!r} to {to} holds no {pattern}")
        assert found is not None
        return found[1]
