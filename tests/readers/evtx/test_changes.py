"""Changes out of records: what happened to what, who the record names, and nothing secret kept."""

from __future__ import annotations

import pytest

from groundrules.core.evidence import Action, GapKind, ItemKind
from tests.readers.evtx.written import (
    AUDIT_FAILURE,
    HOST,
    OWNER_SID,
    ROGUE_SID,
    SYSTEM_SID,
    Log,
    at,
    logon,
    subject,
)

PACKAGE = "C:\\temp\\netfx_Full_x86.msi"
SYSTEM_LOG = "System"


class TestInstaller:
    def test_names_the_user_who_started_the_transaction(self) -> None:
        """Product and end records written by SYSTEM still belong to the SID of the start record."""
        log = Log()
        log.security(4624, "03:42:00", **logon("0x2a"))
        log.installer(1040, "03:57:50", ROGUE_SID, PACKAGE, "4711")
        log.installer(
            11724,
            "03:58:00",
            SYSTEM_SID,
            "Product: .NET Framework 2.0 -- Removal completed successfully.",
        )
        log.installer(
            1034,
            "03:58:00",
            SYSTEM_SID,
            ".NET Framework 2.0",
            "2.0.50727",
            "1033",
            "0",
            "Microsoft",
        )
        log.installer(1042, "03:58:01", SYSTEM_SID, PACKAGE, "4711")

        (seen,) = log.read().observations

        assert (seen.kind, seen.key, seen.action) == (
            ItemKind.PACKAGE,
            ".NET Framework 2.0",
            Action.REMOVED,
        )
        assert (seen.before, seen.after, seen.succeeded) == ("2.0.50727", None, True)
        assert (seen.actor.identifier, seen.actor.account) == (ROGUE_SID, "HARBOR\\rogue")
        assert seen.actor.process == ""
        assert (seen.at, seen.recorded_at) == (at("03:57:50"), at("03:58:00"))
        assert {citation.record for citation in seen.supporting} == {"line 2", "line 3"}

    def test_keeps_two_installations_of_two_users_apart(self) -> None:
        """Interleaved transactions: each product record goes with the user whose SID it carries."""
        log = Log()
        log.installer(1040, "03:00:00", ROGUE_SID, "C:\\a.msi", "1")
        log.installer(1040, "03:00:01", OWNER_SID, "C:\\b.msi", "2")
        log.installer(1033, "03:00:05", ROGUE_SID, "A", "1.0", "1033", "0", "Maker")
        log.installer(1033, "03:00:06", SYSTEM_SID, "C", "1.0", "1033", "0", "Maker")
        log.installer(1042, "03:00:07", SYSTEM_SID, "C:\\a.msi", "1")
        log.installer(1033, "03:00:08", SYSTEM_SID, "B", "1.0", "1033", "0", "Maker")
        log.installer(1042, "03:00:09", SYSTEM_SID, "C:\\b.msi", "2")

        seen = {one.key: one.actor for one in log.read().observations}

        assert seen["A"].identifier == ROGUE_SID
        assert seen["B"].identifier == OWNER_SID
        assert (seen["C"].identifier, seen["C"].process) == (SYSTEM_SID, "Windows Installer")

    @pytest.mark.parametrize(
        ("status", "succeeded"), [("0", True), ("3010", True), ("1603", False), ("", False)]
    )
    def test_counts_a_failed_status_as_an_attempt(self, status: str, succeeded: bool) -> None:  # noqa: FBT001
        """Status 0 (or 3010, restart needed) is a change; anything else was only tried."""
        log = Log()
        log.installer(1033, "03:00:00", ROGUE_SID, "App", "1.0", "1033", status, "Maker")

        (seen,) = log.read().observations

        assert seen.succeeded is succeeded

    def test_reads_the_status_of_an_update_from_its_own_place(self) -> None:
        """1036 has the update's name where the other records have the status."""
        log = Log()
        log.installer(
            1036, "03:00:00", ROGUE_SID, "App", "1.0", "1033", "Hotfix 7", "1603", "Maker"
        )

        (seen,) = log.read().observations

        assert (seen.succeeded, seen.action) == (False, Action.ALTERED)
        assert "Hotfix 7 of App 1.0" in seen.summary

    def test_never_calls_a_run_without_outcome_a_change(self) -> None:
        """1040 and 1042 alone: an installer ran, by whom and for what is kept, as an attempt."""
        log = Log()
        log.installer(1040, "03:00:00", ROGUE_SID, PACKAGE, "1")
        log.installer(1042, "03:05:00", SYSTEM_SID, PACKAGE, "1")

        (seen,) = log.read().observations

        assert (seen.key, seen.succeeded) == ("netfx_Full_x86.msi", False)
        assert (seen.actor.identifier, seen.at, seen.recorded_at) == (
            ROGUE_SID,
            at("03:00:00"),
            at("03:05:00"),
        )


class TestAccounts:
    def test_records_that_a_password_changed_and_nothing_of_it(self) -> None:
        """4724 is the fact and the time, tied to the login that did it."""
        log = Log()
        log.security(
            4724, "03:00:00", TargetUserName="pat", TargetDomainName="HARBOR", **subject("0x2a")
        )

        (seen,) = log.read().observations

        assert (seen.kind, seen.key, seen.before, seen.after) == (
            ItemKind.PASSWORD,
            "HARBOR\\pat",
            None,
            None,
        )
        assert seen.actor.session_key.endswith("|0x2a")

    def test_takes_a_refused_change_for_an_attempt(self) -> None:
        """The keyword Audit Failure makes the same record an attempt."""
        log = Log()
        log.security(
            4723, "03:00:00", keywords=AUDIT_FAILURE, TargetUserName="pat", **subject("0x2a")
        )

        (seen,) = log.read().observations

        assert seen.succeeded is False

    def test_names_a_tool_and_no_person_for_system(self) -> None:
        """What SYSTEM does is done by a program, here one the record does not name."""
        log = Log()
        log.security(
            4720, "03:00:00", TargetUserName="pat", **subject("0x3e7", SYSTEM_SID, "SRV1$")
        )

        (seen,) = log.read().observations

        assert (seen.actor.identifier, seen.actor.process) == (SYSTEM_SID, "SYSTEM")


class TestServicesAndTasks:
    def test_one_service_in_two_logs_is_one_change(self) -> None:
        """7045 and 4697 tell of one operation: the record with the login stays and cites the other."""
        log = Log()
        program = "C:\\agent.exe --password hunter2"
        frame = {"channel": SYSTEM_LOG, "sid": SYSTEM_SID}
        log.add(
            "Service Control Manager",
            7045,
            "03:00:00",
            ServiceName="Agent",
            ImagePath=program,
            **frame,
        )
        log.security(
            4697, "03:00:01", ServiceName="Agent", ServiceFileName=program, **subject("0x2a")
        )

        (seen,) = log.read().observations

        assert (seen.actor.account, seen.after) == (
            "HARBOR\\rogue",
            "C:\\agent.exe --password [removed]",
        )
        assert [citation.record for citation in seen.supporting] == ["line 1"]

    def test_of_a_task_only_a_digest_is_kept(self) -> None:
        """A definition can hold a secret: two that differ have two digests, and no word of either is kept."""
        log = Log()
        log.security(
            4698,
            "03:00:00",
            TaskName="\\Sync",
            TaskContent="<Task>hunter2</Task>",
            **subject("0x2a"),
        )
        log.security(
            4702,
            "03:05:00",
            TaskName="\\Sync",
            TaskContentNew="<Task>hunter3</Task>",
            **subject("0x2a"),
        )
        log.security(4699, "03:09:00", TaskName="\\Sync", **subject("0x2a"))

        reading = log.read()

        created, updated, deleted = reading.observations
        assert [one.action for one in reading.observations] == [
            Action.ADDED,
            Action.ALTERED,
            Action.REMOVED,
        ]
        assert created.after != updated.after
        assert deleted.after is None
        assert "hunter" not in repr(reading)


class TestMachine:
    def test_bounds_an_unexpected_stop_by_what_was_last_written(self) -> None:
        """6008 and Kernel-Power 41 come after the next start: the stop lies between the last record and them."""
        log = Log()
        log.add("Service Control Manager", 7036, "03:00:00", channel=SYSTEM_LOG)
        log.add("Microsoft-Windows-Kernel-General", 12, "05:00:00", channel=SYSTEM_LOG)
        log.add("Microsoft-Windows-Kernel-Power", 41, "05:00:01", channel=SYSTEM_LOG)
        log.add("EventLog", 6009, "05:00:03", channel=SYSTEM_LOG)
        log.add("EventLog", 6005, "05:00:03", channel=SYSTEM_LOG)
        log.add("EventLog", 6008, "05:00:04", channel=SYSTEM_LOG)

        reading = log.read()

        (seen,) = reading.observations
        (gap,) = reading.gaps
        assert (seen.kind, seen.key, seen.actor.account) == (ItemKind.HOST, HOST, "")
        assert (seen.at, seen.recorded_at) == (at("03:00:00"), at("05:00:01"))
        assert (gap.kind, gap.interval.not_before, gap.interval.not_after) == (
            GapKind.RESTART, at("03:00:00"), at("05:00:00"),
        )  # fmt: skip

    def test_passes_small_corrections_of_the_clock(self) -> None:
        """Time services correct fractions of a second all day; five seconds can put records out of order."""
        log = Log()
        log.security(
            4616,
            "03:00:00",
            PreviousTime="2007-02-21T03:00:00Z",
            NewTime="2007-02-21T03:00:04.9Z",
            **subject("0x2a"),
        )
        log.security(
            4616,
            "04:00:00",
            PreviousTime="2007-02-21T05:00:00Z",
            NewTime="2007-02-21T04:00:00Z",
            **subject("0x2a"),
        )

        reading = log.read()

        (gap,), (seen,) = reading.gaps, reading.observations
        assert (gap.kind, gap.interval.not_before, gap.interval.not_after) == (
            GapKind.CLOCK_STEP, at("04:00:00"), at("05:00:00"),
        )  # fmt: skip
        assert (seen.kind, seen.actor.account) == (ItemKind.CLOCK, "HARBOR\\rogue")

    def test_ends_the_audit_gap_when_the_last_part_is_on_again(self) -> None:
        """4719 takes a subcategory off and puts it back: the gap is what lies between."""
        guid = "{0CCE9235-69AE-11D9-BED3-505054503030}"
        log = Log()
        log.security(
            4719,
            "03:00:00",
            SubcategoryGuid=guid,
            AuditPolicyChanges="%%8448, %%8450",
            **subject("0x2a"),
        )
        log.security(
            4719, "03:30:00", SubcategoryGuid=guid, AuditPolicyChanges="%%8449", **subject("0x2a")
        )

        reading = log.read()

        (gap,) = reading.gaps
        assert (gap.interval.not_before, gap.interval.not_after) == (at("03:00:00"), at("03:30:00"))
        assert "User Account Management" in gap.says
        assert (
            reading.observations[0].after == "success no longer audited, failure no longer audited"
        )

    @pytest.mark.parametrize("event_id", [7, 11, 15, 51, 52, 153])
    def test_reports_trouble_of_a_disk_and_names_nobody(self, event_id: int) -> None:
        """A failing disk is nobody's doing."""
        log = Log()
        log.add(
            "disk", event_id, "03:00:00", channel=SYSTEM_LOG, strings=["\\Device\\Harddisk0\\DR0"]
        )

        (seen,) = log.read().observations

        assert (seen.kind, seen.key) == (ItemKind.DISK, "\\Device\\Harddisk0\\DR0")
        assert seen.actor.account == seen.actor.identifier == ""

    def test_goes_by_provider_and_never_by_number_alone(self) -> None:
        """55 of Ntfs is a damaged file system; 55 of the processor driver is not, and stays unknown."""
        log = Log()
        log.add("Ntfs", 55, "03:00:00", channel=SYSTEM_LOG, DriveName="C:")
        log.add("Microsoft-Windows-Kernel-Processor-Power", 55, "03:00:01", channel=SYSTEM_LOG)

        reading = log.read()

        assert [one.key for one in reading.observations] == ["C:"]
        assert reading.unknown == {"Microsoft-Windows-Kernel-Processor-Power/55": 1}

    def test_keeps_a_failed_update_as_an_attempt(self) -> None:
        """19 installs, 20 fails; the KB number is the key."""
        update = {
            "updateTitle": "Security Update (KB929969)",
            "updateGuid": "A",
            "updateRevisionNumber": 1,
        }
        log = Log()
        client = "Microsoft-Windows-WindowsUpdateClient"
        log.add(
            client,
            20,
            "03:00:00",
            channel=SYSTEM_LOG,
            sid=SYSTEM_SID,
            errorCode="0x80240016",
            **update,
        )
        log.add(client, 19, "03:10:00", channel=SYSTEM_LOG, sid=SYSTEM_SID, **update)

        failed, done = log.read().observations

        assert (failed.key, failed.succeeded, done.succeeded) == ("KB929969", False, True)
        assert done.actor.process == "Windows Update"
