"""A really logged-in account on the machine the test runs on, and everything put back afterwards.

A private sshd on loopback with its own keys and port, a throwaway account that may run apt-get through sudo, and, where
no system logger listens, a small one that writes down what sshd, sudo and useradd say.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.loopback import free_port
from tests.patience import PATIENCE, until

APT = ("apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=240")
SMALL_PACKAGES = ("hello", "sl", "cowsay")
DEV_LOG = Path("/dev/log")
# sudo refuses to go where root has no password; it only goes here when this test brought it.
ENVIRONMENT = {
    **os.environ,
    "DEBIAN_FRONTEND": "noninteractive",
    "LC_ALL": "C",
    "SUDO_FORCE_REMOVE": "yes",
}


def require_live_host() -> None:
    """This function will skip, or fail in CI, where packages cannot be installed for real."""
    missing = [tool for tool in ("apt-get", "dpkg-query", "useradd") if shutil.which(tool) is None]
    reason = f"needs {', '.join(missing)}" if missing else ""
    reason = reason or (
        "" if os.geteuid() == 0 else "needs root: it installs a package and adds an account"
    )
    if reason and os.environ.get("CI"):
        pytest.fail(f"the live host test cannot run in CI: {reason}")
    if reason:
        pytest.skip(reason)


def run(*command: str, check: bool = True) -> str:
    """This function will run a program of this machine and return what it printed."""
    done = subprocess.run(
        command, capture_output=True, text=True, env=ENVIRONMENT, check=False, timeout=500
    )
    if check and done.returncode != 0:
        pytest.fail(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
    return done.stdout


def is_installed(package: str) -> bool:
    """This function will say whether dpkg has the package installed."""
    return run("dpkg-query", "-W", "-f", "${Status}", package, check=False).endswith("ok installed")


def version_of(package: str) -> str:
    """This function will return the version apt would install."""
    found = re.search(r"Candidate: (\S+)", run("apt-cache", "policy", package))
    assert found, f"apt knows no {package}"
    return found[1]


@contextmanager
def packages_present(*wanted: str) -> Iterator[None]:
    """This function will install what is missing and purge exactly that afterwards."""
    missing = [package for package in wanted if not is_installed(package)]
    added: list[str] = []
    try:
        if missing:
            with no_services_started():
                if subprocess.run(
                    [*APT, "-s", "install", *missing], capture_output=True, check=False
                ).returncode:
                    run(*APT, "update")
                plan = run(*APT, "--no-install-recommends", "-s", "install", *missing)
                added = re.findall(r"^Inst (\S+) \(", plan, re.MULTILINE)
                run(*APT, "--no-install-recommends", "install", *missing)
        yield
    finally:
        if added:
            run(*APT, "purge", *added)


@contextmanager
def no_services_started() -> Iterator[None]:
    """This function will keep a package's own daemon from starting while it is installed."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


@contextmanager
def system_log(folder: Path) -> Iterator[Path | None]:
    """This function will write down what is sent to /dev/log; None where the host has a logger of its own."""
    if DEV_LOG.exists():
        yield None
        return
    path = folder / "messages.log"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(str(DEV_LOG))
    DEV_LOG.chmod(0o666)
    writer = threading.Thread(target=_write_down, args=(server, path), daemon=True)
    writer.start()
    try:
        yield path
    finally:
        server.sendto(b"", str(DEV_LOG))
        writer.join(PATIENCE)
        server.close()
        DEV_LOG.unlink()


def _write_down(server: socket.socket, path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        while datagram := server.recv(65536):
            file.write(datagram.rstrip(b"\0\n") + b"\n")


@dataclass(frozen=True)
class LoggedIn:
    """A throwaway account that can log in through the private sshd, and the fingerprint of its key."""

    account: str
    uid: str
    fingerprint: str
    login: tuple[str, ...]
    auth_log: Path | None

    def say(self, command: str) -> str:
        """This function will log in over ssh with a terminal, run the command, and log out."""
        return run(*self.login, command)


@contextmanager
def logged_in_account(folder: Path) -> Iterator[LoggedIn]:
    """This function will make the account and its sshd, and take both away again."""
    account = f"rogue{os.getpid()}"
    with ExitStack() as undo:
        auth_log = undo.enter_context(system_log(folder))
        run("useradd", "--create-home", "--shell", "/bin/sh", account)
        undo.callback(_remove_account, account)
        sudoers = Path(f"/etc/sudoers.d/groundrules-{account}")
        undo.callback(sudoers.unlink, missing_ok=True)
        sudoers.write_text(f"{account} ALL=(root) NOPASSWD: /usr/bin/apt-get\n")
        sudoers.chmod(0o440)
        fingerprint = _make_keys(folder, account)
        port = free_port()
        undo.enter_context(_sshd(folder, account, port))
        yield LoggedIn(
            account,
            str(pwd.getpwnam(account).pw_uid),
            fingerprint,
            _ssh(folder, account, port),
            auth_log,
        )


def _remove_account(account: str) -> None:
    run("userdel", "--remove", "--force", account, check=False)


def _make_keys(folder: Path, account: str) -> str:
    for name in ("host_key", "user_key"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    home = Path(pwd.getpwnam(account).pw_dir)
    keys = home / ".ssh" / "authorized_keys"
    keys.parent.mkdir(mode=0o700)
    keys.write_text((folder / "user_key.pub").read_text())
    for path in (keys.parent, keys):
        shutil.chown(path, account, account)
    keys.chmod(0o600)
    return run("ssh-keygen", "-l", "-f", str(folder / "user_key.pub")).split()[1]


@contextmanager
def _sshd(folder: Path, account: str, port: int) -> Iterator[None]:
    separation = Path("/run/sshd")
    made = not separation.exists()
    separation.mkdir(mode=0o755, exist_ok=True)
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host_key\nPidFile none\nUsePAM yes\n"
        f"AllowUsers {account}\nPasswordAuthentication no\nPermitRootLogin no\n"
    )
    server = subprocess.Popen([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", str(config)])
    try:
        until(lambda: _listens(port, server), "sshd did not listen")
        yield
    finally:
        server.terminate()
        server.wait(PATIENCE)
        if made:
            separation.rmdir()


def _listens(port: int, server: subprocess.Popen[bytes]) -> bool:
    assert server.poll() is None, "sshd ended before it listened"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as open_port:
            return bool(open_port.recv(64))
    except OSError:
        return False


def _ssh(folder: Path, account: str, port: int) -> tuple[str, ...]:
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
    options = (
        f"UserKnownHostsFile={known}",
        "BatchMode=yes",
        f"IdentityFile={folder / 'user_key'}",
        "IdentitiesOnly=yes",
    )
    chosen = [word for option in options for word in ("-o", option)]
    return ("ssh", "-tt", "-q", "-p", str(port), *chosen, f"{account}@127.0.0.1")


def collect(output: Path, after: Path | None, auth_log: Path | None) -> bytes:
    """This function will run the collector as anyone would, and return the envelope it wrote."""
    more = [] if after is None else ["--after", str(after)]
    more += [] if auth_log is None else ["--auth-log", str(auth_log)]
    command = [
        sys.executable,
        "-m",
        "groundrules_collector",
        "--once",
        "--output",
        str(output),
        *more,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 3}, done.stderr
    return output.read_bytes()
