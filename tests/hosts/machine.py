"""A machine: a host whose first process is systemd itself, so that its units start, fail and come back after a reboot.

It boots from `scripts/host-image machine` on an overlay, in namespaces and a control group of its own. What it writes
outlives a reboot, and so do its address and its plug in the switch; processes, mounts and /run do not. The kernel is
this machine's: what would change it (clock, modules, /proc/sys) is taken away first. Each boot has an id of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts.lab import ROOT, Host, Lab, plug, run
from tests.patience import PATIENCE, until

# Runs before systemd, in the machine's namespaces: lays its mounts, changes into its root and hands over.
_BOOT = """set -e
root=$1 name=$2
mount --make-rprivate /
mount -t proc proc $root/proc
mount --bind $root/proc/sys $root/proc/sys
mount -o remount,bind,ro $root/proc/sys
cat /proc/sys/kernel/random/uuid >$root/../boot-id
mount --bind $root/../boot-id $root/proc/sys/kernel/random/boot_id
mount -t sysfs -o ro sysfs $root/sys
mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs $root/run
mount -t tmpfs -o mode=755 tmpfs $root/dev
for node in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 $root/dev/${node%:*} c 1 ${node#*:}
done
mknod -m 666 $root/dev/tty c 5 0
mkdir $root/dev/pts $root/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts $root/dev/pts
mount -t tmpfs -o mode=1777 tmpfs $root/dev/shm
ln -s pts/ptmx $root/dev/ptmx
ln -s /proc/self/fd $root/dev/fd
hostname $name
cd $root
pivot_root . mnt
umount -l /mnt
exec setpriv --bounding-set -sys_module,-sys_time,-sys_rawio,-syslog,-mac_admin,-mac_override,-wake_alarm \\
    env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=console --show-status=no
"""
# How the first process of namespaces ends tells what it asked the kernel for: SIGHUP a reboot, SIGINT to stop.
_REBOOT = -signal.SIGHUP


@dataclass
class Machine(Host):
    """One running machine; `boots` counts how often it came up, and `pid` is its present first process."""

    folder: Path
    network: str
    group: Path
    boots: int = 0
    _running: subprocess.Popen[bytes] | None = None
    _over: threading.Event = field(default_factory=threading.Event)
    _may_boot: threading.Event = field(default_factory=threading.Event)

    @property
    def is_off(self) -> bool:
        """Whether nothing of the machine runs."""
        return self._running is not None and self._running.poll() is not None

    def stay_off(self) -> None:
        """This function will have the machine stay off when it asks for a reboot, as one with a broken disk would."""
        self._may_boot.clear()

    def come_back(self) -> None:
        """This function will boot a machine that stayed off, as somebody who stands before it would."""
        before = self.boots
        self._may_boot.set()
        self.wait_for_boot(before + 1)

    def reboot(self) -> None:
        """This function will have systemd reboot the machine, and wait until it is up again."""
        before = self.boots
        self.run("systemctl", "reboot", check=False)
        self.wait_for_boot(before + 1)

    def wait_for_boot(self, count: int) -> None:
        """This function will wait until the machine has come up so many times and started all it starts."""
        until(lambda: self.boots >= count, lambda: f"{self.name} did not boot: {self._console()}")
        until(
            lambda: "running" in self.run("systemctl", "is-system-running", check=False),
            lambda: (
                f"{self.name} is not up: {self.run('systemctl', '--failed', '--no-pager', check=False)}"
            ),
        )

    def says_active(self, unit: str) -> str:
        """This function will return what systemd says of a unit: active, failed, inactive, activating."""
        return self.run("systemctl", "is-active", unit, check=False).strip()

    def shows(self, unit: str, part: str) -> str:
        """This function will return one property of a unit, as systemd has it."""
        return self.run("systemctl", "show", unit, "--value", "--property", part).strip()

    def journal(self, unit: str) -> str:
        """This function will return what a unit wrote, the newest boot's."""
        return self.run(
            "journalctl", "--boot", "--unit", unit, "--no-pager", "--output", "cat", check=False
        )

    def power_on(self) -> None:
        """This function will boot the machine, and boot it again whenever it asks for it, until `power_off`."""
        self._may_boot.set()
        threading.Thread(target=self._keep, daemon=True).start()
        self.wait_for_boot(1)

    def power_off(self) -> None:
        """This function will take the power away: nothing of the machine is asked, everything in it ends at once."""
        self._over.set()
        self._may_boot.set()
        if self._running is not None:
            self._running.kill()
            self._running.wait(PATIENCE)

    def _keep(self) -> None:
        """Boots once and again: systemd ends its first process in a way that tells whether a reboot was asked for."""
        while not self._over.is_set():
            with (self.folder / "console.log").open("ab") as console:
                if self._boot(console.fileno()).wait() != _REBOOT:
                    return
            self._may_boot.wait()

    def _boot(self, console: int) -> subprocess.Popen[bytes]:
        self._running = process = _booted(self, console)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        until(
            lambda: bool(children.read_text().split()) or process.poll() is not None,
            f"{self.name} started nothing",
        )
        self.pid = int(children.read_text().split()[0])
        asks = ("systemctl", "is-system-running")
        until(
            lambda: process.poll() is not None or self.run(*asks, check=False).strip() != "",
            f"the systemd of {self.name} does not answer",
        )
        self.boots += 1
        return process

    def _console(self) -> str:
        log = self.folder / "console.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else "no console yet"


def _booted(machine: Machine, console: int) -> subprocess.Popen[bytes]:
    """Starts the first process in a control group of its own: systemd owns what is below it, and nothing above."""
    words = (
        "nsenter",
        f"--net={machine.network}",
        "unshare",
        *("--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"),
        *("/bin/bash", "-c", _BOOT, "boot", str(machine.root), machine.name),
    )
    entered = (
        "/bin/sh",
        "-c",
        'echo $$ >"$0/cgroup.procs" && exec "$@"',
        str(machine.group),
        *words,
    )
    return subprocess.Popen(
        entered, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT
    )


def machine_image() -> Path:
    """This function will return the image machines boot from, building it when it is not there."""
    built = subprocess.run(
        [ROOT / "scripts" / "host-image", "machine"], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return Path(built.stdout.strip().splitlines()[-1])


def _emptied(group: Path) -> bool:
    """Removes what is left of a control group whose processes were killed; False while one is still ending."""
    try:
        for part in sorted((p for p in group.rglob("*") if p.is_dir()), reverse=True):
            part.rmdir()
        group.rmdir()
    except OSError:
        return not group.exists()
    return True


@contextmanager
def control_group(folder: Path, name: str) -> Iterator[Path]:
    """This function will make a control group, wherever this system keeps them, and remove what is left in it."""
    mounted = folder / "cgroup"
    mounted.mkdir()
    run("mount", "-t", "cgroup2", "cgroup2", str(mounted))
    group = mounted / name
    try:
        group.mkdir()
        yield group
    finally:
        (group / "cgroup.kill").write_text("1")
        until(lambda: _emptied(group), f"{group} is still in use")
        run("umount", "-l", str(mounted), check=False)


@contextmanager
def machine_on(folder: Path, name: str, address: str, network: str) -> Iterator[Machine]:
    """This function will give a machine a disk and a place in a network namespace (by its file), switched off."""
    image = machine_image()
    place = folder / name
    place.mkdir()
    with ExitStack() as undo:
        run("mount", "-t", "tmpfs", "-o", "size=2g", "groundrules-lab", str(place))
        undo.callback(run, "umount", "-l", str(place), check=False)
        for part in ("root", "upper", "work"):
            (place / part).mkdir()
        options = f"lowerdir={image},upperdir={place / 'upper'},workdir={place / 'work'}"
        run("mount", "-t", "overlay", "overlay", "-o", options, str(place / "root"))
        undo.callback(run, "umount", "-l", str(place / "root"), check=False)
        (place / "root" / "etc" / "hostname").write_text(f"{name}\n")
        (place / "root" / "etc" / "hosts").write_text(f"127.0.0.1 localhost {name}\n")
        group = undo.enter_context(control_group(place, f"groundrules-{name}-{os.getpid()}"))
        machine = Machine(name, address, place / "root", 0, place, network, group)
        undo.callback(machine.power_off)
        yield machine


def add_machine(made: Lab, name: str) -> Machine:
    """This function will boot one more host of a lab as a machine: on the same switch, and reached by sshd."""
    address, network = made.next_address(), f"{made.tag}-{name}"
    run("ip", "netns", "add", network)
    made.undo.callback(run, "ip", "netns", "delete", network, check=False)
    run(*made.network(name), "ip", "link", "set", "lo", "up")
    plug(made, network, name, address)
    place = machine_on(made.folder, name, address, f"/run/netns/{network}")
    machine = made.undo.enter_context(place)
    run("chroot", str(machine.root), "ssh-keygen", "-q", "-A")
    machine.power_on()
    made.hosts[name] = machine
    return machine
