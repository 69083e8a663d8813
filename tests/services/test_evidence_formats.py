"""What a file looks like to be, when nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.services.evidence_formats import UnknownFormat, format_of
from tests.readers.windows.written import channel, channels

READERS = Path(__file__).resolve().parents[1] / "readers"


class TestFormatOf:
    @pytest.mark.parametrize(
        ("name", "form"),
        [
            ("osquery/written_by_us.results.log", "osquery"),
            ("osquery/corrupt.results.log", "osquery"),
            ("wazuh/written_by_us.alerts.json", "wazuh"),
            ("wazuh/corrupt.alerts.json", "wazuh"),
            ("glpi/written_by_us.json", "glpi"),
            ("glpi/written_by_us.xml", "glpi"),
            ("glpi/corrupt.xml", "glpi"),
            ("ocsf/written_by_us.jsonl", "ocsf"),
            ("ocsf/corrupt.jsonl", "ocsf"),
        ],
    )
    def test_tells_each_source_by_its_own_words(self, name: str, form: str) -> None:
        """A sample of each, also with damage in it."""
        assert format_of((READERS / name).read_bytes()) == form

    def test_tells_what_the_windows_collector_wrote(self) -> None:
        """The document about event logs."""
        assert format_of(channels(channel())) == "windows-channels"

    def test_takes_other_lines_of_json_for_windows_events(self) -> None:
        """As before there were others."""
        assert format_of(b'{"Event": {"System": {}}}') == "windows-events-json"

    @pytest.mark.parametrize("raw", [b"plain text", b"[1, 2]", b"<html></html>"])
    def test_asks_when_nothing_tells(self, raw: bytes) -> None:
        """It names the formats there are."""
        with pytest.raises(UnknownFormat, match="osquery"):
            format_of(raw)
