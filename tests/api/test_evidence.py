"""A batch is taken in when it is proven and in its turn; every other ending has its own answer."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from groundrules.records import models as books
from groundrules.services.agents import revoke
from groundrules.services.storage import raw_store
from groundrules_wire import Host
from tests.cast import TARIQ
from tests.sender import EVIDENCE, POSITION, Batch, Sender, altered, package_log

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
LOG = package_log(NIGHT, 3)


def _send(
    program: Browser, sender: Sender, batch: Batch, **headers: str
) -> tuple[int, dict[str, object]]:
    answer = program.post(
        EVIDENCE,
        batch.body,
        content_type="application/octet-stream",
        headers=sender.headers(batch) | {k.replace("_", "-"): v for k, v in headers.items()},
    )
    return answer.status_code, answer.json()


class TestAccepting:
    def test_keeps_the_bytes_and_their_place(self, sender: Sender, program: Browser) -> None:
        """After 201 the bytes are in the store as they were sent, and a row says where in the chain they stand."""
        batch = sender.make(NIGHT, LOG)

        status, said = _send(program, sender, batch)

        row = books.Batch.objects.get()
        assert (status, said["digest"]) == (201, batch.digest)
        assert said["received_at"] == row.received_at.isoformat()
        assert (row.sequence, row.previous, row.length) == (1, "", len(batch.body))
        assert row.collected_at == NIGHT
        assert raw_store().get(row.digest) == batch.body
        assert row.evidence.asset_code == "SRV1"
        assert row.evidence.leaf.index == 0

    def test_leaves_nothing_half_received(
        self, sender: Sender, program: Browser, data: Path
    ) -> None:
        """What came in is under its digest, and the place where it lay on the way is empty."""
        _send(program, sender, sender.make(NIGHT, LOG))

        assert not list((data / "evidence" / "incoming").iterdir())

    def test_answers_the_same_batch_again(self, sender: Sender, program: Browser) -> None:
        """A batch that was acknowledged and comes again is 200, with the first instant, and nothing is added."""
        batch = sender.make(NIGHT, LOG)
        first = _send(program, sender, batch)

        again = _send(program, sender, batch)

        assert again == (200, first[1])
        assert books.Batch.objects.count() == books.PendingBatch.objects.count() == 1

    def test_refuses_a_batch_before_its_turn(self, sender: Sender, program: Browser) -> None:
        """A gap is answered with the number and the digest that are expected."""
        first, _, third = (sender.make(NIGHT + timedelta(minutes=n)) for n in range(3))
        _send(program, sender, first)

        status, said = _send(program, sender, third)

        assert (status, said["code"]) == (409, "gap")
        assert (said["next_sequence"], said["previous"]) == (2, first.digest)

    def test_refuses_another_body_under_a_taken_number(
        self, sender: Sender, program: Browser
    ) -> None:
        """Another chain from the same key is a fork, whether the number is taken or only follows something else."""
        _send(program, sender, sender.make(NIGHT, LOG))
        twin = Sender(sender.agent, sender.stream)
        taken, following = twin.make(NIGHT), twin.make(NIGHT)

        answers = [_send(program, sender, one) for one in (taken, following)]

        assert [(status, said["code"]) for status, said in answers] == [(409, "fork")] * 2
        assert books.Batch.objects.count() == 1

    def test_takes_any_size_up_to_the_limit(
        self, sender: Sender, program: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A byte more than the setting allows is refused, and nothing of it stays."""
        batch = sender.make(NIGHT, LOG)
        monkeypatch.setattr(settings, "GROUNDRULES_RECEIVE_LIMIT", len(batch.body) - 1)
        refused = _send(program, sender, batch)
        monkeypatch.setattr(settings, "GROUNDRULES_RECEIVE_LIMIT", len(batch.body))

        taken = _send(program, sender, batch)

        assert (refused[0], refused[1]["code"]) == (413, "too-large")
        assert taken[0] == 201

    def test_asks_to_wait_while_too_much_is_unread(
        self, sender: Sender, program: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """When the backlog is full the batch is not kept, and the answer says when to try again."""
        monkeypatch.setattr(settings, "GROUNDRULES_RECEIVE_BACKLOG", 1)
        _send(program, sender, sender.make(NIGHT))
        second = sender.make(NIGHT + timedelta(minutes=1))

        answer = program.post(
            EVIDENCE,
            second.body,
            content_type="application/octet-stream",
            headers=sender.headers(second),
        )

        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
        assert books.Batch.objects.count() == 1

    def test_asks_to_wait_when_the_disk_is_full(
        self, sender: Sender, program: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A full disk is a reason to wait, not to lose the batch."""
        batch = sender.make(NIGHT, LOG)

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("groundrules.store.incoming.os.fsync", full)
        status, said = _send(program, sender, batch)

        assert (status, said["code"]) == (503, "busy")
        assert not books.Batch.objects.exists()


class TestProving:
    def test_sets_a_wrong_signature_aside(self, sender: Sender, program: Browser) -> None:
        """A body that is not the one signed is refused, kept apart with the reason, and is no evidence."""
        batch = sender.make(NIGHT, LOG)
        broken = altered(batch)
        answer = program.post(
            EVIDENCE,
            broken.body,
            content_type="application/octet-stream",
            headers=sender.headers(batch),
        )

        aside = books.Quarantined.objects.get()
        assert (answer.status_code, answer.json()["code"]) == (401, "not-trusted")
        assert raw_store().get(aside.digest) == broken.body
        assert "signature" in aside.problem
        assert not books.RawEvidence.objects.exists()

    def test_sets_an_unknown_agent_aside(self, harbor: books.Client, program: Browser) -> None:
        """Somebody nobody enrolled is refused, and what they sent is kept apart."""
        stranger = Sender()

        status, said = _send(program, stranger, stranger.make(NIGHT, LOG))

        assert (status, said["code"]) == (401, "not-trusted")
        assert books.Quarantined.objects.get().host == ""

    def test_keeps_strangers_from_filling_the_disk(
        self, harbor: books.Client, program: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Beyond the room there is for a day, a stranger's body is refused without being kept."""
        monkeypatch.setattr(settings, "GROUNDRULES_QUARANTINE_LIMIT", 2)
        stranger = Sender()

        answers = [
            _send(program, stranger, stranger.make(NIGHT, package_log(NIGHT, n + 1)))
            for n in range(4)
        ]

        assert [status for status, _ in answers] == [401] * 4
        assert "not kept" in str(answers[3][1]["detail"])
        assert books.Quarantined.objects.count() == 2

    def test_signature_covers_the_place(self, sender: Sender, program: Browser) -> None:
        """A batch cannot be moved to another place in the stream."""
        batch = sender.make(NIGHT, LOG)

        status, _ = _send(program, sender, batch, Groundrules_Sequence="2")

        assert status == 401

    def test_refuses_a_revoked_agent(self, sender: Sender, program: Browser) -> None:
        """From the revocation on nothing is taken in; what was sent before stays."""
        _send(program, sender, sender.make(NIGHT, LOG))
        revoke(sender.agent, reason="host sold", actor=TARIQ, at=timezone.now())

        status, said = _send(program, sender, sender.make(NIGHT))

        assert (status, said["code"]) == (403, "revoked")
        assert "host sold" in str(said["detail"])
        assert books.Batch.objects.count() == 1

    def test_refuses_an_envelope_of_another_place(self, sender: Sender, program: Browser) -> None:
        """The envelope repeats its place in the stream, and the two must agree."""
        batch = sender.make(NIGHT, LOG)
        moved = Batch(1, "", sender.make(NIGHT).body)

        status, said = _send(program, sender, moved)

        assert (status, said["code"]) == (422, "envelope")
        assert books.Quarantined.objects.get().digest == moved.digest
        assert _send(program, sender, batch)[0] == 201

    def test_refuses_an_envelope_of_another_machine(self, sender: Sender, program: Browser) -> None:
        """A key that was copied to another machine does not make its evidence ours."""
        books.Agent.objects.update(machine_digest="a" * 64)
        sender.host = Host("SRV1", machine="b" * 64)

        status, said = _send(program, sender, sender.make(NIGHT, LOG))

        assert (status, said["code"]) == (422, "envelope")
        assert "another machine" in str(said["detail"])

    def test_refuses_what_is_no_envelope(self, sender: Sender, program: Browser) -> None:
        """Signed or not, a body that does not begin like an envelope is set aside and the place stays free."""
        status, said = _send(program, sender, Batch(1, "", b"something else"))

        assert (status, said["code"]) == (422, "envelope")
        assert "not an evidence envelope" in str(said["detail"])

    @pytest.mark.parametrize(
        "headers",
        [
            {"Groundrules_Sequence": "0"},
            {"Groundrules_Sequence": "one"},
            {"Groundrules_Previous": "XYZ"},
            {"Groundrules_Agent": "no such agent\t"},
            {"Groundrules_Signature": "c2hvcnQ="},
        ],
    )
    def test_refuses_headers_not_in_their_form(
        self, sender: Sender, program: Browser, headers: dict[str, str]
    ) -> None:
        """A malformed header is named, and nothing is kept."""
        status, said = _send(program, sender, sender.make(NIGHT), **headers)

        assert (status, said["code"]) == (400, "header")
        assert not books.Quarantined.objects.exists()

    def test_refuses_an_encoded_body(self, sender: Sender, program: Browser) -> None:
        """The bytes that were signed are the bytes that are sent."""
        status, said = _send(program, sender, sender.make(NIGHT), Content_Encoding="gzip")

        assert (status, said["code"]) == (415, "encoding")


class TestPosition:
    def test_says_where_the_stream_stands(self, sender: Sender, program: Browser) -> None:
        """A collector that forgot learns the next number and the digest to follow."""
        at_first = program.get(POSITION, headers=sender.question(timezone.now()))
        batch = sender.make(NIGHT, LOG)
        _send(program, sender, batch)

        later = program.get(POSITION, headers=sender.question(timezone.now()))

        assert at_first.json() == {"next_sequence": 1, "previous": ""}
        assert later.json() == {"next_sequence": 2, "previous": batch.digest}

    def test_allows_for_clocks_that_are_a_little_off(
        self, sender: Sender, program: Browser
    ) -> None:
        """Minutes off are allowed for; a question signed an hour ago is not answered."""
        off = program.get(POSITION, headers=sender.question(timezone.now() - timedelta(minutes=8)))
        old = program.get(POSITION, headers=sender.question(timezone.now() - timedelta(hours=1)))

        assert (off.status_code, old.status_code) == (200, 401)

    def test_tells_nobody_else(self, sender: Sender, program: Browser) -> None:
        """Without the agent's key nothing is told."""
        headers = sender.question(timezone.now()) | {"Groundrules-Stream": "stream-other"}

        answer = program.get(POSITION, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (401, "not-trusted")


class TestAnyBody:
    def test_is_hashed_as_it_came(self, sender: Sender, program: Browser) -> None:
        """A body larger than any buffer on the way comes through unchanged."""
        log = package_log(NIGHT, 20_000)
        batch = sender.make(NIGHT, log)

        status, said = _send(program, sender, batch)

        assert status == 201
        assert said["digest"] == hashlib.sha256(batch.body).hexdigest()
        assert raw_store().get(batch.digest) == batch.body
