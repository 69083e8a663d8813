"""What an application needs: watched on this very machine, and in copied trees for packages and units."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from groundrules_collector.host import HostView
from groundrules_collector.main import main
from groundrules_collector.needs import NothingToWatch, Seen, Wanted, components, source_of, watch
from groundrules_collector.needs_packages import declared, owners_of

HERE = HostView(Path("/"))
_APPLICATION = """
import socket, sys
kept = open(sys.argv[1]); log = open(sys.argv[2], "w")
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
print("ready", flush=True)
sys.stdin.read()
"""

_CLIENT = """
import socket, sys
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
sys.stdin.read()
"""


def _no_pause() -> None:
    """Look again at once."""


@contextmanager
def application(tmp_path: Path) -> Iterator[int]:
    """A process that holds one file for reading and one for writing."""
    read, written = tmp_path / "settings.ini", tmp_path / "application.log"
    read.write_text("colour = blue")
    with subprocess.Popen(
        [sys.executable, "-c", _APPLICATION, str(read), str(written)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        yield running.pid


class TestWatch:
    def test_sees_what_is_held_open_and_not_what_is_only_written(self, tmp_path: Path) -> None:
        """The settings file is needed; the log is not; the interpreter and its libraries are."""
        with application(tmp_path) as pid:
            seen = watch(HERE, Wanted(pid=pid), looks=2, pause=_no_pause)

        assert seen.looks == 2
        assert str(tmp_path / "settings.ini") in seen.files
        assert str(tmp_path / "application.log") not in seen.files
        assert str(Path(sys.executable).resolve()) in seen.programs
        assert any("libc" in path for path in seen.files)

    def test_counts_a_client_of_ours_as_no_need(self, tmp_path: Path) -> None:
        """The connection it made to its own port leads to nobody else."""
        with application(tmp_path) as pid:
            seen = watch(HERE, Wanted(pid=pid), looks=1, pause=_no_pause)

        assert seen.peers == set()

    def test_follows_a_connection_to_the_program_that_listens(self) -> None:
        """A listener of another process is what it needs, by the program that holds the port."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            with subprocess.Popen(
                [sys.executable, "-c", _CLIENT, port],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            ) as client:
                assert client.stdout is not None
                client.stdout.readline()
                seen = watch(HERE, Wanted(pid=client.pid), looks=1, pause=_no_pause)

        assert seen.peers == {str(Path(sys.executable).resolve())}

    def test_refuses_when_nothing_is_running(self) -> None:
        """The message names what was asked for."""
        with pytest.raises(NothingToWatch, match="unit no-such-thing"):
            watch(HERE, Wanted(unit="no-such-thing"), looks=1, pause=_no_pause)

    def test_names_the_source_of_a_compiled_file(self) -> None:
        """A package lists the source; the compiled copy would belong to nobody."""
        copy = "/usr/lib/python3/dist-packages/lxml/__pycache__/etree.cpython-311.pyc"

        assert source_of(copy) == "/usr/lib/python3/dist-packages/lxml/etree.py"
        assert source_of("/etc/lob.conf") == "/etc/lob.conf"


def tree(root: Path) -> HostView:
    """A copied tree with two packages and one service unit."""
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (info / "python3-lxml:amd64.list").write_text("/usr/lib/python3/dist-packages/lxml/etree.py\n")
    (info / "libssl3:amd64.list").write_text("/lib/libssl.so.3\n")
    (root / "var/lib/dpkg/status").write_text(
        "Package: lob\nDepends: python3-lxml (>= 4), postgresql:any | mariadb-server\n\nPackage: other\nDepends: bash\n"
    )
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    (units / "lob.service").write_text(
        "[Unit]\nRequires=redis-server.service network.target\n[Service]\nEnvironmentFile=-/etc/lob.env\n"
    )
    return HostView(root)


class TestPackages:
    def test_name_the_owner_of_a_file(self, tmp_path: Path) -> None:
        """A merged /usr is followed both ways; a file nobody owns has no owner."""
        files = ["/usr/lib/python3/dist-packages/lxml/etree.py", "/usr/lib/libssl.so.3", "/etc/x"]

        owners = owners_of(tree(tmp_path), files)

        assert owners == {files[0]: "python3-lxml", files[1]: "libssl3"}

    def test_declare_what_they_depend_on(self, tmp_path: Path) -> None:
        """Of alternatives the first; units and settings files beside packages; targets are no need."""
        found = list(declared(tree(tmp_path), {"lob"}, "lob"))

        assert [(what, where.partition(":")[0]) for _, what, where in found] == [
            ("python3-lxml", "package manager"),
            ("postgresql", "package manager"),
            ("redis-server", "service"),
            ("/etc/lob.env", "configuration"),
        ]

    def test_make_one_component_of_many_files(self, tmp_path: Path) -> None:
        """A library held open is named by its package, with the file that was seen."""
        seen = Seen(files={"/usr/lib/libssl.so.3", "/srv/lob/data"}, programs={"/srv/lob/lob"})

        found = components(tree(tmp_path), seen)

        assert found["libssl3"] == "held /usr/lib/libssl.so.3 open"
        assert found["/srv/lob/lob"] == "ran /srv/lob/lob"


class TestCommand:
    def test_writes_a_report_without_contents(self, tmp_path: Path) -> None:
        """Names of files and packages, how often it looked, and nothing of what the files hold."""
        report = tmp_path / "needs.json"
        with application(tmp_path) as pid:
            words = ["needs", "--pid", str(pid), "--application", "LOB", "--output", str(report)]
            ended = main([*words, "--seconds", "0", "--every", "0"])

        told = json.loads(report.read_bytes())
        assert ended == 0
        assert (told["application"], told["looks"]) == ("LOB", 1)
        assert {edge["grade"] for edge in told["edges"]} <= {"observed", "declared"}
        assert any(edge["component"].endswith("settings.ini") for edge in told["edges"])
        assert "blue" not in report.read_text()

    def test_refuses_what_is_not_running(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A numbered exit, a sentence, and no file."""
        report = tmp_path / "needs.json"
        words = ["needs", "--process", "no-such-thing", "--application", "LOB"]

        ended = main([*words, "--output", str(report), "--seconds", "0"])

        assert ended == 5
        assert "is it running?" in capsys.readouterr().err
        assert not report.exists()
