"""What the tests of the Linux readers share: the server, its context, and the sum every reading must keep."""

from __future__ import annotations

from datetime import UTC, datetime

from groundrules.core.evidence import Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.context import ReadingContext

SRV1 = AssetId("SRV1")
PLASO = "log2timeline+plaso/test_data"
GRR = "google+grr/grr/test/grr_response_test/test_data/VFSFixture/var/log"
AUDIT = "elastic+go-libaudit"
COLLECTED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def at(written: str) -> datetime:
    """This function will read an instant written in UTC (`2026-03-05 18:02:11`)."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def context(
    zone: str = "UTC", collected_at: datetime = COLLECTED, boot: str = "", architecture: str = ""
) -> ReadingContext:
    """This function will say whose evidence it is, where and when it was collected."""
    host = "srv1" if boot else ""
    return ReadingContext(SRV1, EvidenceId("ab" * 32), zone, collected_at, host, boot, architecture)


def assert_adds_up(reading: Reading) -> None:
    """This function will check that every record is counted once, unknown ones among them, and nothing is negative."""
    assert reading.records == sum(reading.by_type.values())
    assert all(0 < count <= reading.by_type[kind] for kind, count in reading.unknown.items())
    assert all(damage.where and damage.problem for damage in reading.damaged)
