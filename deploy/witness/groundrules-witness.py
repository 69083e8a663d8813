#!/usr/bin/env python3
"""A witness for a Groundrules evidence log: run by the client, or by anybody the provider does not control.

    groundrules-witness.py init --name harbor.example/witness --log LOGKEY    once; prints the key for the provider
    groundrules-witness.py cosign REQUEST > ANSWER                            whenever a request comes

It keeps the last checkpoint it saw and cosigns a newer one only when that one holds everything the last one held. So
the provider cannot write the log anew, or show two people two logs, without this program refusing. It needs Python 3.9
or newer and the package `cryptography`, and never touches the network: a request may come by mail, scp or on a stick.
Formats: c2sp.org/tlog-witness and c2sp.org/tlog-cosignature. Exit: 0 cosigned, 1 refused, 2 not set up.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = b"\x01", b"\x04"
EMPTY = hashlib.sha256(b"").digest()
DASH = "\N{EM DASH} "


class Refused(Exception):
    """The checkpoint is not cosigned; the message says why."""


def main() -> int:
    """Set up, or cosign one request."""
    options = argparse.ArgumentParser(description="A witness for a Groundrules evidence log.")
    options.add_argument("--folder", type=Path, default=Path.home() / ".groundrules-witness")
    steps = options.add_subparsers(dest="step", required=True)
    first = steps.add_parser("init")
    first.add_argument(
        "--name", required=True, help="what this witness is called, without spaces or plus"
    )
    first.add_argument(
        "--log", required=True, help="the log's key, as the provider's agreement has it"
    )
    steps.add_parser("cosign").add_argument(
        "request", help="the file the provider sent; - reads it from the input"
    )
    given = options.parse_args()
    try:
        sys.stdout.write(init(given) if given.step == "init" else answer(given))
    except (Refused, ValueError) as refused:
        sys.stderr.write(f"REFUSED: {refused}\n")
        return 1
    except FileNotFoundError as missing:
        sys.stderr.write(
            f"{missing.filename} is not there; run init first, or name the right file.\n"
        )
        return 2
    return 0


def init(given: argparse.Namespace) -> str:
    """Make the witness's key and note which log it watches."""
    if (given.folder / "state.json").exists():
        raise Refused(f"{given.folder} is a witness already; use another --folder.")
    name, _, rest = given.log.strip().partition("+")
    key_id, _, coded = rest.partition("+")
    if key_of(name, base64.b64decode(coded)[1:], LOG) != given.log.strip() or not key_id:
        raise Refused("that is not a log's key; copy it again, whole.")
    if given.name.split() != [given.name] or "+" in given.name:
        raise Refused("a name has no spaces and no plus.")
    private = Ed25519PrivateKey.generate()
    given.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write(given.folder / "key", private.private_bytes_raw())
    keep(
        given.folder, {"name": given.name, "log": given.log.strip(), "size": 0, "root": EMPTY.hex()}
    )
    return key_of(given.name, private.public_key().public_bytes_raw(), WITNESS) + "\n"


def answer(given: argparse.Namespace) -> str:
    """Check a request against what was seen before; keep and cosign its checkpoint."""
    text = (
        sys.stdin.read()
        if given.request == "-"
        else Path(given.request).read_text(encoding="utf-8")
    )
    state = json.loads((given.folder / "state.json").read_text(encoding="utf-8"))
    private = Ed25519PrivateKey.from_private_bytes((given.folder / "key").read_bytes())
    above, _, note = (text if text.endswith("\n") else text + "\n").partition("\n\n")
    first, *path = above.split("\n")
    body, size, root = checkpoint(note, state["log"])
    seen = (state["size"], bytes.fromhex(state["root"]))
    if first != f"old {seen[0]}":
        raise Refused(f"this witness saw {seen[0]} entries last; ask again with --since {seen[0]}.")
    compare(seen, (size, root), [base64.b64decode(one) for one in path])
    # Kept before it is signed: after a crash this witness has seen more than it said, never less.
    keep(given.folder, {**state, "size": size, "root": root.hex()})
    seconds = int(time.time())
    signature = private.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode())
    key_id = bytes.fromhex(
        key_of(state["name"], private.public_key().public_bytes_raw(), WITNESS).split("+")[1]
    )
    payload = base64.b64encode(key_id + seconds.to_bytes(8, "big") + signature).decode()
    return f"{DASH}{state['name']} {payload}\n"


def checkpoint(note: str, log: str) -> tuple[str, int, bytes]:
    """The text, size and root of a checkpoint that the log really signed."""
    text, _, lines = note.rpartition("\n\n")
    body, (name, key_id, coded) = text + "\n", log.split("+", 2)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(coded)[1:])
    for line in lines.splitlines():
        raw = base64.b64decode(line.rpartition(" ")[2])
        if line.startswith(f"{DASH}{name} ") and raw[:4].hex() == key_id:
            try:
                public.verify(raw[4:], body.encode())
            except InvalidSignature:
                raise Refused("the signature under the checkpoint does not fit it.") from None
            origin, size, root = text.split("\n")
            if origin != name:
                raise Refused(f"the checkpoint is of another log: {origin}.")
            return body, int(size), base64.b64decode(root)
    raise Refused(f"the checkpoint is not signed by {name} with the key this witness was given.")


def compare(old: tuple[int, bytes], new: tuple[int, bytes], path: list[bytes]) -> None:
    """Refuse unless the new tree begins with the old one (RFC 9162 section 2.1.4.2)."""
    if new[0] < old[0]:
        raise Refused(
            f"the log SHRANK from {old[0]} entries to {new[0]}. Entries were taken out of it."
        )
    if old[0] in (0, new[0]):
        if path or (old[0] and old[1] != new[1]):
            raise Refused(
                f"there are TWO DIFFERENT LOGS of {old[0]} entries. One of them was rewritten."
            )
        return
    steps = path if old[0] & (old[0] - 1) else [old[1], *path]
    if roots_along(steps, old[0] - 1, new[0] - 1) != (old[1], new[1]):
        raise Refused(
            f"the log of {new[0]} entries does NOT CONTAIN the log of {old[0]} entries this witness saw. "
            "It was rewritten. Keep this request: it is the proof."
        )


def roots_along(steps: list[bytes], position: int, last: int) -> tuple[bytes, bytes]:
    """The old and the new root a consistency proof leads to; empty ones when it has the wrong length."""
    if not steps:
        return b"", b""
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return b"", b""
        if position & 1 or position == last:
            old, new = node(step, old), node(step, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node(new, step)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else (b"", b"")


def node(left: bytes, right: bytes) -> bytes:
    """The hash above two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def key_of(name: str, public: bytes, kind: bytes) -> str:
    """A verifier key as text."""
    key_id = hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(kind + public).decode()}"


def keep(folder: Path, state: dict[str, Any]) -> None:
    """Keep what was seen, whole or not at all."""
    write(folder / "state.new", json.dumps(state, indent=1).encode())
    (folder / "state.new").replace(folder / "state.json")


def write(path: Path, content: bytes) -> None:
    """Write a file only its owner may read, down to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


if __name__ == "__main__":
    sys.exit(main())
