"""Sealing and verifying: every record has its leaf, and a flipped bit in anything is found and named."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from groundrules.core.seal.checkpoints import parse_checkpoint
from groundrules.core.seal.entries import entry_bytes, parse_entry
from groundrules.core.seal.merkle import leaf_hash
from groundrules.core.seal.notes import NotSigned, parse_note, signers
from groundrules.gateways.signing import KeyMissing, KeyUnusable, check
from groundrules.records import models as books
from groundrules.records.guards import AppendOnly, guard_names
from groundrules.records.typed_json import digest_of
from groundrules.services import seal, segments
from groundrules.services.actor import NotAllowed
from groundrules.services.findings import Report
from groundrules.services.redaction import RedactionWithoutReason, UnknownEvidence, drop, redact
from groundrules.services.seal_keys import destroy_old_keys, log_keys, make_new_key
from groundrules.services.storage import key_folder, raw_store, segments_place, tile_store
from groundrules.services.verification import verify
from tests.cast import OLGA, TARIQ
from tests.kept import Kept
from tests.services.sealed import AUTH, DPKG, LATER, RECEIVED, Sealed, installation, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(installed: Kept[Sealed], tmp_path: Path, settings: Settings) -> Sealed:
    """This fixture will give each test a filled installation of its own."""
    settings.GROUNDRULES_DATA = tmp_path
    return installed.lay_out(tmp_path).anew()


def flip_file(path: Path, dice: random.Random) -> None:
    """This function will flip one bit of a file, whoever may write it."""
    raw = bytearray(path.read_bytes())
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    path.chmod(0o600)
    path.write_bytes(raw)


def flip_text(text: str, dice: random.Random) -> str:
    """This function will flip one of the low bits of one character, so that text stays text."""
    at = dice.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ (1 << dice.randrange(4))) + text[at + 1 :]


def rewrite(row: models.Model, column: str, value: str | bytes) -> None:
    """This function will change a book behind its guards' backs, as someone with the database in hand could."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        for name in guard_names(table, connection.vendor):
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = %s', [value, row.pk])  # noqa: S608 - our own names
    AppendOnly(table).database_forwards("records", connection.schema_editor(), None, None)  # type: ignore[arg-type]


class TestSealing:
    def test_gives_every_record_a_leaf(self, sealed: Sealed) -> None:
        """The envelope, both of its parts and the later file stand in the log in the order they came."""
        leaves = list(sealed.log.leaves.order_by("index"))

        entries = [parse_entry(leaf.entry.encode()) for leaf in leaves]
        whole = leaves[0].evidence.digest
        assert [leaf.index for leaf in leaves] == [0, 1, 2, 3]
        assert [entry.format for entry in entries] == [
            "envelope",
            "dpkg-log",
            "auth-log",
            "dpkg-log",
        ]
        assert [entry.within for entry in entries] == ["", whole, whole, ""]
        assert [(entry.stream, entry.sequence) for entry in entries] == [("SRV1", 1)] * 3 + [
            ("", 0)
        ]
        assert not books.RawEvidence.objects.filter(leaf__isnull=True).exists()

    def test_signs_checkpoints_of_the_log(self, sealed: Sealed) -> None:
        """Two checkpoints were signed by the log's own key, and the newest is published beside its tiles."""
        rows = list(sealed.log.checkpoints.order_by("size"))

        notes = [parse_note(row.note) for row in rows]
        assert [row.size for row in rows] == [3, 4]
        assert [parse_checkpoint(note.text).head.size for note in notes] == [3, 4]
        assert all(signers(note, log_keys(sealed.log), check) for note in notes)
        assert parse_checkpoint(notes[0].text).origin == sealed.log.origin
        assert sealed.log.origin.startswith("groundrules/")

    def test_signs_nothing_twice(self, sealed: Sealed) -> None:
        """Without a new leaf there is no new checkpoint."""
        again = seal.checkpoint(sealed.log, actor=OLGA, at=RECEIVED + timedelta(hours=1))

        assert again.size == 4
        assert sealed.log.checkpoints.count() == 2

    def test_waits_a_minute(self, sealed: Sealed) -> None:
        """Within a minute of the last checkpoint the next leaf waits; after it, it is signed at once."""
        soon, later = (RECEIVED + timedelta(minutes=5, seconds=s) for s in (30, 61))
        take_in(b"2007-02-23 21:00:00 startup archives unpack\n", "dpkg.log.2", soon, "dpkg-log")

        waiting = seal.checkpoint_when_due(sealed.log, actor=OLGA, at=soon)
        signed = seal.checkpoint_when_due(sealed.log, actor=OLGA, at=later)

        assert waiting is None
        assert signed is not None
        assert signed.size == 5

    def test_seals_what_was_there_before(self, sealed: Sealed) -> None:
        """Rows without a leaf get one, with the chain their envelope tells; a second run finds none."""
        _unseal()

        count = seal.backfill(actor=OLGA, at=RECEIVED + timedelta(days=1))

        entries = [parse_entry(leaf.entry.encode()) for leaf in sealed.log.leaves.order_by("index")]
        assert count == 4
        assert [entry.sequence for entry in entries] == [1, 1, 1, 0]
        assert seal.backfill(actor=OLGA, at=RECEIVED) == 0


def _unseal() -> None:
    with connection.cursor() as cursor:
        for table in ("records_sealcheckpoint", "records_sealleaf"):
            _empty(cursor, table)


def _empty(cursor: CursorWrapper, table: str) -> None:
    for name in guard_names(table, connection.vendor):
        on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
        cursor.execute(f'DROP TRIGGER "{name}"{on}')
    cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


class TestCommitting:
    def test_follows_a_commit_by_itself(
        self,
        tmp_path: Path,
        settings: Settings,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        """Receiving signs the checkpoint after the commit when none is younger than a minute."""
        settings.GROUNDRULES_DATA = tmp_path
        sealed = installation()
        with django_capture_on_commit_callbacks(execute=True):
            take_in(
                b"2007-02-24 21:00:00 startup archives unpack\n",
                "dpkg.log.3",
                RECEIVED + timedelta(hours=1),
                "dpkg-log",
            )

        newest = seal.latest(sealed.log)
        assert newest is not None
        assert newest.size == 5
        assert tile_store(sealed.client).published() == newest.note


class TestKeys:
    def test_hand_over_with_both_signatures(self, sealed: Sealed) -> None:
        """A new key's first checkpoint carries the old key's signature too; then the old one can sign no more."""
        old = log_keys(sealed.log)[0]
        make_new_key(sealed.log, actor=OLGA, at=RECEIVED + timedelta(days=1))

        signed = seal.checkpoint(sealed.log, actor=OLGA, at=RECEIVED + timedelta(days=1))
        destroyed = destroy_old_keys(sealed.log, signed)

        new = log_keys(sealed.log)[1]
        note = parse_note(signed.note)
        assert signers(note, [old], check) == (old,)
        assert signers(note, [new], check) == (new,)
        assert destroyed == 1
        with pytest.raises(KeyMissing):
            key_folder().sign(old.public, b"text")
        publish_and_verify(sealed)

    def test_sign_alone_after_that(self, sealed: Sealed) -> None:
        """The checkpoint after the hand-over is the new key's only."""
        old = log_keys(sealed.log)[0]
        make_new_key(sealed.log, actor=OLGA, at=RECEIVED + timedelta(days=1))
        seal.checkpoint(sealed.log, actor=OLGA, at=RECEIVED + timedelta(days=1))
        take_in(AUTH + AUTH, "auth.log.1", RECEIVED + timedelta(days=2), "auth-log")

        signed = seal.checkpoint(sealed.log, actor=OLGA, at=RECEIVED + timedelta(days=2))

        with pytest.raises(NotSigned):
            signers(parse_note(signed.note), [old], check)

    def test_are_made_by_owners_and_read_by_nobody_else(self, sealed: Sealed) -> None:
        """A technician makes no key; a key others may read does not sign."""
        with pytest.raises(NotAllowed):
            make_new_key(sealed.log, actor=TARIQ, at=RECEIVED)
        (path,) = key_folder().folder.iterdir()
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o640)

        with pytest.raises(KeyUnusable, match="others than its owner"):
            key_folder().prove(log_keys(sealed.log)[0].public)


def publish_and_verify(sealed: Sealed) -> Report:
    """This function will publish the newest checkpoint, as a commit does, and return a report that holds."""
    newest = seal.latest(sealed.log)
    assert newest is not None
    seal.publish(newest)
    report = verify()
    assert report.holds, [finding.sentence for finding in report.findings]
    return report


class TestVerification:
    def test_holds_when_nothing_was_touched(self, sealed: Sealed) -> None:
        """Everything is looked at, and nothing is found."""
        report = publish_and_verify(sealed)

        looked = (
            "raw records",
            "leaves",
            "checkpoints",
            "tiles",
            "issued documents",
            "letters",
            "facts",
        )
        assert all(report.checked[kind] for kind in looked)
        assert report.checked["leaves"] == 4

    @pytest.mark.parametrize("place", ["evidence", "seal"])
    def test_finds_a_flipped_bit_in_any_file(self, sealed: Sealed, place: str) -> None:
        """Raw files, tiles and the published checkpoint: one bit of any of them, and the file is named."""
        publish_and_verify(sealed)
        dice = random.Random(6962)  # noqa: S311 - repeatable on purpose
        folder = tile_store(sealed.client).folder.parents[1] / place
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        assert len(files) >= 4

        for path in files * 3:
            before = path.read_bytes()
            flip_file(path, dice)
            report = verify()
            path.write_bytes(before)

            named = " ".join(finding.sentence for finding in report.findings)
            assert path.name in named or path.stem[:16] in named

        assert verify().holds

    @pytest.mark.parametrize(
        ("model", "columns"),
        [
            ("SealLeaf", ("entry", "leaf_hash", "packed")),
            ("SealCheckpoint", ("note", "root")),
            ("SealKey", ("verifier_key",)),
            ("RawEvidence", ("digest", "name", "format")),
            ("Issued", ("payload", "seal", "ref")),
            ("IssuedLine", ("payload", "description")),
            ("Letter", ("text", "payload")),
            ("Change", ("payload",)),
            ("Attribution", ("payload", "digest")),
        ],
    )
    def test_finds_a_flipped_bit_in_any_row(
        self, sealed: Sealed, model: str, columns: tuple[str, ...]
    ) -> None:
        """Leaves, checkpoints, keys, the index, documents, letters and facts: one bit of one row is found."""
        publish_and_verify(sealed)
        dice = random.Random(9162)  # noqa: S311 - repeatable on purpose
        rows = list(getattr(books, model).objects.order_by("pk"))
        assert rows

        for column in columns * 3:
            row = dice.choice(rows)
            before = getattr(row, column)
            rewrite(row, column, flip_text(before, dice))
            report = verify()
            rewrite(row, column, before)

            assert not report.holds, (model, column)

        assert verify().holds

    def test_holds_for_an_invoice_of_before_lines_said_more(self, sealed: Sealed) -> None:
        """A later version writes lines with more in them; what was frozen before is judged as it was frozen."""
        rows: list[books.Issued | books.IssuedLine] = [
            sealed.invoice,
            *sealed.invoice.lines.all(),
        ]
        for row in rows:
            rewrite(row, "payload", row.payload.replace('"technician":null,', ""))
        older = sealed.anew().invoice

        said = [finding.sentence for finding in verify().findings if older.ref in finding.sentence]

        assert older.digest != digest_of(older.payload)
        assert any("content is not what was issued" in one for one in said)
        assert not any("its lines" in one for one in said)

    @pytest.mark.parametrize(
        ("model", "column"),
        [
            ("Change", "sentence"),
            ("Change", "component"),
            ("Change", "ref"),
            ("Session", "account"),
            ("Session", "source_address"),
            ("Observation", "kind"),
            ("HealthCheck", "signature"),
        ],
    )
    def test_names_the_column_that_does_not_repeat_its_fact(
        self, sealed: Sealed, model: str, column: str
    ) -> None:
        """Pages read columns, so a bit of one is as good a lie as a bit of the fact; each is found by its name."""
        dice = random.Random(7)  # noqa: S311 - repeatable on purpose
        row = getattr(books, model).objects.exclude(**{column: ""}).order_by("pk").first()
        assert row is not None
        assert publish_and_verify(sealed).holds
        rewrite(row, column, flip_text(getattr(row, column), dice))
        told = getattr(books, model).objects.get(pk=row.pk).ref

        (found,) = [f for f in verify().findings if f.kind == row._meta.verbose_name]

        assert found.where == told
        assert found.says.endswith(f"do not repeat it: {column}")

    def test_names_a_change_moved_to_another_server(self, sealed: Sealed) -> None:
        """The card a row points at is compared with the one its fact names."""
        row = books.Change.objects.order_by("pk")[0]
        other = books.Asset.objects.create(client=sealed.client, code="ELSE", name="Elsewhere")
        rewrite(row, "asset_id", str(other.pk))

        found = [f.sentence for f in verify().findings if f.where == row.ref]

        assert any(says.endswith("do not repeat it: asset") for says in found)

    def test_names_a_flipped_bit_in_a_segment(self, sealed: Sealed) -> None:
        """Raw events in segments are read whole as well."""
        segments.segment(actor=TARIQ, at=RECEIVED + timedelta(days=1))
        place = segments_place()
        files = [Path(place.path_of(*name)) for name in place.names()]
        assert publish_and_verify(sealed).checked["segments"] == len(files) > 0
        flip_file(files[0], random.Random(3))  # noqa: S311 - repeatable on purpose

        (found,) = verify().findings

        assert found.kind == "segment"
        assert files[0].stem[:16] in found.where

    @pytest.mark.parametrize("owner", ["invoice", "letter"])
    def test_finds_a_flipped_bit_in_a_pdf(self, sealed: Sealed, owner: str) -> None:
        """The PDF is named by the document or letter it belongs to."""
        publish_and_verify(sealed)
        row = getattr(sealed, owner)
        content = bytearray(row.pdf.content)
        content[len(content) // 2] ^= 1
        rewrite(row.pdf, "content", bytes(content))

        report = verify()

        assert any(f.kind == "PDF" and row.ref in f.where for f in report.findings)

    def test_finds_a_log_written_anew(self, sealed: Sealed) -> None:
        """Even when entry, hash and index are made to agree, the signed root does not."""
        publish_and_verify(sealed)
        leaf = sealed.log.leaves.get(index=3)
        rewrite(leaf.evidence, "name", "innocent.log")
        leaf.evidence.refresh_from_db()
        entry = entry_bytes(seal.entry_of(leaf.evidence, sealed.log.origin, seal.UNCHAINED))
        rewrite(leaf, "entry", entry.decode())
        rewrite(leaf, "leaf_hash", leaf_hash(entry).hex())

        report = verify()

        said = [f.sentence for f in report.findings if f.kind == "checkpoint"]
        assert len(said) == 1
        assert "one of the leaves 3 to 3 was altered" in said[0]

    def test_finds_what_was_removed(self, sealed: Sealed) -> None:
        """A missing raw file, a missing tile, a missing document and a missing guard are each named."""
        publish_and_verify(sealed)
        digest = sealed.log.leaves.get(index=1).evidence.digest
        raw_store().path_of(digest).unlink()
        (tile_store(sealed.client).folder / "tile/0/000.p/4").unlink()
        with connection.cursor() as cursor:
            on = ' ON "records_letter"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "records_letter_no_update"{on}')

        report = verify()

        kinds = {finding.kind for finding in report.findings}
        assert {"raw file", "tile", "guard"} <= kinds
        assert any(digest in finding.says for finding in report.findings)


class TestRedaction:
    def test_drops_the_bytes_and_keeps_the_proof(self, sealed: Sealed) -> None:
        """A part goes with the envelope it came in; the log still verifies and says who dropped it, when and why."""
        digest = sealed.log.leaves.get(index=2).evidence.digest

        rows = redact(digest[:12], "names a patient", actor=OLGA, at=RECEIVED + timedelta(days=3))
        drop(row.digest for row in rows)

        report = publish_and_verify(sealed)
        envelope = sealed.log.leaves.get(index=0).evidence.digest
        assert {row.digest for row in rows} == {digest, envelope}
        assert not raw_store().path_of(digest).exists()
        assert not raw_store().path_of(envelope).exists()
        said = f"payload redacted on 2007-03-09 09:00 UTC by {OLGA.label} because: names a patient"
        assert sum(said in note for note in report.notes) == 2

    def test_of_an_envelope_takes_its_parts_along(self, sealed: Sealed) -> None:
        """What was inside is gone with it."""
        envelope = sealed.log.leaves.get(index=0).evidence.digest

        rows = redact(envelope, "collected by mistake", actor=OLGA, at=RECEIVED)

        assert len(rows) == 3

    def test_is_found_undone(self, sealed: Sealed) -> None:
        """When redacted bytes are in the store again, verification says so."""
        redact(sealed.log.leaves.get(index=3).evidence.digest, "why", actor=OLGA, at=RECEIVED)
        assert raw_store().put(LATER)

        report = verify()

        assert any("in the store again" in finding.says for finding in report.findings)

    def test_needs_an_owner_a_reason_and_one_record(self, sealed: Sealed) -> None:
        """A technician, an empty reason, an unknown or too short digest are refused."""
        digest = sealed.log.leaves.get(index=3).evidence.digest
        with pytest.raises(NotAllowed):
            redact(digest, "why", actor=TARIQ, at=RECEIVED)
        with pytest.raises(RedactionWithoutReason):
            redact(digest, " ", actor=OLGA, at=RECEIVED)
        for wrong in ("0" * 64, digest[:5]):
            with pytest.raises(UnknownEvidence):
                redact(wrong, "why", actor=OLGA, at=RECEIVED)
        assert DPKG
        assert not books.Redaction.objects.exists()
