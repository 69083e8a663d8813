"""A client's log: the tree over its leaves against every checkpoint, signature and tile, and what is published."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.seal.checkpoints import Checkpoint, CheckpointMalformed, parse_checkpoint
from groundrules.core.seal.merkle import nodes_of, roots_at
from groundrules.core.seal.notes import (
    KeyMalformed,
    Note,
    NoteMalformed,
    NotSigned,
    SignatureWrong,
    VerifierKey,
    cosigned_at,
    parse_note,
    parse_signatures,
    signers,
)
from groundrules.core.seal.tiles import Tile, bundle_bytes, tile_bytes, tile_named, tiles_between
from groundrules.gateways.signing import KeyMissing, KeyUnusable, check
from groundrules.gateways.timestamping import StampRefused, stamped_at
from groundrules.records.models import (
    Client,
    SealCheckpoint,
    SealCosignature,
    SealKey,
    SealLog,
    SealTimestamp,
)
from groundrules.services.findings import Report
from groundrules.services.seal import cosigned_note
from groundrules.services.storage import key_folder, tile_store, timestamp_roots
from groundrules.services.timestamps import response_of
from groundrules.store.tiles import TileStore

_NOTE_ERRORS = (NoteMalformed, NotSigned, SignatureWrong, CheckpointMalformed)


def check_log(client: Client, leaves: list[bytes], report: Report) -> None:
    """This function will check a client's log, given the hashes its entries really have."""
    log = SealLog.objects.filter(client=client).first()
    if log is None:
        return
    keys = _keys(log, report)
    rows = list(log.checkpoints.select_related("log").order_by("size", "pk"))
    good = 0
    heads = {head.size: head.root for head in roots_at(leaves, [row.size for row in rows])}
    for row in rows:
        report.look("checkpoints")
        _check_note(row, keys, report)
        good = _check_root(row, heads, good, report)
        for line in row.cosignatures.select_related("key").order_by("pk"):
            _check_cosignature(row, line, report)
        _check_timestamp(row, report)
    _check_files(log, rows, leaves, report)
    if rows and rows[-1].size < len(leaves):
        waiting = len(leaves) - rows[-1].size
        report.notes.append(f"log {log.origin}: {waiting} leaves wait for the next checkpoint")


def _keys(log: SealLog, report: Report) -> list[VerifierKey]:
    found: list[VerifierKey] = []
    rows = list(log.keys.filter(role=SealKey.LOG).order_by("pk"))
    for row in rows:
        report.look("keys")
        try:
            found.append(row.to_core())
        except KeyMalformed as error:
            report.find("key", f"of {log.origin}", str(error))
    if rows and found:
        try:
            key_folder().prove(found[-1].public)
        except (KeyMissing, KeyUnusable) as error:
            report.find("signing key", f"of {log.origin}", str(error))
    return found


def _check_note(row: SealCheckpoint, keys: list[VerifierKey], report: Report) -> None:
    try:
        note = parse_note(row.note)
        known = signers(note, keys, check)
        said = parse_checkpoint(note.text)
        if len(note.signatures) != len(known):
            report.find("checkpoint", _named(row), "it carries a signature of an unknown key")
    except _NOTE_ERRORS as error:
        report.find("checkpoint", _named(row), str(error))
        return
    if said != _columns(row):
        report.find("checkpoint", _named(row), "its note and its columns say different things")


def _columns(row: SealCheckpoint) -> Checkpoint | None:
    try:
        return row.to_core()
    except ValueError:
        return None


def _check_root(row: SealCheckpoint, heads: Mapping[int, bytes], good: int, report: Report) -> int:
    root = heads.get(row.size)
    if root is None:
        says = f"it was signed over {row.size} leaves, and fewer are left: leaves were removed"
        report.find("checkpoint", _named(row), says)
        return good
    if root.hex() == row.root:
        return row.size
    says = f"the leaves are not those it was signed over; one of the leaves {good} to {row.size - 1} was altered"
    report.find("checkpoint", _named(row), says)
    return good


def _check_cosignature(row: SealCheckpoint, line: SealCosignature, report: Report) -> None:
    report.look("cosignatures")
    where = f"of {line.key.verifier_key.partition('+')[0]} on {_named(row)}"
    try:
        (signature,) = parse_signatures(line.line)
        text = parse_note(row.note).text
        signers(Note(text, (signature,)), [line.key.to_core()], check)
    except (*_NOTE_ERRORS, KeyMalformed) as error:
        report.find("cosignature", where, str(error))
        return
    if cosigned_at(signature) != int(line.cosigned_at.timestamp()):
        report.find("cosignature", where, "its time and its column say different things")


def _check_timestamp(row: SealCheckpoint, report: Report) -> None:
    stamp = SealTimestamp.objects.filter(checkpoint=row).first()
    if stamp is None:
        return
    report.look("time stamps")
    if not timestamp_roots().is_file():
        report.notes.append(f"time stamp of {_named(row)}: GROUNDRULES_TSA_ROOTS names no file")
        return
    try:
        when = stamped_at(response_of(stamp), row.note.encode(), timestamp_roots())
    except (StampRefused, ValueError) as error:
        report.find("time stamp", _named(row), str(error))
        return
    if when != stamp.stamped_at:
        report.find("time stamp", _named(row), "its time and its column say different things")


def _check_files(
    log: SealLog, rows: list[SealCheckpoint], leaves: list[bytes], report: Report
) -> None:
    store = tile_store(log.client)
    newest = rows[-1] if rows else None
    size = min(newest.size, len(leaves)) if newest else 0
    present = tuple(store.files())
    needed = {tile.path for tile in tiles_between(0, size)}
    for name in sorted(needed - set(present)):
        report.find("tile", f"{name} of {log.origin}", "it is missing; restore it from a backup")
    made = _Made(log, leaves, size)
    for name in present:
        report.look("tiles")
        says = made.problem(name, store)
        if says:
            report.find("tile", str(store.folder / name), says)
    if newest and store.published() != cosigned_note(newest):
        says = "it is not the newest one in the books; run groundrules evidence checkpoint"
        report.find("checkpoint file", str(store.folder / "checkpoint"), says)


class _Made:
    """What each file of a log has to hold, made from the leaves themselves."""

    def __init__(self, log: SealLog, leaves: list[bytes], size: int) -> None:
        self._node = nodes_of(leaves)
        self._size = size
        entries = log.leaves.order_by("index").values_list("entry", flat=True)
        self._entries = [text.encode("utf-8", errors="surrogatepass") for text in entries]

    def problem(self, name: str, store: TileStore) -> str:
        """This function will say what is wrong with a file of the log; empty when nothing is."""
        tile = tile_named(name)
        if tile is None or tile.end > self._size >> tile.rise:
            return "no checkpoint called for it, or there were more leaves than there are now"
        is_right = store.content(name) == self._content(tile)
        return "" if is_right else "it is not what the leaves make; restore it from a backup"

    def _content(self, tile: Tile) -> bytes:
        if tile.level >= 0:
            return tile_bytes(tile, self._node)
        return bundle_bytes(self._entries[tile.end - tile.width : tile.end])


def _named(row: SealCheckpoint) -> str:
    return f"of {row.size} leaves of {row.log.origin}"
