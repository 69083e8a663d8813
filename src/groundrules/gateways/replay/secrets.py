"""Which files of a restored tree hold secrets, and are emptied before anything in the copy is started."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

PATTERNS: tuple[str, ...] = (
    "etc/shadow*",
    "etc/gshadow*",
    "etc/ssh/ssh_host_*_key",
    "etc/ssl/private/*",
    "etc/letsencrypt/*/*.pem",
    "etc/krb5.keytab",
    "etc/wireguard/*",
    "etc/openvpn/*.key",
    "etc/NetworkManager/system-connections/*",
    "etc/samba/smbpasswd",
    "var/lib/samba/private/*",
    "root/*_history",
    "home/*/*_history",
)
_NAMES = frozenset(
    (".pgpass", ".my.cnf", ".netrc", ".git-credentials", "id_rsa", "id_ecdsa", "id_ed25519")
)
_FOLDERS = frozenset((".ssh", ".gnupg", ".aws", ".azure", ".kube"))
_ROOTS = ("etc", "root", "home", "var/lib/samba/private", "srv", "opt", "var/www")
_BEGINS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def secrets_in(tree: Path, keep: Iterable[str] = ()) -> tuple[str, ...]:
    """This function will list the secret files under a tree, by place, by name, and by a private key's first line."""
    kept = tuple(keep)
    found = (
        path.relative_to(tree).as_posix()
        for root in _ROOTS
        for path in sorted((tree / root).rglob("*"))
        if path.is_file() and not path.is_symlink()
    )
    return tuple(
        place
        for place in found
        if _is_secret(tree, place) and not any(fnmatchcase(place, pattern) for pattern in kept)
    )


def _is_secret(tree: Path, place: str) -> bool:
    path = Path(place)
    if path.name in _NAMES or _FOLDERS & set(path.parts[:-1]):
        return True
    if any(fnmatchcase(place, pattern) for pattern in PATTERNS):
        return True
    with (tree / place).open("rb") as file:
        return _BEGINS.match(file.read(64)) is not None
