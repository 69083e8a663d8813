"""Time stamps over checkpoints, from openssl's own authority, and checked again by openssl."""

from __future__ import annotations

import base64
import io
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from groundrules.core.periods import Period
from groundrules.gateways.timestamping import StampRefused, stamped_at
from groundrules.records.models import Client, SealCheckpoint, SealTimestamp
from groundrules.services import seal, tale
from groundrules.services.evidence import Handed, receive
from groundrules.services.packs import pack_period
from groundrules.services.timestamps import response_of, stamp_logs
from groundrules.services.verification import verify
from tests.cast import AFTERWARDS, OLGA, TARIQ
from tests.services.time_authority import Authority, time_authority

EVENTS = tale.FOLDER / "srv1-events-to-2007-02-23.jsonl"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """This fixture will serve an authority."""
    with time_authority(tmp_path_factory.mktemp("tsa") / "ca") as running:
        yield running


@pytest.fixture
def sealed(harbor: Client, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Client:
    """This fixture will seal one file, with the authority in the settings."""
    monkeypatch.setattr(settings, "GROUNDRULES_TSA_URL", authority.url)
    monkeypatch.setattr(settings, "GROUNDRULES_TSA_ROOTS", str(authority.roots))
    receive(Handed(EVENTS.read_bytes(), EVENTS.name, host="SRV1"), actor=TARIQ, at=AFTERWARDS)
    for row in seal.checkpoint_all(actor=OLGA, at=AFTERWARDS):
        seal.publish(row)
    return harbor


class TestStampLogs:
    """Having checkpoints stamped."""

    def test_keeps_what_the_authority_said(self, sealed: Client, authority: Authority) -> None:
        """The stamp verifies against the checkpoint, and against nothing else."""
        (row,) = stamp_logs(actor=OLGA, at=AFTERWARDS).stamped

        note = SealCheckpoint.objects.get(pk=row.checkpoint_id).note.encode()
        assert stamped_at(response_of(row), note, authority.roots) == row.stamped_at
        with pytest.raises(StampRefused, match="does not verify"):
            stamped_at(response_of(row), note + b" ", authority.roots)

    def test_asks_again_only_when_the_log_has_grown(self, sealed: Client) -> None:
        """One stamp for each log and hour in which it grew."""
        hour = timedelta(hours=1)

        counts = [len(stamp_logs(actor=OLGA, at=AFTERWARDS + n * hour).stamped) for n in range(3)]

        assert counts == [1, 0, 0]

    def test_says_why_when_nobody_answers(
        self, sealed: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An authority that is away refuses nothing else; it is asked again later."""
        monkeypatch.setattr(settings, "GROUNDRULES_TSA_URL", "http://127.0.0.1:1/tsr")

        done = stamp_logs(actor=OLGA, at=AFTERWARDS)

        assert done.stamped == ()
        assert "did not answer" in done.refused[0]

    def test_goes_into_packs_where_openssl_accepts_it(
        self, sealed: Client, authority: Authority, tmp_path: Path
    ) -> None:
        """A stranger checks the stamp with openssl, as the pack's instructions say."""
        stamp_logs(actor=OLGA, at=AFTERWARDS)
        period = Period(AFTERWARDS - timedelta(days=60), AFTERWARDS + timedelta(days=1))
        pack = pack_period(sealed, period, actor=OLGA, at=AFTERWARDS)
        folder = tmp_path / "pack"
        zipfile.ZipFile(io.BytesIO(pack.content)).extractall(folder)
        (inside,) = {path.parent for path in folder.rglob("timestamp.tsr")}

        words = ["openssl", "ts", "-verify", "-data", "timestamp-about", "-in", "timestamp.tsr"]
        said = subprocess.run(
            [*words, "-CAfile", str(authority.roots)],
            cwd=inside,
            capture_output=True,
            text=True,
            check=False,
        )

        assert "Verification: OK" in said.stdout, said.stderr
        assert "openssl ts -verify" in (inside / "INSTRUCTIONS.txt").read_text()

    def test_is_checked_with_everything_else(self, sealed: Client) -> None:
        """`evidence verify` looks at stamps, and names one that was altered."""
        stamp_logs(actor=OLGA, at=AFTERWARDS)
        assert not verify().findings

        row = SealTimestamp.objects.get()
        response = bytearray(response_of(row))
        response[-40] ^= 1
        altered = SealTimestamp(
            checkpoint=row.checkpoint,
            stamped_at=row.stamped_at,
            response=base64.b64encode(response).decode(),
        )
        with pytest.raises(StampRefused):
            stamped_at(
                response_of(altered),
                row.checkpoint.note.encode(),
                Path(settings.GROUNDRULES_TSA_ROOTS),
            )
