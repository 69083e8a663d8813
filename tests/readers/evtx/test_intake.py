"""Two ways in: the decoder that knows the usual shape, and the long way for the rest, which both must say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundrules.readers.evtx.chunks import Found, Salvage, chunks_of, records_of
from groundrules.readers.evtx.intake import Intake
from groundrules.readers.evtx.records import Record

AT = "2007-02-21T03:42:00.123456Z"


def found(data: object = None, **system: object) -> Found:
    """Write a record as the parser hands it over; `system` replaces parts of its frame."""
    frame: dict[str, object] = {
        "Provider": {"#attributes": {"Name": "MsiInstaller"}},
        "EventID": {"#attributes": {"Qualifiers": 0}, "#text": 1040},
        "Keywords": "0x80000000000000",
        "TimeCreated": {"#attributes": {"SystemTime": AT}},
        "EventRecordID": 73,
        "Channel": "Application",
        "Computer": "SRV1",
        "Security": {"#attributes": {"UserID": "S-1-5-18"}},
    }
    written = json.dumps({"Event": {"System": {**frame, **system}, "EventData": data}})
    return {"event_record_id": 8, "timestamp": "1601-01-01 00:00:00 UTC", "data": written}


def taken(*records: Found) -> tuple[Intake, list[tuple[int, str]]]:
    """Take records in as the parser's, and give what was damaged beside it."""
    intake, damaged = Intake(), list[tuple[int, str]]()
    intake.take_all(records, lambda number, problem: damaged.append((number, str(problem))))
    return intake, damaged


def said(intake: Intake) -> list[tuple[object, ...]]:
    """Everything a handler can ask of each record."""
    return [
        (
            (one.source, one.event_id, one.provider, one.channel, one.host, one.number, one.at),
            (one.sid, one.failed, dict(one.fields), one.strings),
        )
        for _, records in intake.logs.values()
        for one in records
        if one.kind.handle is not None
    ]


class TestTakeAll:
    def test_says_the_same_as_the_long_way_of_every_captured_record(self, samples: Path) -> None:
        """Frames, values and counts of all real logs, by decoder and by parsing everything."""
        for path in sorted(samples.rglob("*.evtx")):
            raw, salvage = path.read_bytes(), Salvage()
            parts = [
                list(records_of(number, chunk, salvage))
                for number, chunk in chunks_of(raw, salvage)
            ]
            records = [one for part in parts for one in part]
            whole = Intake()
            for one in records:
                whole.take_document(json.loads(one["data"]))

            quick, damaged = taken(*records)

            assert damaged == []
            assert said(quick) == said(whole)
            assert (quick.by_type, quick.unknown) == (whole.by_type, whole.unknown)

    @pytest.mark.parametrize(
        "system",
        [
            {"EventID": "1040"},
            {"EventRecordID": "73"},
            {"TimeCreated": {"#attributes": {"SystemTime": "2007-02-21T04:42:00.123456+01:00"}}},
            {"TimeCreated": {"#attributes": {"SystemTime": AT.removesuffix("Z")}}},
            {"Computer": None},
            {"Security": {"#attributes": {"UserID": 18}}},
            {"Keywords": {"unexpected": True}},
            {"Provider": {"#attributes": {"Guid": "{1}"}}},
        ],
        ids=lambda system: next(iter(system)),
    )
    def test_reads_an_unusual_frame_as_the_long_way_does(self, system: dict[str, object]) -> None:
        """What the decoder does not expect is parsed whole instead, not damaged."""
        record = found({"Data": {"#text": ["package.msi", "(NULL)"]}}, **system)
        whole = Intake()
        whole.take_document(json.loads(record["data"]))

        intake, damaged = taken(record)

        assert damaged == []
        assert said(intake) == said(whole)
        assert intake.by_type == whole.by_type

    @pytest.mark.parametrize(
        ("system", "says"),
        [
            ({"TimeCreated": None}, "no readable System/TimeCreated"),
            ({"EventID": {"#text": "many"}}, "no readable System/EventID"),
            ({"EventRecordID": None}, "no readable System/EventRecordID"),
        ],
    )
    def test_notes_a_damaged_frame_by_the_number_of_its_header(
        self, system: dict[str, object], says: str
    ) -> None:
        """The record cannot say its own number, so the header's is what there is; its neighbours are read."""
        intake, damaged = taken(found(), found(**system), found())

        ((number, problem),) = damaged
        assert number == 8
        assert says in problem
        assert intake.records == 2

    def test_notes_what_is_nested_too_deep(self) -> None:
        """A crafted record must not stop the reading of its neighbours."""
        deep = found()
        nested = '{"a":' * 100_000 + "1" + "}" * 100_000
        deep["data"] = deep["data"].replace('"EventData": null', f'"EventData": {nested}')

        intake, damaged = taken(found(), deep)

        assert intake.records == 1
        assert [number for number, _ in damaged] == [8]

    def test_stands_what_is_nested_nearly_too_deep(self) -> None:
        """Wherever the limit lies when a record is taken in, asking for its values further down is no crash."""
        for depth in range(850, 1010):
            deep = found()
            nested = '{"a":' * depth + "1" + "}" * depth
            deep["data"] = deep["data"].replace('"EventData": null', f'"EventData": {nested}')
            intake, damaged = taken(deep)

            asked = [_further_down(20, record) for _, log in intake.logs.values() for record in log]

            assert len(asked) + len(damaged) == 1

    def test_compares_what_is_nested_nearly_too_deep(self) -> None:
        """The same record told twice, once with other blanks: further down in the program the comparing is no crash."""
        for depth in range(850, 1010, 4):
            deep = found()
            nested = '{"a":' * depth + "1" + "}" * depth
            deep["data"] = deep["data"].replace('"EventData": null', f'"EventData": {nested}')
            spaced = deep | {"data": deep["data"].replace('"Event":', '"Event" :')}
            intake, damaged = taken(deep, spaced)
            told = [record for _, log in intake.logs.values() for record in log]

            repeats = [_compared(20, *told)] if len(told) == 2 else []

            assert len(told) + len(damaged) == 2
            assert all(isinstance(one, bool) for one in repeats)

    def test_keeps_no_content_that_nothing_asks_for(self) -> None:
        """Of a type without handler only the place stays: the rest would fill memory."""
        intake, _ = taken(found({"param1": "stopped"}, EventID=7036))

        ((_, (record,)),) = intake.logs.values()
        assert (record.number, record.fields) == (73, {})


class TestRecord:
    def test_repeats_only_what_says_the_same(self) -> None:
        """The order of keys and spaces do not matter, a value does."""
        one = _only(found({"Data": {"#text": ["package.msi"]}}))
        again = _only(found({"Data": {"#text": ["package.msi"]}}))
        other = _only(found({"Data": {"#text": ["other.msi"]}}))
        spaced = found({"Data": {"#text": ["package.msi"]}})
        spaced["data"] = json.dumps(json.loads(spaced["data"]), indent=1)

        assert one.repeats(again)
        assert one.repeats(_only(spaced))
        assert not one.repeats(other)

    def test_reads_its_values_again_after_they_were_let_go(self) -> None:
        """An installation asks its start record long after that was passed."""
        record = _only(found({"Data": {"#text": ["package.msi", "4711"]}}))
        before = record.strings

        record.close()

        assert record.strings == before == ("package.msi", "4711")


def _further_down(calls: int, record: Record) -> str:
    return _further_down(calls - 1, record) if calls else record.value("param1")


def _compared(calls: int, one: Record, other: Record) -> bool:
    return _compared(calls - 1, one, other) if calls else one.repeats(other)


def _only(record: Found) -> Record:
    intake, damaged = taken(record)
    assert damaged == []
    ((_, (only,)),) = intake.logs.values()
    return only
