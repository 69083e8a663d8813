"""What a client reads for a code that work was booked on: the incident's title where it stands for one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.answers.names import names_on_documents
from groundrules.core.causation.answers import Incident
from groundrules.core.ids import IncidentId, TimeEntryId
from groundrules.core.work import TimeEntry
from tests.core.answers.test_known import WORLD, on
from tests.core.harbor import SRV1

_INCIDENTS = (
    Incident(IncidentId("INC-1"), "The drive array of SRV1 failed", SRV1, on(20, 21)),
    Incident(IncidentId("INC-2"), "Mail stopped", SRV1, on(22, 21)),
)


def _named(*booked: tuple[str, str | None]) -> dict[str, str]:
    """What the issues of some entries are called, each booked on an issue and an incident."""
    (first,) = WORLD.work
    work = tuple(_booked(first, number, *one) for number, one in enumerate(booked))
    names = names_on_documents(replace(WORLD, work=work, incidents=_INCIDENTS))
    return {issue: names[issue] for issue, _ in booked if issue in names}


def _booked(entry: TimeEntry, number: int, issue: str, incident: str | None) -> TimeEntry:
    named = IncidentId(incident) if incident else None
    return replace(entry, id=TimeEntryId(f"W-{number}"), issue=issue, incident=named)


class TestNamesOnDocuments:
    @pytest.mark.parametrize(
        ("booked", "named"),
        [
            ([("ARRAY", "INC-1"), ("ARRAY", "INC-1")], "The drive array of SRV1 failed"),
            ([("INC-2", None)], "Mail stopped"),
            ([("INC-2", "INC-2")], "Mail stopped"),
            ([("ARRAY", "INC-1"), ("ARRAY", None)], "The drive array of SRV1 failed"),
        ],
        ids=["its only incident", "an incident's reference", "both", "once without it"],
    )
    def test_say_what_a_code_stands_for(
        self, booked: list[tuple[str, str | None]], named: str
    ) -> None:
        """Nobody at the client knows what INC-2 was."""
        assert set(_named(*booked).values()) == {named}

    @pytest.mark.parametrize(
        "booked",
        [
            [("Restore of the mail", "INC-2")],
            [("ARRAY", "INC-1"), ("ARRAY", "INC-2")],
            [("PRINTER", None)],
        ],
        ids=["words", "two incidents", "none"],
    )
    def test_keep_what_was_written(self, booked: list[tuple[str, str | None]]) -> None:
        """Words somebody chose, and codes that stand for nothing on record."""
        assert _named(*booked) == {}

    def test_name_servers(self) -> None:
        """As the client calls them."""
        assert names_on_documents(WORLD)["SRV1"] == "SRV1"
