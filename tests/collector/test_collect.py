"""The collector as it is run: one command, one whole envelope or none, and never a secret in it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from groundrules_collector.host import HostView
from groundrules_collector.main import main
from groundrules_collector.probes import LOG_PROBES, SNAPSHOT_PROBES
from groundrules_collector.raw_files import raw_log
from groundrules_wire import Envelope, envelope_digest, unpack
from tests.collector.host_tree import KEY_BLOB, OLD_DPKG_LOG, SECRETS, build


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """This fixture will lay out a small host with planted secrets."""
    return build(tmp_path / "host")


def collect(host: Path, output: Path, *more: str) -> tuple[int, Envelope]:
    """This function will run the command line and open what it wrote."""
    code = main(["--once", "--root", str(host), "--output", str(output), *more])
    return code, unpack(output.read_bytes())


def listed(envelope: Envelope, probe: str) -> dict[tuple[str, str], dict[str, Any]]:
    """This function will return a snapshot's items by kind and key."""
    lines = [json.loads(line) for line in envelope.payloads[f"snapshot/{probe}"].splitlines()]
    assert lines[-1] == {"end": len(lines) - 2}
    return {(item["kind"], item["key"]): item for item in lines[1:-1]}


class TestSecrets:
    def test_never_leave_the_host(self, host: Path, tmp_path: Path) -> None:
        """No planted secret is anywhere in the envelope, plain, unpacked or in hexadecimal."""
        output = tmp_path / "srv1.envelope"
        _, envelope = collect(
            host, output, "--config", "/etc/practice/app.conf", "--config", "/etc/shadow"
        )

        unpacked = [
            gzip.decompress(raw) for raw in envelope.payloads.values() if raw[:2] == b"\x1f\x8b"
        ]
        everything = b"\n".join([output.read_bytes(), *unpacked])
        found = [secret for secret in SECRETS if secret.encode() in everything]

        assert found == []

    def test_are_really_planted(self, host: Path) -> None:
        """Each of them can be found on the host, so looking for it means something."""
        everything = b"".join(path.read_bytes() for path in host.rglob("*") if path.is_file())

        assert [secret for secret in SECRETS if secret.encode() not in everything] == []

    def test_are_not_even_digested_from_shadow(self, host: Path, tmp_path: Path) -> None:
        """A digest of /etc/shadow would let a guess be checked; there is none, also when asked for."""
        _, envelope = collect(host, tmp_path / "a", "--config", "/etc/shadow")

        shadow = listed(envelope, "config-files")["config file", "/etc/shadow"]
        assert set(shadow["attributes"]) == {"mode", "owner"}
        assert hashlib.sha256(
            (host / "etc/shadow").read_bytes()
        ).hexdigest().encode() not in b"".join(envelope.payloads.values())

    def test_leave_what_people_typed_behind(self, host: Path, tmp_path: Path) -> None:
        """Audit lines that carry typed words keep their type, time and serial, so that none seems missing."""
        _, envelope = collect(host, tmp_path / "a")

        lines = envelope.payloads["log/var/log/audit/audit.log"].splitlines()
        assert len(lines) == 5
        assert lines[1] == b"type=TTY msg=audit(1772733601.000:11): left-on-the-host=1"
        assert lines[0].endswith(b"ses=3 res=1")


class TestPackages:
    def test_lists_what_is_installed(self, host: Path, tmp_path: Path) -> None:
        """Installed packages by name: a foreign architecture told apart, a broken one with its state."""
        _, envelope = collect(host, tmp_path / "a")

        found = {key: item["attributes"] for (_, key), item in listed(envelope, "packages").items()}
        assert found == {
            "dpkg": {"version": "1.21.22", "architecture": "amd64"},
            "adduser": {"version": "3.134", "architecture": "all"},
            "libc6:i386": {"version": "2.36-9", "architecture": "i386"},
            "broken": {"version": "1.0", "architecture": "amd64", "state": "half-installed"},
            "musl": {"version": "1.2.4-r2", "architecture": "x86_64"},
            "busybox": {"version": "1.36.1-r5", "architecture": "x86_64"},
        }

    def test_dates_a_package_by_its_file_list(self, host: Path, tmp_path: Path) -> None:
        """The moment a package was unpacked is the one its file list was written."""
        os.utime(host / "var/lib/dpkg/info/adduser.list", (1772733600, 1772733600))

        _, envelope = collect(host, tmp_path / "a")

        assert (
            listed(envelope, "packages")["package", "adduser"]["dated_at"]
            == "2026-03-05T18:00:00+00:00"
        )


class TestAccounts:
    def test_gives_the_day_of_the_last_password_change(self, host: Path, tmp_path: Path) -> None:
        """Day 20516 is 4 March 2026; an empty field means never."""
        _, envelope = collect(host, tmp_path / "a")

        items = listed(envelope, "accounts")
        days = {
            key: item["attributes"]["changed_on"]
            for (kind, key), item in items.items()
            if kind == "password"
        }
        assert days == {"root": "2022-01-08", "rogue": "2026-03-04", "new": "never"}

    def test_lists_accounts_and_groups(self, host: Path, tmp_path: Path) -> None:
        """Accounts without the full name field; members in order; a line that is no account is reported."""
        code, envelope = collect(host, tmp_path / "a")

        items = listed(envelope, "accounts")
        rogue = {"uid": "1001", "gid": "1001", "home": "/home/rogue", "shell": "/bin/sh"}
        assert items["account", "rogue"]["attributes"] == rogue
        assert items["group", "sudo"]["attributes"] == {"gid": "27", "members": "admin,rogue"}
        assert code == 3
        assert "/etc/passwd: a line does not have seven fields" in envelope.manifest.errors


class TestConfigFiles:
    def test_describes_chosen_files_by_digest(self, host: Path, tmp_path: Path) -> None:
        """A file named with --config is there with its digest, mode and owner, and nothing of its text."""
        _, envelope = collect(host, tmp_path / "a", "--config", "/etc/practice/app.conf")

        items = listed(envelope, "config-files")
        attributes = items["config file", "/etc/practice/app.conf"]["attributes"]
        raw = (host / "etc/practice/app.conf").read_bytes()
        assert attributes["sha256"] == hashlib.sha256(raw).hexdigest()
        assert set(attributes) == {"sha256", "mode", "owner"}
        assert ("config file", "/etc/sudoers.d/rogue") in items

    def test_fingerprints_authorized_keys(self, host: Path, tmp_path: Path) -> None:
        """Keys appear as ssh-keygen prints them; remarks, options, comments and broken lines do not."""
        _, envelope = collect(host, tmp_path / "a")

        keys = listed(envelope, "config-files")["config file", "/home/rogue/.ssh/authorized_keys"]
        assert keys["attributes"]["keys"].startswith("SHA256:")
        assert keys["attributes"]["keys"].count("SHA256:") == 1
        assert KEY_BLOB not in json.dumps(keys)


class TestServices:
    def test_tells_enabled_masked_and_own(self, host: Path, tmp_path: Path) -> None:
        """Boot state comes from links, the file in force from the folder order, init scripts are listed too."""
        _, envelope = collect(host, tmp_path / "a")

        found = {key: item["attributes"] for (_, key), item in listed(envelope, "services").items()}
        assert {key: found[key]["enabled"] for key in found} == {
            "cron.service": "yes",
            "practice.service": "no",
            "telnet.service": "masked",
            "init.d/practice": "no",
        }
        assert found["practice.service"]["file"] == "/etc/systemd/system/practice.service"


class TestPorts:
    def test_lists_listeners_with_their_owner(self, host: Path, tmp_path: Path) -> None:
        """Listening sockets only, with program and uid; UDP ports a client drew are left out."""
        _, envelope = collect(host, tmp_path / "a")

        found = {key: item["attributes"] for (_, key), item in listed(envelope, "ports").items()}
        assert found == {
            "tcp 127.0.0.1:5432": {"process": "postgres", "uid": "113"},
            "tcp [::1]:22": {"process": "", "uid": "0"},
            "udp 0.0.0.0:68": {"process": "", "uid": "0"},
        }


class TestScheduledTasks:
    def test_lists_what_runs_by_the_clock(self, host: Path, tmp_path: Path) -> None:
        """Entries with schedule, account and program; scripts, crontabs and timers by digest."""
        _, envelope = collect(host, tmp_path / "a")

        found = {
            key: item["attributes"]
            for (_, key), item in listed(envelope, "scheduled-tasks").items()
        }
        assert set(found) == {
            "/etc/crontab:mysqldump",
            "/etc/crontab:/opt/practice/start",
            "/etc/cron.d/practice:/opt/practice/poll",
            "/etc/cron.d/practice:/opt/practice/poll #2",
            "/etc/cron.daily/backup",
            "crontab of rogue",
            "apt-daily.timer",
        }
        assert found["/etc/crontab:mysqldump"]["schedule"] == "17 * * * *"
        assert found["/etc/crontab:/opt/practice/start"]["schedule"] == "@reboot"


class TestMounts:
    def test_lists_disks_and_shares(self, host: Path, tmp_path: Path) -> None:
        """Real file systems with a few options; names with spaces; block devices but no loops."""
        _, envelope = collect(host, tmp_path / "a")

        found = {key: item["attributes"] for key, item in listed(envelope, "mounts").items()}
        assert found["mount", "/"] == {"device": "/dev/sda1", "type": "ext4", "options": "rw,nodev"}
        assert found["mount", "/mnt/nas data"]["options"] == "rw"
        assert found["disk", "sda"] == {"size": "1048576", "model": "SAMPLE DISK"}
        assert len(found) == 3


class TestLogs:
    def test_are_raw_bytes(self, host: Path, tmp_path: Path) -> None:
        """Logs travel exactly as found, rotated ones still compressed and marked so."""
        _, envelope = collect(host, tmp_path / "a")

        parts = {part.name: part for part in envelope.manifest.parts}
        assert envelope.payloads["log/var/log/wtmp"] == (host / "var/log/wtmp").read_bytes()
        assert (
            envelope.payloads["log/var/log/apt/history.log"]
            == (host / "var/log/apt/history.log").read_bytes()
        )
        assert parts["log/var/log/dpkg.log.1.gz"].encoding == "gzip"
        assert gzip.decompress(envelope.payloads["log/var/log/dpkg.log.1.gz"]) == OLD_DPKG_LOG

    def test_leave_out_what_may_hold_secrets(self, host: Path, tmp_path: Path) -> None:
        """Failed logins and apt's terminal log are never collected."""
        _, envelope = collect(host, tmp_path / "a")

        assert not [name for name in envelope.payloads if "btmp" in name or "term.log" in name]

    def test_named_twice_are_collected_once(self, host: Path, tmp_path: Path) -> None:
        """A log named with --auth-log that is found anyway is one part, so the envelope stays whole."""
        _, envelope = collect(host, tmp_path / "a", "--auth-log", "/var/log/auth.log")

        assert [part.name for part in envelope.manifest.parts].count("log/var/log/auth.log") == 1

    def test_are_cut_at_the_front_when_too_large(self, host: Path) -> None:
        """The newest bytes are kept from a whole login record on, and the part says how many stayed."""
        (host / "var/log/wtmp").write_bytes(bytes(range(256)) * 100)
        view = HostView(host, part_limit=10_000)

        log = raw_log(view, host / "var/log/wtmp", "utmp")

        assert log is not None
        assert b"".join(log.chunks()) == (bytes(range(256)) * 100)[19_200:]
        assert log.notes == ("the first 19200 of 25600 bytes were left on the host",)


class TestAnswers:
    def test_come_in_chunks(self) -> None:
        """A long answer is kept out of memory and offered piece by piece."""
        chunks = HostView(Path("/")).long_answer("head", "-c", "200000", "/dev/zero")

        assert chunks is not None
        assert [len(chunk) for chunk in chunks()] == [65536, 65536, 65536, 3392]

    @pytest.mark.parametrize("command", [("true",), ("false",), ("no-such-program",)])
    def test_are_none_without_output(self, command: tuple[str, ...]) -> None:
        """Nothing said, a failure, or a program that isn't there is no answer."""
        assert HostView(Path("/")).long_answer(*command) is None

    def test_are_never_asked_of_a_copy(self, host: Path) -> None:
        """A copied tree is only looked at: no command of this machine speaks for it."""
        assert HostView(host).long_answer("echo", "hello") is None
        assert HostView(host).answer("echo", "hello") is None


class TestEnvelope:
    def test_says_whose_it_is(self, host: Path, tmp_path: Path) -> None:
        """Name, zone, architecture and system come from the host; its machine id does not leave it."""
        _, envelope = collect(host, tmp_path / "a")

        told = envelope.manifest.host
        assert (told.name, told.architecture, told.system) == (
            "srv1",
            "amd64",
            "Debian GNU/Linux 12 (bookworm)",
        )
        assert len(told.machine) == 64
        assert envelope.manifest.zone == "America/Los_Angeles"

    def test_follows_the_one_before(self, host: Path, tmp_path: Path) -> None:
        """With --after the sequence goes on and the earlier envelope is cited."""
        _, first = collect(host, tmp_path / "a")
        _, second = collect(host, tmp_path / "b", "--after", str(tmp_path / "a"))

        assert (first.manifest.sequence, second.manifest.sequence) == (1, 2)
        assert second.manifest.previous == envelope_digest(first.manifest)

    def test_records_a_probe_that_fails(
        self, host: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A probe that breaks costs only its own part: it is named in the envelope, and the exit says incomplete."""
        (host / "proc/net/tcp").write_text("  sl\n   0: ZZZZ:1538 0 0A 0 0 0 0 0 1\n")

        code, envelope = collect(host, tmp_path / "a")

        assert code == 3
        assert any(
            error.startswith("probe ports failed: ValueError") for error in envelope.manifest.errors
        )
        assert "snapshot/ports" not in envelope.payloads
        assert len(envelope.payloads) == len(SNAPSHOT_PROBES) - 1 + 6
        assert "probe ports failed" in capsys.readouterr().err

    def test_leaves_the_host_as_it_was(self, host: Path, tmp_path: Path) -> None:
        """Nothing below the root is written, renamed or removed."""
        before = {path: path.lstat().st_mtime_ns for path in host.rglob("*")}

        collect(host, tmp_path / "a")

        assert {path: path.lstat().st_mtime_ns for path in host.rglob("*")} == before

    def test_is_for_its_owner_only(self, host: Path, tmp_path: Path) -> None:
        """What a host tells is nobody else's business: the file is readable by its owner alone."""
        collect(host, tmp_path / "a")

        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


class TestMain:
    def test_writes_nothing_where_it_cannot(
        self, host: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A folder that isn't there is exit 4 with what to do; nothing is left behind."""
        code = main(["--once", "--root", str(host), "--output", str(tmp_path / "absent" / "a")])

        assert code == 4
        assert "name a folder that exists" in capsys.readouterr().err

    def test_refuses_to_follow_what_is_not_an_envelope(self, host: Path, tmp_path: Path) -> None:
        """A wrong --after is exit 4 and leaves no envelope, not half of one either."""
        with zipfile.ZipFile(tmp_path / "other", "w") as other:
            other.writestr("x", io.BytesIO(b"y").getvalue())

        code = main(
            [
                "--once",
                "--root",
                str(host),
                "--output",
                str(tmp_path / "a"),
                "--after",
                str(tmp_path / "other"),
            ]
        )

        assert code == 4
        assert sorted(path.name for path in tmp_path.iterdir()) == ["host", "other"]

    def test_keeps_the_earlier_envelope_when_it_fails(self, host: Path, tmp_path: Path) -> None:
        """An output that cannot be replaced is left as it was."""
        (tmp_path / "a").mkdir()

        code = main(["--once", "--root", str(host), "--output", str(tmp_path / "a")])

        assert code == 4
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "host"]

    def test_needs_to_be_told_what_to_do(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without --once and --output it says how, and exits 2."""
        with pytest.raises(SystemExit) as stopped:
            main([])

        assert stopped.value.code == 2
        assert "--once and --output FILE" in capsys.readouterr().err

    def test_prints_what_each_probe_never_collects(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Every probe has a spec anyone can read before letting it in."""
        assert main(["--specs"]) == 0

        printed = capsys.readouterr().out
        for spec in (
            *(probe.spec for probe in SNAPSHOT_PROBES),
            *(probe.spec for probe in LOG_PROBES),
        ):
            assert f"{spec.name} {spec.version}" in printed
            assert spec.never in printed
