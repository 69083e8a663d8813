"""Private keys at rest: encrypted where a password is set, turned over later, and never half."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pytest_django import Settings

from groundrules.cli.main import main
from groundrules.gateways.action_signing import ActionKey
from groundrules.gateways.key_files import KeyUnusable
from groundrules.gateways.signing import KeyFolder, check
from groundrules.records.models import AuditEntry, User
from groundrules.services.doctor import Health, machine

AT = datetime(2026, 11, 29, tzinfo=UTC)
ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def files(folder: Path) -> list[bytes]:
    """What lies on the disk."""
    return [path.read_bytes() for path in sorted(folder.rglob("*.pem"))]


class TestAtRest:
    """A file alone signs nothing."""

    def test_encrypted_keys_sign_with_their_password_only(self, tmp_path: Path) -> None:
        """Both kinds of key; without the password, and with another, they are refused in words."""
        folder, actions = (
            KeyFolder(tmp_path / "ssh", b"one"),
            ActionKey(tmp_path / "actions", b"one"),
        )
        public = folder.make()
        actions.make()
        assert all(pem.startswith(ENCRYPTED) for pem in files(tmp_path))
        assert check(public, b"said", folder.sign(public, b"said"))
        assert actions.sign("said")
        for wrong in (b"", b"two"):
            with pytest.raises(KeyUnusable, match="password"):
                KeyFolder(tmp_path / "ssh", wrong).sign(public, b"said")
            with pytest.raises(KeyUnusable, match="password"):
                ActionKey(tmp_path / "actions", wrong).sign("said")


@pytest.mark.django_db
class TestTurningOver:
    """`groundrules keys encrypt`, and the change of a password."""

    def test_from_plain_to_encrypted_to_another_password(
        self,
        tmp_path: Path,
        settings: Settings,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Every key goes on signing; a key that opens with neither password leaves all as they were."""
        User.objects.create(email="olga@castle-it.example", name="Olga", role="owner")
        settings.GROUNDRULES_DATA = tmp_path
        top = tmp_path / "keys"
        plain = KeyFolder(top / "ssh")
        public = plain.make()
        ActionKey(top / "actions").make()
        assert main(["keys", "encrypt"]) == 8
        first, second = tmp_path / "first", tmp_path / "second"
        first.write_text("one\n")
        second.write_text("two\n")
        settings.GROUNDRULES_KEYS_PASSWORD_FILE = str(first)
        assert check(public, b"x", KeyFolder(top / "ssh", b"one").sign(public, b"x"))
        assert main(["keys", "encrypt"]) == 0
        assert all(load_pem_private_key(pem, b"one") for pem in files(top))
        settings.GROUNDRULES_KEYS_PASSWORD_FILE = str(second)
        before = files(top)
        capsys.readouterr()
        assert main(["keys", "encrypt"]) == 6
        assert "no former password was named: give its file as --old" in capsys.readouterr().err
        assert (machine.look_at_keys(AT).health, files(top)) == (Health.BROKEN, before)
        assert main(["keys", "encrypt", "--old-password-file", str(first)]) == 0
        assert main(["keys", "encrypt"]) == 0
        assert machine.look_at_keys(AT).health is Health.FINE
        assert check(public, b"x", KeyFolder(top / "ssh", b"two").sign(public, b"x"))
        capsys.readouterr()
        assert main(["keys", "list"]) == 0
        assert "not encrypted" not in capsys.readouterr().out
        assert AuditEntry.objects.filter(verb="keys.encrypt").count() == 2
        assert not list(top.rglob("*.new"))
