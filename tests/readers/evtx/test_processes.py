"""The process tree: a task made by SYSTEM is the login's whose process asked for it, when the whole tree is there."""

from __future__ import annotations

import pytest

from groundrules.core.evidence import Observation
from tests.readers.evtx.written import ROGUE_SID, SYSTEM_SID, Log

SYSTEM = {
    "SubjectUserSid": SYSTEM_SID,
    "SubjectUserName": "SRV1$",
    "SubjectDomainName": "HARBOR",
    "SubjectLogonId": "0x3e7",
}
ROGUE = {
    "SubjectUserSid": ROGUE_SID,
    "SubjectUserName": "rogue-svc",
    "SubjectDomainName": "HARBOR",
    "SubjectLogonId": "0x21a8c68",
}


def started(log: Log, time: str, number: str, parent: str, who: dict[str, str]) -> None:
    """Write that a process was started by another, in somebody's login."""
    log.security(4688, time, NewProcessId=number, ProcessId=parent, **who)


def task_made(log: Log, time: str = "20:00:00.0", asked: str = "0x30") -> Observation:
    """Write that SYSTEM made a scheduled task for a process, and read the log."""
    log.security(4698, time, TaskName="\\Nightly", TaskContent="x", ClientProcessId=asked, **SYSTEM)
    (made,) = [o for o in log.read().observations if o.key == "\\Nightly"]
    return made


def tree(*, tool: str = "0x30") -> Log:
    """A shell in the vendor's login starts a helper; the helper's child runs as SYSTEM."""
    log = Log()
    started(log, "19:50:00.0", "0x10", "0x4", ROGUE)
    started(log, "19:51:00.0", "0x20", "0x10", SYSTEM)
    started(log, "19:52:00.0", tool, "0x20", SYSTEM)
    return log


class TestProcessTree:
    def test_leads_from_a_tool_to_the_login(self) -> None:
        """The actor is the login with its own key; every record on the way is cited."""
        made = task_made(tree())

        assert made.actor.account == "HARBOR\\rogue-svc"
        assert made.actor.session_key.endswith("|0x21a8c68")
        assert [c.record for c in made.supporting] == ["line 3", "line 2", "line 1"]

    def test_reads_numbers_in_either_base(self) -> None:
        """`ClientProcessId` is decimal in some versions."""
        assert task_made(tree(), asked="48").actor.account == "HARBOR\\rogue-svc"

    def test_ends_with_a_process_that_ended(self) -> None:
        """Its number may be another's: the tool stays."""
        log = tree()
        log.security(4689, "19:55:00.0", ProcessId="0x10", **ROGUE)

        assert task_made(log).actor.account == "HARBOR\\SRV1$"

    def test_ends_at_a_hole_in_the_log(self) -> None:
        """A start may be among the missing records."""
        log = tree()
        log.security(4672, "19:58:00.0", number=9, **ROGUE)

        assert task_made(log).actor.account == "HARBOR\\SRV1$"

    def test_follows_the_latest_use_of_a_number(self) -> None:
        """The number was given to a service's child meanwhile, of whose starter nothing is known."""
        log = tree()
        started(log, "19:56:00.0", "0x20", "0x99", SYSTEM)

        assert task_made(log).actor.account == "HARBOR\\SRV1$"

    @pytest.mark.parametrize("asked", ["0x0", "0x77", ""])
    def test_needs_the_process_that_asked(self, asked: str) -> None:
        """No number, or one nobody saw start: the tool stays, and nothing is cited."""
        made = task_made(tree(), asked=asked)

        assert made.actor.account == "HARBOR\\SRV1$"
        assert made.supporting == ()

    def test_goes_round_in_no_circle(self) -> None:
        """Numbers that start each other end the climb."""
        log = Log()
        started(log, "19:50:00.0", "0x10", "0x30", SYSTEM)
        started(log, "19:51:00.0", "0x30", "0x10", SYSTEM)

        assert task_made(log).actor.account == "HARBOR\\SRV1$"
