"""Checks an evidence pack, offline, without trusting whoever made it. This one file is all there is to read.

    python3 verify.py                 checks the folder this file lies in
    python3 verify.py PACK.zip        checks a pack that is still zipped, or another folder
    python3 verify.py --key KEY ...   trusts only this key, which you got from somewhere else than the pack

It needs Python 3.9 or newer and the package `cryptography`; nothing is installed, changed or sent anywhere. It ends
with 0 when everything holds, 1 when something does not, and 2 when it could not start. How the checks work is described
at https://c2sp.org/tlog-proof and in RFC 6962; any other tool that knows these can be used instead.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.stderr.write(
        "The Python package 'cryptography' is missing. Install it with:  pip install cryptography\n"
    )
    sys.exit(2)

LIST = "LIST.txt"
CHECKPOINT = "checkpoint"
KEYS = "keys.txt"
FORMAT = "groundrules-evidence-pack/1"
LOG, WITNESS = 1, 4
CHECKPOINT_LINES = 4
DASH = "\N{EM DASH} "


class Wrong(Exception):
    """Something in the pack is not what it should be; the message is for people."""


def main() -> int:
    """Check a pack and say what was found."""
    options = argparse.ArgumentParser(description="Check a Groundrules evidence pack.")
    options.add_argument("pack", nargs="?", default=str(Path(__file__).resolve().parent))
    options.add_argument("--key", action="append", default=[], help="trust only this key")
    given = options.parse_args()
    try:
        check(read(Path(given.pack)), given.key)
    except Wrong as wrong:
        say(f"\nRESULT: NOT GENUINE, or damaged on the way.\n  {wrong}\n  Ask for the pack again.")
        return 1
    return 0


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


def read(place: Path) -> dict[str, bytes]:
    """Every file of a pack by its name, from a zip or a folder."""
    if place.is_dir():
        files = (one for one in sorted(place.rglob("*")) if one.is_file())
        return {one.relative_to(place).as_posix(): one.read_bytes() for one in files}
    try:
        with zipfile.ZipFile(place) as pack:
            return {name: pack.read(name) for name in pack.namelist()}
    except FileNotFoundError:
        raise Wrong(f"There is no file or folder {place}.") from None
    except Exception as error:  # A damaged zip breaks in many ways, each of which means the same.
        raise Wrong(f"{place} cannot be read as a zip file ({error}).") from error


def check(files: dict[str, bytes], trusted: list[str]) -> None:
    """Check everything, telling each step; raise Wrong at the first thing that does not hold."""
    keys = read_keys(files, trusted)
    text, signed_by = signed(text_of(files, LIST), keys, LIST)
    say(f"[ok] {LIST} is signed by {signed_by}.")
    count = check_list(text, files)
    say(f"[ok] All {count} files of the pack are, byte for byte, those that were listed.")
    text, signed_by = signed(text_of(files, CHECKPOINT), keys, CHECKPOINT)
    origin, size, root = read_checkpoint(text)
    say(f"[ok] The checkpoint of the log {origin} ({size} entries) is signed by {signed_by}.")
    numbers = sorted(name for name in files if name.startswith("entries/"))
    if not numbers:
        raise Wrong("The pack holds no record at all.")
    for name in numbers:
        check_record(name, files, (origin, size, root))
    tell_result(keys, trusted, is_witnessed="the witness " in signed_by)


def check_record(name: str, files: dict[str, bytes], log: tuple[str, int, bytes]) -> None:
    """One record: its bytes are those the entry names, and the entry is in the log."""
    origin, size, root = log
    number = name[len("entries/") : -len(".json")]
    entry = read_entry(files[name], number)
    index, path, note = read_proof(text_of(files, f"proofs/{number}.tlog-proof"))
    if str(index) != number or entry["log"] != origin:
        raise Wrong(f"Record {number}: its proof or entry belongs to another record or log.")
    if read_checkpoint(body_of(note)) != log or note != text_of(files, CHECKPOINT):
        raise Wrong(f"Record {number}: its proof is for another checkpoint.")
    leaf = hashlib.sha256(b"\x00" + files[name]).digest()
    if root_along(leaf, index, size, path) != root:
        raise Wrong(f"Record {number}: the proof does not lead to the signed root of the log.")
    found = [one for one in files if one.startswith(f"records/{number}-")]
    if not found:
        say(f"[--] Record {number}: proven to be in the log; its bytes were redacted.")
        return
    raw = files[found[0]]
    if hashlib.sha256(raw).hexdigest() != entry["sha256"] or len(raw) != entry["length"]:
        raise Wrong(f"Record {number}: {found[0]} is not what the log's entry describes.")
    say(f"[ok] {found[0]}: byte for byte what the log has, received {entry['received_at']}.")


def read_entry(raw: bytes, number: str) -> dict[str, Any]:
    """What the log says of a record."""
    try:
        entry = json.loads(raw)
        _ = entry["log"], entry["sha256"], entry["length"], entry["received_at"]
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"Record {number}: its entry cannot be read.") from None
    return dict(entry)


def check_list(text: str, files: dict[str, bytes]) -> int:
    """Every listed file is there and unchanged; returns how many. Files that are not listed are told."""
    first, _, rest = text.partition("\n")
    if first != FORMAT:
        raise Wrong(f"{LIST} does not begin with {FORMAT}.")
    title, *lines = rest.splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    say(f"\n{title}\n")
    for name, digest in listed.items():
        if name not in files:
            raise Wrong(f"{name} is missing from the pack.")
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise Wrong(f"{name} was altered: it is not the file that was put into the pack.")
    for name in sorted(set(files) - set(listed) - {LIST}):
        say(f"[!!] {name} does not belong to the pack; nothing is said about it.")
        if name.startswith(("entries/", "records/", "proofs/")):
            raise Wrong(f"{name} was added to the pack.")
    return len(listed)


def tell_result(
    keys: dict[tuple[str, bytes], tuple[int, bytes]], trusted: list[str], *, is_witnessed: bool
) -> None:
    """Say what was proven, and what is left for the reader to do."""
    say(
        "\nRESULT: GENUINE. The records are unchanged, and stand in the log the checkpoint sums up."
    )
    if not is_witnessed:
        say(
            "No witness cosigned this checkpoint, so when it was signed is the provider's own word."
        )
    if trusted:
        return
    say("One thing only you can check: that the key is really the provider's. Compare it with the")
    say("one on your agreement or from an earlier pack, or run this again with --key and that key:")
    for (name, key_id), (kind, public) in keys.items():
        if kind == LOG:
            say(f"  {name}+{key_id.hex()}+{encoded(bytes([kind]) + public)}")


# -- Signed notes (c2sp.org/signed-note, c2sp.org/tlog-cosignature) ---------------------------------


def read_keys(
    files: dict[str, bytes], trusted: list[str]
) -> dict[tuple[str, bytes], tuple[int, bytes]]:
    """The keys that count, by name and id: the trusted ones, else those in the pack; witnesses always."""
    found: dict[tuple[str, bytes], tuple[int, bytes]] = {}
    for line in [*text_of(files, KEYS).splitlines(), *trusted]:
        name, _, rest = line.strip().partition("+")
        coded = decoded(rest.partition("+")[2], f"The key {name}")
        key_id = hashlib.sha256(name.encode() + b"\n" + coded).digest()[:4]
        if key_id.hex() != rest.partition("+")[0] or coded[0] not in (LOG, WITNESS):
            raise Wrong(f"The key {name} is not written as it should be.")
        if coded[0] == WITNESS or not trusted or line in trusted:
            found[name, key_id] = (coded[0], coded[1:])
    return found


def signed(
    note: str, keys: dict[tuple[str, bytes], tuple[int, bytes]], what: str
) -> tuple[str, str]:
    """The text of a signed note and who signed it; refused unless one of the log's keys did."""
    text = body_of(note)
    names: list[str] = []
    is_signed = False
    for line in note[len(text) + 1 :].splitlines():
        name, _, coded = line[len(DASH) :].partition(" ")
        raw = decoded(coded, f"{what}: a signature")
        kind, public = keys.get((name, raw[:4]), (0, b""))
        if not line.startswith(DASH) or encoded(raw) != coded:
            raise Wrong(f"{what}: a signature line is damaged.")
        if kind:
            names.append(verify_line(text, raw[4:], kind, public, f"{what}: {name}"))
            is_signed = is_signed or kind == LOG
    if not is_signed:
        raise Wrong(f"{what} is not signed by a key you trust.")
    return text, " and ".join(names)


def verify_line(text: str, payload: bytes, kind: int, public: bytes, where: str) -> str:
    """Check one signature and say whose it is; a witness's also carries when."""
    message, told = text.encode(), where.partition(": ")[2]
    if kind == WITNESS:
        seconds, payload = int.from_bytes(payload[:8], "big"), payload[8:]
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        when = datetime.fromtimestamp(seconds, tz=timezone.utc)  # noqa: UP017 - Python 3.9 and 3.10
        told = f"the witness {told} at {when:%Y-%m-%d %H:%M:%S} UTC"
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(payload, message)
    except (InvalidSignature, ValueError):
        raise Wrong(f"{where}: the signature does not fit. The text was altered.") from None
    return told


def body_of(note: str) -> str:
    """The signed part of a note."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Wrong("A signed text has lost its signatures.")
    return text + "\n"


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """The log, how many entries it has, and its root."""
    lines = text.split("\n")
    if len(lines) != CHECKPOINT_LINES or not lines[1].isdecimal():
        raise Wrong("The checkpoint is damaged.")
    return lines[0], int(lines[1]), decoded(lines[2], "The checkpoint's root")


# -- Proofs (c2sp.org/tlog-proof, RFC 6962) ---------------------------------------------------------


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    """The index, the path and the checkpoint of a proof."""
    above, _, note = text.partition("\n\n")
    first, index, *path = above.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not index.startswith("index "):
        raise Wrong("A proof is damaged.")
    number = index[len("index ") :]
    if not number.isdecimal():
        raise Wrong("A proof is damaged.")
    return int(number), [decoded(one, "A proof") for one in path], note


def root_along(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root a proof leads to (RFC 9162 section 2.1.3.2); nothing when it has the wrong length."""
    position, last, root = index, size - 1, leaf
    for sibling in path:
        if last <= 0:
            return b""
        if position & 1 or position == last:
            root = hashlib.sha256(b"\x01" + sibling + root).digest()
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            root = hashlib.sha256(b"\x01" + root + sibling).digest()
        position, last = position >> 1, last >> 1
    return root if last == 0 else b""


def text_of(files: dict[str, bytes], name: str) -> str:
    """A file as text."""
    if name not in files:
        raise Wrong(f"{name} is missing from the pack.")
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong(f"{name} was altered: it is no text any more.") from None


def encoded(raw: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(raw).decode("ascii")


def decoded(text: str, what: str) -> bytes:
    """Base64 to bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Wrong(f"{what} is damaged.") from None
    if not raw or encoded(raw) != text:
        raise Wrong(f"{what} is damaged.")
    return raw


if __name__ == "__main__":
    sys.exit(main())
