"""Windows event records written by hand, in the JSON the `evtx` package writes: for what no captured sample shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from groundrules.core.evidence import Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.windows_events_json import read_windows_events_json

ASSET = AssetId("SRV1")
EVIDENCE = EvidenceId("0123456789abcdef" * 4)
HOST = "srv1.harbor.example"
DAY = "2007-02-21"
ROGUE_SID = "S-1-5-21-1-2-3-1101"
OWNER_SID = "S-1-5-21-1-2-3-1001"
SYSTEM_SID = "S-1-5-18"
SECURITY = "Microsoft-Windows-Security-Auditing"
AUDIT_FAILURE = "0x8010000000000000"


def at(time: str) -> datetime:
    """Give a time of the test day."""
    return datetime.fromisoformat(f"{DAY}T{time}").replace(tzinfo=UTC)


class Log:
    """A log being written: every record gets the next number of its channel."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.lines: list[str] = []

    def add(self, provider: str, event_id: int, time: str, **values: Any) -> None:  # noqa: ANN401
        """Write one record; `channel`, `sid`, `number`, `keywords`, `strings`, `host` frame it, the rest is data."""
        channel = values.pop("channel", "Security" if provider == SECURITY else "Application")
        self.numbers[channel] = values.pop("number", self.numbers.get(channel, 0) + 1)
        sid, strings = values.pop("sid", ""), values.pop("strings", None)
        system = {
            "Provider": {"#attributes": {"Name": provider}},
            "EventID": event_id,
            "Keywords": values.pop("keywords", "0x8020000000000000"),
            "TimeCreated": {"#attributes": {"SystemTime": f"{DAY}T{time}Z"}},
            "EventRecordID": self.numbers[channel],
            "Channel": channel,
            "Computer": values.pop("host", HOST),
            "Security": {"#attributes": {"UserID": sid}} if sid else None,
        }
        data = values if strings is None else {"Data": {"#text": strings}, "Binary": None}
        self.lines.append(json.dumps({"Event": {"System": system, "EventData": data or None}}))

    def security(self, event_id: int, time: str, **values: Any) -> None:  # noqa: ANN401
        """Write one record of the Security log."""
        self.add(SECURITY, event_id, time, **values)

    def installer(self, event_id: int, time: str, sid: str, *strings: str) -> None:
        """Write one record of the Windows Installer."""
        self.add("MsiInstaller", event_id, time, sid=sid, strings=list(strings))

    def audit(self, time: str, action: str, kind: str, **values: str) -> None:
        """Write one row of a SQL Server audit (33205) on the default instance."""
        row = {
            "audit_schema_version": "1",
            "event_time": f"{DAY} {values.pop('event_time', time)}",
            "sequence_number": "1",
            "action_id": action.ljust(4),
            "succeeded": values.pop("succeeded", "true"),
            "session_id": values.pop("session_id", "51"),
            "class_type": kind,
            "session_server_principal_name": values.pop("began_as", "HARBOR\\rogue"),
            "server_principal_name": values.pop("principal", "HARBOR\\rogue"),
            "target_server_principal_name": values.pop("target", ""),
            "server_instance_name": "SRV1",
            "database_name": "master",
            "object_name": values.pop("name", ""),
            "statement": values.pop("statement", ""),
            "additional_information": values.pop("more", ""),
        }
        written = "\n".join(f"{name}:{value}" for name, value in row.items())
        self.add("MSSQLSERVER", 33205, time, strings=written)

    @property
    def raw(self) -> bytes:
        """The log as JSON Lines."""
        return "\n".join(self.lines).encode()

    def read(self) -> Reading:
        """Read the log through the reader under test."""
        return read_windows_events_json(self.raw, ASSET, EVIDENCE)


def logon(logon_id: str, **values: str | int) -> dict[str, Any]:
    """Give the values of a 4624 for the vendor's named account from its own address."""
    return {
        "TargetUserSid": ROGUE_SID,
        "TargetUserName": "rogue",
        "TargetDomainName": "HARBOR",
        "TargetLogonId": logon_id,
        "LogonType": 10,
        "IpAddress": "203.0.113.7",
        "ProcessId": "0x1f4",
        "TargetLinkedLogonId": "0x0",
    } | values


def subject(logon_id: str, sid: str = ROGUE_SID, name: str = "rogue") -> dict[str, str]:
    """Give the Subject values of a Security record."""
    return {
        "SubjectUserSid": sid,
        "SubjectUserName": name,
        "SubjectDomainName": "HARBOR",
        "SubjectLogonId": logon_id,
    }
