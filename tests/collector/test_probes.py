"""What the newer probes tell of a small host, each held against another implementation where there is one."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import struct
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import SSHCertificateBuilder, SSHCertificateType
from hypothesis import given
from hypothesis import strategies as st

from groundrules_collector.gather import listing
from groundrules_collector.host import HostView
from groundrules_collector.probe import SnapshotProbe
from groundrules_collector.probes import (
    certificates,
    database_logins,
    disk_arrays,
    disk_health,
    kernel_modules,
    runtimes,
    ssh_keys,
    sudoers,
    timers,
)
from tests.collector.host_tree import CERTIFICATE, KEY_BLOB, build
from tests.collector.recording import program


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """This fixture will lay out a small host."""
    return build(tmp_path / "host")


def told(probe: SnapshotProbe, view: HostView) -> dict[str, dict[str, str]]:
    """This function will return a probe's items by key."""
    lines = [json.loads(line) for line in listing(view, probe).lines]
    return {item["key"]: item["attributes"] for item in lines}


class TestSudoers:
    def test_tells_rules_without_arguments(self, host: Path) -> None:
        """Who, as whom, with which programs; continued lines are one rule; arguments stay on the host."""
        found = told(sudoers.PROBE, HostView(host))

        rogue = found["/etc/sudoers.d/rogue: rogue"]
        assert rogue["tags"] == "NOPASSWD"
        assert rogue["programs"] == "/usr/bin/apt-get,/usr/bin/dpkg"
        backup = found["/etc/sudoers.d/rogue: %backup"]
        assert (backup["hosts"], backup["run_as"]) == ("srv1", "root")
        assert backup["programs"] == "/usr/bin/mysqldump"
        assert set(found) == {
            "/etc/sudoers: root",
            "/etc/sudoers.d/rogue: rogue",
            "/etc/sudoers.d/rogue: %backup",
        }


class TestKernelModules:
    def test_tells_version_and_taint(self, host: Path) -> None:
        """Modules with what /sys tells of them, and the kernel itself; never their parameters."""
        found = told(kernel_modules.PROBE, HostView(host))

        assert found == {
            "kernel": {"version": "6.1.0-18-amd64"},
            "veth": {},
            "zfs": {"version": "2.1.11-1", "taint": "POE"},
        }


class TestDiskArrays:
    def test_tells_a_missing_member(self, host: Path) -> None:
        """A failed member, the empty place and the rebuild are told; its progress is not."""
        found = told(disk_arrays.PROBE, HostView(host))

        assert found["md0"] == {
            "state": "active",
            "level": "raid1",
            "members": "sda1(F),sdb1",
            "in_place": "_U",
            "task": "recovery",
        }
        assert found["md1"]["state"] == "active (auto-read-only)"

    def test_tells_of_pools(self, host: Path, tmp_path: Path) -> None:
        """A pool's health, its disks with the failed one marked, errors counted once, damaged files without names.

        Written after the OpenZFS manual: there is no ZFS to record here.
        """
        (tmp_path / "status").write_text(
            "  pool: tank\n state: DEGRADED\n  scan: resilver in progress since Sat Nov 28 12:00:00 2026\n"
            "config:\n\n\tNAME        STATE     READ WRITE CKSUM\n"
            "\ttank        DEGRADED     0     0     9\n\t  mirror-0  DEGRADED     0     0     9\n"
            "\t    sda     ONLINE       0     0     4\n\t    sdb     FAULTED      3     2     0  too many errors\n"
            "\nerrors: Permanent errors have been detected in the following files:\n\n        /tank/pat.odt\n"
        )
        script = f"case $1 in list) printf 'tank\\tDEGRADED\\n';; *) cat {tmp_path}/status;; esac"
        program(tmp_path / "bin", "zpool", script)

        found = told(disk_arrays.PROBE, HostView(host, programs=f"{tmp_path / 'bin'}:/bin"))

        assert found["tank"] == {
            "pool": "DEGRADED",
            "members": "sda,sdb(F)",
            "errors": "9",
            "task": "resilver",
            "data": "damaged",
        }
        assert "pat.odt" not in json.dumps(found)
        assert "md0" in found


class TestRuntimes:
    def test_are_told_by_their_files(self, host: Path) -> None:
        """Versions come from headers, release files or folder names; each program has its digest."""
        found = told(runtimes.PROBE, HostView(host))

        assert {key: (one["language"], one["version"]) for key, one in found.items()} == {
            "/opt/python3/bin/python3.11": ("python", "3.11.7"),
            "/home/rogue/.nvm/versions/node/v20.1.0/bin/node": ("node", "20.1.0"),
            "/usr/lib/jvm/jdk-21/bin/java": ("java", "21.0.4"),
            "/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.3": ("dotnet", "8.0.3"),
        }
        node = found["/home/rogue/.nvm/versions/node/v20.1.0/bin/node"]
        assert node["sha256"] == hashlib.sha256(b"another one").hexdigest()


class TestCertificates:
    def test_agree_with_a_library(self, host: Path) -> None:
        """Subject, issuer, serial, validity, names and fingerprint are those another parser reads."""
        found = told(certificates.PROBE, HostView(host))["/etc/nginx/tls/site.pem"]

        theirs = x509.load_pem_x509_certificate(CERTIFICATE.encode())
        assert found["subject"] == theirs.subject.rfc4514_string()
        assert int(found["serial"], 16) == theirs.serial_number
        assert datetime.fromisoformat(found["not_after"]) == theirs.not_valid_after_utc
        assert found["names"] == "practice.example.net,www.example.net"
        der = theirs.public_bytes(serialization.Encoding.DER)
        assert found["sha256"] == hashlib.sha256(der).hexdigest()
        assert found["chain"] == "1"

    @given(st.binary(max_size=60), st.integers(0, 400))
    def test_that_are_damaged_are_refused_by_name(self, noise: bytes, at: int) -> None:
        """A certificate with bytes replaced is described or refused with an error the probe records, never more."""
        der = bytearray(ssl.PEM_cert_to_DER_cert(CERTIFICATE))
        der[at : at + len(noise)] = noise

        with suppress(ValueError, IndexError):
            assert certificates.describe(bytes(der))["sha256"]


class TestSshKeys:
    def test_tells_host_keys_by_fingerprint(self, host: Path) -> None:
        """The fingerprint is ssh-keygen's; the comment is nobody's business."""
        found = told(ssh_keys.PROBE, HostView(host))["/etc/ssh/ssh_host_ed25519_key.pub"]

        digest = hashlib.sha256(base64.b64decode(KEY_BLOB)).digest()
        expected = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
        assert found == {"type": "ssh-ed25519", "fingerprint": expected}

    def test_tells_a_certificates_terms(self, host: Path) -> None:
        """Serial, key id, principals, validity and authority are those the certificate was made with."""
        authority, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate().public_key()
        made = (
            SSHCertificateBuilder()
            .public_key(key)
            .serial(77)
            .type(SSHCertificateType.HOST)
            .key_id(b"srv1")
            .valid_principals([b"srv1", b"srv1.example.net"])
            .valid_after(1772733600)
            .valid_before(1804269600)
            .sign(authority)
        )
        (host / "etc/ssh/ssh_host_ed25519_key-cert.pub").write_bytes(made.public_bytes())

        found = told(ssh_keys.PROBE, HostView(host))["/etc/ssh/ssh_host_ed25519_key-cert.pub"]

        public = authority.public_key().public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
        assert (found["serial"], found["key_id"]) == ("77", "srv1")
        assert found["principals"] == "srv1,srv1.example.net"
        assert found["valid_after"] == "2026-03-05T18:00:00+00:00"
        assert found["authority"] == ssh_keys.fingerprint(base64.b64decode(public.split()[1]))

    def test_names_a_key_it_cannot_read(self, host: Path) -> None:
        """A blob whose field is longer than itself is a problem with its place, and the others are told."""
        blob = base64.b64encode(struct.pack(">I", 99) + b"ssh-").decode()
        (host / "etc/ssh/ssh_host_rsa_key.pub").write_text(f"ssh-rsa {blob}\n")
        view = HostView(host)

        found = told(ssh_keys.PROBE, view)

        assert "/etc/ssh/ssh_host_ed25519_key.pub" in found
        assert view.problems == ["/etc/ssh/ssh_host_rsa_key.pub: key 1 cannot be read"]


class TestDiskHealth:
    def test_keeps_what_matters_and_no_serial_number(self, host: Path, tmp_path: Path) -> None:
        """Health and worn counters of an ATA and an NVMe disk; serial, temperature and hours stay."""
        ata = {
            "model_name": "SAMPLE SSD",
            "serial_number": "SECRET-SERIAL",
            "smart_status": {"passed": False},
            "temperature": {"current": 41},
            "ata_smart_attributes": {
                "table": [{"id": 5, "raw": {"value": 12}}, {"id": 9, "raw": {"value": 40000}}]
            },
        }
        nvme = {
            "model_name": "SAMPLE NVME",
            "smart_status": {"passed": True},
            "nvme_smart_health_information_log": {
                "media_errors": 0,
                "critical_warning": 0,
                "percentage_used": 37,
            },
        }
        devices = [
            {"name": "/dev/sda", "type": "sat"},
            {"name": "/dev/nvme0", "type": "nvme"},
            {"name": "/dev/bus/0", "type": "megaraid,0"},
            {"name": "/dev/bus/0", "type": "megaraid,1"},
        ]
        scsi = {"smart_status": {"passed": True}, "scsi_grown_defect_list": 7}
        script = "\n".join(
            f"case \"$*\" in *{word}*) echo '{json.dumps(answer)}'; exit 4;; esac"
            for word, answer in (
                ("--scan", {"devices": devices}),
                ("sda", ata),
                ("nvme0", nvme),
                ("bus/0", scsi),
            )
        )
        program(tmp_path / "bin", "smartctl", script)

        found = told(disk_health.PROBE, HostView(host, programs=f"{tmp_path / 'bin'}:/bin"))

        assert found["/dev/sda"] == {"health": "failed", "model": "SAMPLE SSD", "reallocated": "12"}
        assert found["/dev/nvme0"]["worn"] == "30 %"
        assert found["/dev/bus/0 megaraid,1"] == {"health": "passed", "grown_defects": "7"}
        assert "/dev/bus/0 megaraid,0" in found
        assert "SECRET-SERIAL" not in json.dumps(found)


class TestTimers:
    def test_tells_whether_they_will_fire(self, host: Path, tmp_path: Path) -> None:
        """State and load state as systemd lists them, without the times that change by themselves."""
        program(
            tmp_path / "bin",
            "systemctl",
            "echo 'b.timer masked inactive dead b.timer'; echo 'a.timer loaded active waiting Do a'",
        )

        found = told(timers.PROBE, HostView(host, programs=f"{tmp_path / 'bin'}:/bin"))

        assert found == {
            "a.timer": {"loaded": "loaded", "state": "active"},
            "b.timer": {"loaded": "masked", "state": "inactive"},
        }


class TestDatabaseLogins:
    DIGEST = hashlib.sha256(b"a verifier").hexdigest()

    def test_tells_logins_of_every_engine(self, host: Path, tmp_path: Path) -> None:
        """Names, rights and validity; the database's own digest is digested again before it travels."""
        program(
            tmp_path / "bin",
            "pg",
            f"printf 'rogue\\tlogin\\taudit\\t2027-01-01\\t{self.DIGEST}\\n'",
        )
        program(
            tmp_path / "bin",
            "my",
            f"printf 'app\\t%%\\tsha2\\tN\\tN\\t2026-03-05 10:00:00\\t{self.DIGEST}\\n'",
        )
        view = HostView(
            host, programs=f"{tmp_path / 'bin'}:/bin", postgresql=("pg",), mysql=("my",)
        )

        found = told(database_logins.PROBE, view)

        assert found["postgresql:rogue"]["member_of"] == "audit"
        assert found["mysql:app@%"]["password_changed"] == "2026-03-05 10:00:00"
        assert len(found["postgresql:rogue"]["password_digest"]) == 64
        assert self.DIGEST not in json.dumps(found)

    def test_lists_nothing_while_one_engine_is_silent(self, host: Path, tmp_path: Path) -> None:
        """Half a list would look like removed logins: no kind is named then, and the note says why."""
        program(tmp_path / "bin", "pg", "printf 'rogue\\tlogin\\t\\t\\t\\n'")
        program(tmp_path / "bin", "my", "exit 1")
        view = HostView(
            host, programs=f"{tmp_path / 'bin'}:/bin", postgresql=("pg",), mysql=("my",)
        )

        found = listing(view, database_logins.PROBE)

        assert (found.kinds, found.lines) == ((), ())
        assert "MySQL or MariaDB runs here but does not answer" in found.notes[0]

    def test_are_not_looked_for_without_a_database(self, host: Path) -> None:
        """A host without a database says so, which is not the same as no logins."""
        assert "no PostgreSQL" in listing(HostView(host), database_logins.PROBE).notes[0]


class TestPrograms:
    def test_of_a_host_are_never_run(self, host: Path, tmp_path: Path) -> None:
        """A runtime that anybody may have put there is read, not executed."""
        bait = host / "home/rogue/.nvm/versions/node/v20.1.0/bin"
        program(bait, "node", f"touch {tmp_path / 'ran'}")

        told(runtimes.PROBE, HostView(host, programs=f"{bait}:/bin"))

        assert not (tmp_path / "ran").exists()
