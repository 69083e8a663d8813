"""A restore drill: the newest good backup restored into a scratch folder, checked, measured, and sealed as evidence.

The check is the owner's own command. It gets the restored folder as its last word and must end with 0; a last line of
its output that is JSON may count what was lost: {"records_lost": 3}. Nothing of the restored data is kept.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from groundrules.core.backups import OURS, BackupPolicy, RestoreDrill
from groundrules.core.periods import utc
from groundrules.gateways.repositories import Repository, RepositoryUnusable, StoredSnapshot
from groundrules.records.models import Asset, Role
from groundrules.records.models import RestoreDrill as DrillRow
from groundrules.services.actor import Actor, require
from groundrules.services.backups.reading import own_snapshots, repository_of, take
from groundrules.services.shelf import reference

_CHECK_SECONDS = 3600
_SAYS = 1_000
_SCRATCH = "groundrules-drill-"
# Restore and check together have ended by then, one way or the other.
_LONGEST_SECONDS = 8 * 3600


class NothingToRestore(LookupError):
    """The repository holds no snapshot of this backup."""


class NoCheckSet(ValueError):
    """A restore that nobody looks into proves nothing, so a drill needs a check."""


@dataclass(frozen=True, slots=True)
class Drilled:
    """A drill as it is on record, and the digest of its sealed report."""

    drill: RestoreDrill
    evidence: str


@dataclass(frozen=True, slots=True)
class _Checked:
    """What the check found."""

    passed: bool
    says: str
    lost: int | None = None


def drill(
    policy: BackupPolicy,
    asset: Asset,
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    scratch: Path | None = None,
    repository: Repository | None = None,
) -> Drilled:
    """This function will restore the newest snapshot of a backup and check it; a failure is a drill that failed.

    `scratch` is where the folder for it is made (the system's own by default) and it is removed at the end. Raises
    RepositoryUnusable when the repository cannot even be listed, NothingToRestore when it holds none, and NoCheckSet.
    """
    require(actor, Role.TECHNICIAN)
    if not policy.check:
        message = (
            f"{policy.name} of {asset.code} has no check, and a restore nobody looks into proves nothing; "
            "set one: groundrules backup set ... --check COMMAND"
        )
        raise NoCheckSet(message)
    door = repository or repository_of(policy, asset)
    began = utc(clock())
    found = own_snapshots(policy, door.snapshots())
    if not found:
        message = f"{policy.place} holds no snapshot of {policy.name} of {asset.code}"
        raise NothingToRestore(message)
    newest = found[-1]
    _sweep(Path(scratch or tempfile.gettempdir()), began)
    folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=scratch))
    try:
        checked = _restored(door, newest.id, folder, policy.check)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ended = utc(clock())
    told = _report(policy, newest, checked, (began, ended))
    raw = json.dumps(told, sort_keys=True, indent=1).encode()
    name = f"drill-{asset.code}-{policy.name}.json"
    kept = take(raw, name, asset, actor=actor, at=ended, origin=OURS)
    ref = reference("DRL", asset.code, policy.name, began)
    row = DrillRow.objects.of_client(asset.client).current().get(ref=ref)
    return Drilled(row.to_core(), kept.evidence.digest if kept.evidence else "")


def _sweep(scratch: Path, at: datetime) -> None:
    """What a drill left that was killed: a client's data do not lie about until somebody happens to look."""
    for left in scratch.glob(f"{_SCRATCH}*"):
        if left.is_dir() and at.timestamp() - left.lstat().st_mtime > _LONGEST_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _report(
    policy: BackupPolicy, of: StoredSnapshot, checked: _Checked, span: tuple[datetime, datetime]
) -> dict[str, object]:
    """The report that is sealed, in the words the reader knows."""
    began, ended = span
    return {
        "restore_drill": 1,
        "product": policy.product,
        "place": policy.place,
        "check": list(policy.check),
        "name": policy.name,
        "began": began.isoformat(),
        "ended": ended.isoformat(),
        "passed": checked.passed,
        "snapshot": of.id,
        "data_from": utc(of.taken_at).isoformat() if checked.passed else None,
        "records_lost": checked.lost,
        "says": checked.says,
    }


def _restored(door: Repository, snapshot: str, folder: Path, check: Sequence[str]) -> _Checked:
    try:
        door.restore(snapshot, folder)
    except RepositoryUnusable as failed:
        return _Checked(passed=False, says=str(failed)[:_SAYS])
    files = sum(1 for one in folder.rglob("*") if one.is_file())
    if not files:
        return _Checked(passed=False, says="the restore ended well and brought back no file")
    return _checked(check, folder, files)


def _checked(check: Sequence[str], folder: Path, files: int) -> _Checked:
    try:
        done = subprocess.run(  # noqa: S603 - the owner's own command, set on this machine only
            [*check, str(folder)], capture_output=True, timeout=_CHECK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failed:
        return _Checked(
            passed=False, says=f"{files} files came back; the check did not run: {failed}"
        )
    text = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode:
        words = " ".join((text + " " + done.stderr.decode("utf-8", "replace")).split())[:_SAYS]
        said = f"{files} files came back; the check ended with {done.returncode}: {words}"
        return _Checked(passed=False, says=said)
    return _Checked(
        passed=True, says=f"{files} files came back and passed the check", lost=_lost(text)
    )


def _lost(text: str) -> int | None:
    """What the check counted, when its last line says so."""
    try:
        told = json.loads(text.splitlines()[-1]) if text else None
    except ValueError:
        return None
    lost = told.get("records_lost") if isinstance(told, dict) else None
    return lost if isinstance(lost, int) and not isinstance(lost, bool) and lost >= 0 else None
