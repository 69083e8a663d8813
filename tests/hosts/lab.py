"""A lab: real Debian hosts on one machine, each in namespaces of its own, joined by a network nobody else is on.

A host is the image of `scripts/host-image` under an overlay in memory, with its own processes, name and address,
running rsyslogd and sshd. Groundrules and the vendors reach it from two further network namespaces.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "10.213.7"
MSP, VENDOR, STRANGER = f"{PREFIX}.2", f"{PREFIX}.66", f"{PREFIX}.99"

# What a host runs as its first process: it mounts, starts the logger and sshd, and waits.
_INIT = """set -e
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd /run/lock
hostname "$1"
echo "127.0.0.1 localhost $1" >/etc/hosts
ip link set lo up
[ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
printf '%s\\n' 'module(load="imuxsock")' '*.* /var/log/all.log' 'auth,authpriv.* /var/log/auth.log' >/etc/rsyslog.conf
rsyslogd -n &
/usr/sbin/sshd -D &
touch /run/ready
while :; do sleep 3600 & wait $! || :; done
"""


def require_lab() -> Path:
    """This function will return the host image, or skip (fail in CI) where no host can be started."""
    reason = "" if os.geteuid() == 0 else "needs root: it makes namespaces and mounts"
    tools = ("unshare", "nsenter", "ip", "debootstrap", "ssh", "ssh-keygen")
    missing = [tool for tool in tools if shutil.which(tool) is None]
    reason = reason or (f"needs {', '.join(missing)}" if missing else "")
    if reason and not os.environ.get("CI"):
        pytest.skip(reason)
    assert not reason, f"the hosts' lab cannot run in CI: {reason}"
    built = subprocess.run(
        [ROOT / "scripts" / "host-image"], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return Path(built.stdout.strip().splitlines()[-1])


@dataclass
class Host:
    """One running host. `enter` is how a command is run inside it as root."""

    name: str
    address: str
    root: Path
    pid: int

    @property
    def enter(self) -> tuple[str, ...]:
        """The words that run a command inside the host."""
        return (
            "nsenter",
            "-t",
            str(self.pid),
            "-a",
            "-r",
            "-w",
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root",
            "LC_ALL=C",
        )

    def run(self, *command: str, sent: str = "", check: bool = True) -> str:
        """This function will run a command inside the host as root and return what it printed."""
        return run(*self.enter, *command, sent=sent, check=check)

    def says(self, path: str) -> str:
        """This function will return a file of the host."""
        return self.run("cat", path)


@dataclass
class Lab:
    """Hosts and the namespaces that reach them."""

    folder: Path
    image: Path
    hosts: dict[str, Host] = field(default_factory=dict)
    undo: ExitStack = field(default_factory=ExitStack)

    @property
    def tag(self) -> str:
        """What tells this lab's namespaces from another's."""
        return f"gr{os.getpid()}"

    def network(self, name: str) -> tuple[str, ...]:
        """This function will return the words that run a command in a network namespace of the lab."""
        return ("ip", "netns", "exec", f"{self.tag}-{name}")

    def next_address(self) -> str:
        """This function will return the address of the next host."""
        return f"{PREFIX}.{10 + len(self.hosts)}"

    def add_host(self, name: str) -> Host:
        """This function will start one more host."""
        host = self.undo.enter_context(_host(self, name, self.next_address()))
        self.hosts[name] = host
        return host


def run(*command: str, sent: str = "", check: bool = True, seconds: float = PATIENCE) -> str:
    """This function will run a command and return what it printed; a failure fails the test with all of it."""
    done = subprocess.run(
        command, input=sent, capture_output=True, text=True, check=False, timeout=seconds
    )
    if check and done.returncode != 0:
        pytest.fail(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
    return done.stdout


@contextmanager
def lab(folder: Path, hosts: Sequence[str]) -> Iterator[Lab]:
    """This function will start hosts by name, and leave nothing of them behind."""
    image = require_lab()
    made = Lab(folder, image)
    with made.undo as undo:
        undo.enter_context(_network(made))
        for name in hosts:
            made.add_host(name)
        yield made


@contextmanager
def _network(made: Lab) -> Iterator[None]:
    """A switch in a namespace of its own, with the provider, a vendor and a stranger on it."""
    names = ("switch", "msp", "vendor", "stranger")
    try:
        for name in names:
            run("ip", "netns", "add", f"{made.tag}-{name}")
            run(*made.network(name), "ip", "link", "set", "lo", "up")
        run(*made.network("switch"), "ip", "link", "add", "br0", "type", "bridge")
        run(*made.network("switch"), "ip", "link", "set", "br0", "up")
        for name, address in (("msp", MSP), ("vendor", VENDOR), ("stranger", STRANGER)):
            plug(made, f"{made.tag}-{name}", name, address)
        yield
    finally:
        for name in names:
            run("ip", "netns", "delete", f"{made.tag}-{name}", check=False)


def plug(made: Lab, namespace: str, port: str, address: str) -> None:
    """This function will join a network namespace (by name, or by process) to the switch."""
    switch = made.network("switch")
    run(
        *switch,
        "ip",
        "link",
        "add",
        f"p-{port}"[:15],
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        namespace,
    )
    run(*switch, "ip", "link", "set", f"p-{port}"[:15], "master", "br0", "up")
    inside = (
        ("nsenter", "-t", namespace, "-n")
        if namespace.isdecimal()
        else ("ip", "netns", "exec", namespace)
    )
    run(*inside, "ip", "address", "add", f"{address}/24", "dev", "eth0")
    run(*inside, "ip", "link", "set", "eth0", "up")


@contextmanager
def _host(made: Lab, name: str, address: str) -> Iterator[Host]:
    place = made.folder / name
    place.mkdir()
    root = place / "root"
    with ExitStack() as undo:
        run("mount", "-t", "tmpfs", "-o", "size=1g", "groundrules-lab", str(place))
        undo.callback(run, "umount", "-l", str(place), check=False)
        for part in ("root", "upper", "work"):
            (place / part).mkdir()
        options = f"lowerdir={made.image},upperdir={place / 'upper'},workdir={place / 'work'}"
        run("mount", "-t", "overlay", "overlay", "-o", options, str(root))
        undo.callback(run, "umount", "-l", str(root), check=False)
        _devices(root)
        log = undo.enter_context((place / "init.log").open("wb"))
        process = subprocess.Popen(
            [
                "unshare",
                "--mount",
                "--pid",
                "--net",
                "--uts",
                "--ipc",
                "--cgroup",
                "--fork",
                "--kill-child",
                "--root",
                str(root),
                "/bin/sh",
                "-c",
                _INIT,
                "init",
                name,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        undo.callback(_stop, process)
        pid = _first_process(process)
        plug(made, str(pid), name, address)
        host = Host(name, address, root, pid)
        until(
            lambda: "ready" in host.run("ls", "/run", check=False),
            lambda: f"{name} did not start: {(place / 'init.log').read_text()}",
        )
        until(
            lambda: bool(host.run("pgrep", "-x", "sshd", check=False)),
            f"sshd of {name} did not start",
        )
        yield host


def _devices(root: Path) -> None:
    for name, minor in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
        run("mknod", "-m", "666", str(root / "dev" / name), "c", "1", str(minor), check=False)
    run("mknod", "-m", "666", str(root / "dev" / "tty"), "c", "5", "0", check=False)
    (root / "dev" / "pts").mkdir(exist_ok=True)
    run(
        "mount",
        "-t",
        "devpts",
        "-o",
        "newinstance,ptmxmode=0666,mode=620,gid=5",
        "devpts",
        str(root / "dev" / "pts"),
    )
    with suppress(FileExistsError):
        (root / "dev" / "ptmx").symlink_to("pts/ptmx")


def _first_process(process: subprocess.Popen[bytes]) -> int:
    """The host's own first process: the child that unshare forked."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until(lambda: bool(children.read_text().split()), "unshare started nothing")
    return int(children.read_text().split()[0])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(PATIENCE)
