"""Chosen configuration files by digest, with mode, owner and the time their inode last changed; never their text."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from groundrules_collector.host import HostView, changed_at, digest_of, mode_and_owner
from groundrules_collector.probe import Item, SnapshotProbe, Spec
from groundrules_collector.probes.accounts import shadow_items

SPEC = Spec(
    name="config-files",
    version="1",
    kinds=("config file",),
    collects=(
        "SHA-256, mode, owner and change time of sudoers, ssh server, PAM, apt, hosts and fstab files and of those "
        "named with --config; the fingerprints of the public keys in every account's authorized_keys; when "
        "/etc/shadow was last written"
    ),
    never="the text of any file, private keys, the comments or options of authorized keys, a digest of /etc/shadow",
    columns=(
        ("key", "path on the host; /etc/shadow is there with mode, owner and change time only"),
        ("sha256", "digest of its bytes"),
        ("mode", "octal permissions"),
        ("owner", "uid:gid"),
        ("keys", "authorized_keys only: fingerprints as ssh-keygen -l prints them, in order"),
    ),
)
CHOSEN = (
    "/etc/sudoers",
    "/etc/sudoers.d/*",
    "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d/*",
    "/etc/pam.d/*",
    "/etc/apt/sources.list",
    "/etc/apt/sources.list.d/*",
    "/etc/yum.repos.d/*",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/fstab",
    "/etc/audit/auditd.conf",
    "/etc/audit/rules.d/*",
)
NEVER_DIGESTED = ("/etc/shadow", "/etc/gshadow", "/etc/shadow-", "/etc/gshadow-")
HOME_FIELD = 5
BLOB_PREFIX = "AAAA"


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every chosen file that exists, then every authorized_keys file."""
    yield from shadow_items(view)
    chosen = {path for pattern in (*CHOSEN, *view.config_files) for path in view.files(pattern)}
    for path in sorted(chosen):
        if view.shown(path) not in NEVER_DIGESTED:
            yield from _described(view, path, lambda _: {})
    for path in _key_files(view):
        yield from _described(view, path, lambda keys: {"keys": ",".join(fingerprints(keys))})


def _described(
    view: HostView, path: Path, more: Callable[[Path], dict[str, str]]
) -> Iterator[Item]:
    try:
        attributes = {"sha256": digest_of(path), **mode_and_owner(path), **more(path)}
        yield Item("config file", view.shown(path), attributes, changed_at(path))
    except OSError as error:
        view.unreadable(view.shown(path), error)


def _key_files(view: HostView) -> list[Path]:
    homes = {
        line.split(":")[HOME_FIELD]
        for line in view.lines("/etc/passwd")
        if line.count(":") > HOME_FIELD
    }
    found = [
        path
        for home in sorted(homes)
        if home
        for path in view.files(f"{home}/.ssh/authorized_keys*")
    ]
    return sorted(set(found))


def fingerprints(path: Path) -> list[str]:
    """This function will return `SHA256:…` for each public key in an authorized_keys file, and look at nothing else."""
    found: list[str] = []
    for line in path.read_text("utf-8", "replace").splitlines():
        if line.lstrip().startswith("#"):
            continue
        blob = next((word for word in line.split() if word.startswith(BLOB_PREFIX)), "")
        try:
            raw = base64.b64decode(blob, validate=True)
        except binascii.Error:
            continue
        if raw:
            found.append(
                "SHA256:" + base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
            )
    return found


PROBE = SnapshotProbe(SPEC, items)
