"""Raw events go into segments once, whole, and leave only where the books say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError

from groundrules.core.events import Event, Span, microseconds
from groundrules.records import models as books
from groundrules.services import hot_events, segments, segments_keep
from groundrules.services.actor import NotAllowed
from groundrules.services.events import index_for, segment_index
from groundrules.services.evidence import Handed, receive
from groundrules.services.redaction import redact
from groundrules.services.segments_keep import DroppingUnexplained
from groundrules.services.storage import raw_store, segments_place
from groundrules.services.tale import FOLDER
from groundrules_wire import Host, Manifest, pack, part_of
from tests.cast import ANNA, OLGA, TARIQ

FRIDAY = datetime(2007, 2, 23, 18, 15, tzinfo=UTC)
NEXT_MONTH = FRIDAY + timedelta(days=30)
WINDOWS = "srv1-events-to-2007-02-23.jsonl"
FEBRUARY = Span(
    "HARBOR",
    microseconds(datetime(2007, 2, 1, tzinfo=UTC)),
    microseconds(datetime(2007, 3, 1, tzinfo=UTC)),
)
DPKG = (
    b"2007-02-22 10:00:00 install hello:amd64 <none> 2.10-3\n"
    b"2007-02-22 10:00:01 status installed hello:amd64 2.10-3\n"
)
AUTH = b"Feb 22 10:00:02 srv1 sshd[7]: Accepted password for root from 192.0.2.7 port 22 ssh2\n"


@pytest.fixture
def february(harbor: books.Client) -> Span:
    """This fixture will give the month everything happens in."""
    return Span(harbor.code, FEBRUARY.start, FEBRUARY.end)


def _receive_windows() -> books.RawEvidence:
    handed = Handed((FOLDER / WINDOWS).read_bytes(), WINDOWS, host="SRV1")
    return receive(handed, actor=TARIQ, at=FRIDAY).evidence


def _receive_envelope(*logs: tuple[str, bytes], collected: str = "10:30:00") -> books.RawEvidence:
    parts = tuple(part_of(f"{kind}.log", kind, raw) for kind, raw in logs)
    manifest = Manifest(
        Host("SRV1"), "America/Los_Angeles", f"2007-02-23T{collected}+00:00", parts=parts
    )
    raw = pack(manifest, [raw for _, raw in logs])
    return receive(Handed(raw, "srv1.envelope"), actor=TARIQ, at=FRIDAY).evidence


def _timeline(span: Span) -> tuple[Event, ...]:
    return segment_index().timeline(span, "SRV1")


def _files() -> list[Path]:
    place = segments_place()
    return [Path(place.path_of(*name)) for name in place.names()]


class TestSegment:
    def test_takes_every_record_of_windows(self, february: Span) -> None:
        """As many events as the reading counted records, each citing its line."""
        evidence = _receive_windows()

        done = segments.segment(actor=TARIQ, at=FRIDAY)

        found = _timeline(february)
        assert (done.events, done.evidence, done.segments) == (21, 1, 1)
        assert len(found) == evidence.readings.get().records == 21
        assert {event.evidence for event in found} == {evidence.digest}
        assert {event.position for event in found} == set(range(1, 22))

    def test_takes_the_parts_of_an_envelope_in_its_own_zone(self, february: Span) -> None:
        """Local times are placed by the zone the host named, and each event cites its part."""
        envelope = _receive_envelope(("dpkg-log", DPKG), ("auth-log", AUTH))

        segments.segment(actor=TARIQ, at=FRIDAY)

        found = _timeline(february)
        assert [event.type for event in found] == ["dpkg/install", "dpkg/status", "syslog/sshd"]
        assert found[0].at == microseconds(datetime(2007, 2, 22, 18, 0, tzinfo=UTC))
        assert {event.evidence for event in found} == {part.digest for part in envelope.parts.all()}

    def test_takes_nothing_twice(self, february: Span) -> None:
        """A second run finds nothing waiting, and a part that comes again in another envelope is no news."""
        _receive_envelope(("dpkg-log", DPKG))
        segments.segment(actor=TARIQ, at=FRIDAY)
        _receive_envelope(("dpkg-log", DPKG), ("auth-log", AUTH), collected="11:30:00")

        second = segments.segment(actor=TARIQ, at=FRIDAY)
        third = segments.segment(actor=TARIQ, at=FRIDAY)

        assert (second.events, third.events) == (1, 0)
        assert len(_timeline(february)) == 3

    def test_marks_evidence_without_events(self, harbor: books.Client) -> None:
        """Nothing to take is an answer, and not asked again."""
        _receive_envelope(("dpkg-log", b""))

        done = segments.segment(actor=TARIQ, at=FRIDAY)

        assert (done.evidence, done.segments) == (1, 0)
        assert not segments.waiting().exists()

    def test_leaves_only_a_file_when_cut_off_before_its_books(
        self, february: Span, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The check names the file, and the next run writes the very same one and counts it once."""
        _receive_windows()
        with monkeypatch.context() as patch:
            patch.setattr(segments, "enter", _cut_off)
            with pytest.raises(DatabaseError):
                segments.segment(actor=TARIQ, at=FRIDAY)
        (orphan,) = segments_keep.check()

        done = segments.segment(actor=TARIQ, at=FRIDAY)

        assert orphan.kind == "orphan"
        assert books.Segment.objects.get().digest == orphan.digest
        assert list(segments_keep.check()) == []
        assert done.events == len(_timeline(february)) == 21

    def test_leaves_what_is_missing_waiting(self, harbor: books.Client) -> None:
        """Evidence whose file is gone is named, and taken once it is back."""
        evidence = _receive_windows()
        path = raw_store().path_of(evidence.digest)
        kept = path.read_bytes()
        path.unlink()

        without = segments.segment(actor=TARIQ, at=FRIDAY)
        path.write_bytes(kept)
        done = segments.segment(actor=TARIQ, at=FRIDAY)

        assert evidence.digest in without.problems[0]
        assert (without.evidence, done.events) == (0, 21)

    def test_is_not_for_accountants(self, harbor: books.Client) -> None:
        """A role without the right is refused by name."""
        with pytest.raises(NotAllowed, match="accountant"):
            segments.segment(actor=ANNA, at=FRIDAY)

    def test_cuts_large_evidence_into_several_segments(
        self, february: Span, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All of them enter the catalogue together, and hold together what one would."""
        monkeypatch.setattr(segments, "EVENTS_TOGETHER", 10)
        monkeypatch.setattr(segments, "CHUNK", 4)
        _receive_windows()

        done = segments.segment(actor=TARIQ, at=FRIDAY)

        assert done.segments == 2
        assert len(_timeline(february)) == 21


def _cut_off(*_arguments: object, **_named: object) -> None:
    """This function will stand for a server that loses its database in the middle."""
    message = "the connection is gone"
    raise DatabaseError(message)


class TestHotIndex:
    def test_answers_recent_questions_as_the_segments_do(self, february: Span) -> None:
        """What is younger than the floor is in both, and both say the same."""
        _receive_windows()
        segments.segment(actor=TARIQ, at=FRIDAY)
        floor = hot_events.floor()
        assert floor is not None
        recent = Span(february.client, floor, february.end)

        hot = index_for(recent)

        assert type(hot).__name__ == "HotIndex"
        assert hot.timeline(recent, "SRV1") == segment_index().timeline(recent, "SRV1") != ()
        assert hot.count(recent) == segment_index().count(recent)

    def test_leaves_older_questions_to_the_segments(self, february: Span) -> None:
        """A span that begins before the floor is never answered from half of the events."""
        _receive_windows()
        segments.segment(actor=TARIQ, at=NEXT_MONTH)

        index = index_for(february)

        assert type(index).__name__ == "SegmentIndex"
        assert len(index.timeline(february, "SRV1")) == 21
        assert hot_events.hot_index().count(february) == ()

    def test_lets_old_events_go_when_segments_hold_them(self, february: Span) -> None:
        """They leave the database, and the segments answer as before."""
        _receive_windows()
        segments.segment(actor=TARIQ, at=FRIDAY)
        before = hot_events.hot_index().count(february)

        gone = hot_events.retain(actor=TARIQ, at=NEXT_MONTH)

        assert gone == sum(number for _, number in before) > 0
        assert hot_events.hot_index().count(february) == ()
        assert len(index_for(february).timeline(february, "SRV1")) == 21

    def test_keeps_what_no_segment_holds(self, february: Span) -> None:
        """With the segment's file gone, nothing is dropped and the floor stays."""
        _receive_windows()
        segments.segment(actor=TARIQ, at=FRIDAY)
        before = (hot_events.floor(), hot_events.hot_index().count(february))
        (file,) = _files()
        file.unlink()

        with pytest.raises(hot_events.HotEventsUnheld, match="events check"):
            hot_events.retain(actor=TARIQ, at=NEXT_MONTH)

        assert (hot_events.floor(), hot_events.hot_index().count(february)) == before

    def test_never_lowers_its_floor(self, harbor: books.Client) -> None:
        """A run with an earlier clock changes nothing."""
        hot_events.retain(actor=TARIQ, at=NEXT_MONTH)
        floor = hot_events.floor()

        hot_events.retain(actor=TARIQ, at=FRIDAY)

        assert hot_events.floor() == floor


class TestDropping:
    def test_goes_with_a_book_entry_and_keeps_evidence_and_leaf(
        self, february: Span, django_capture_on_commit_callbacks: pytest.FixtureRequest
    ) -> None:
        """The file goes after the commit; the evidence, its bytes and its leaf stay."""
        evidence = _receive_windows()
        segments.segment(actor=TARIQ, at=FRIDAY)

        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            dropped = segments_keep.drop_older(NEXT_MONTH, "kept 1 day", actor=OLGA, at=NEXT_MONTH)

        assert dropped == 1
        assert books.SegmentDropped.objects.get().reason == "kept 1 day"
        assert books.AuditEntry.objects.filter(verb="events.drop").exists()
        assert (_files(), _timeline(february)) == ([], ())
        assert books.SealLeaf.objects.filter(evidence=evidence).exists()
        assert raw_store().get(evidence.digest)
        assert segments.segment(actor=TARIQ, at=NEXT_MONTH).events == 0

    def test_needs_a_reason_and_an_owner(self, harbor: books.Client) -> None:
        """Nobody drops segments just so."""
        with pytest.raises(DroppingUnexplained):
            segments_keep.drop_older(FRIDAY, " ", actor=OLGA, at=FRIDAY)
        with pytest.raises(NotAllowed):
            segments_keep.drop_older(FRIDAY, "policy", actor=TARIQ, at=FRIDAY)

    def test_cut_off_before_the_file_went_is_tidied(self, february: Span) -> None:
        """A file whose going is in the book is named, and removed; no other file is."""
        _receive_windows()
        segments.segment(actor=TARIQ, at=FRIDAY)
        segments_keep.drop_older(NEXT_MONTH, "kept 1 day", actor=OLGA, at=NEXT_MONTH)
        _receive_envelope(("auth-log", AUTH))
        segments.segment(actor=TARIQ, at=FRIDAY)

        kinds = [one.kind for one in segments_keep.check()]
        removed = segments_keep.tidy(actor=TARIQ)

        assert kinds == ["left over"]
        assert removed == 1
        assert len(_files()) == len(_timeline(february)) == 1


class TestRedaction:
    def test_takes_payloads_out_of_segments_and_index(
        self, february: Span, django_capture_on_commit_callbacks: pytest.FixtureRequest
    ) -> None:
        """Times and types stay; the text is gone from every file and row, other evidence untouched."""
        windows = _receive_windows()
        _receive_envelope(("auth-log", AUTH))
        segments.segment(actor=TARIQ, at=FRIDAY)
        before = _timeline(february)

        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            redact(windows.digest, "asked by the client", actor=OLGA, at=FRIDAY)
            segments_keep.forget(actor=TARIQ, at=FRIDAY)

        after = _timeline(february)
        assert [event[:7] for event in after] == [event[:7] for event in before]
        assert {e.payload for e in after if e.evidence == windows.digest} == {""}
        others = [e.payload for e in after if e.evidence != windows.digest]
        assert others
        assert all(others)
        floor = hot_events.floor()
        assert floor is not None
        hot = hot_events.hot_index().timeline(february, "SRV1")
        assert hot == tuple(event for event in after if event.at >= floor) != ()
        assert list(segments_keep.check()) == []
        assert segments_keep.forget(actor=TARIQ, at=FRIDAY) == 0


class TestCheck:
    @pytest.mark.parametrize("whole", [True, False])
    def test_names_a_missing_segment(self, february: Span, whole: bool) -> None:  # noqa: FBT001
        """Both the whole and the quick check see it."""
        _receive_windows()
        segments.segment(actor=TARIQ, at=FRIDAY)
        (file,) = _files()
        file.unlink()

        (found,) = segments_keep.check(whole=whole)

        assert (found.kind, found.digest) == ("missing", file.stem)

    def test_names_a_flipped_bit(self, february: Span) -> None:
        """One changed byte anywhere in a segment is found."""
        _receive_windows()
        segments.segment(actor=TARIQ, at=FRIDAY)
        (file,) = _files()
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.chmod(0o640)
        file.write_bytes(content)

        (found,) = segments_keep.check()

        assert (found.kind, found.digest) == ("damaged", file.stem)
