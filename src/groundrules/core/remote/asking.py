"""What is asked of a host: packages by exact version, as one name per host that lets us in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from groundrules.core.ids import AssetId
from groundrules.core.remote.model import PackageStep

WORK_ACCOUNT = "groundrules-work"
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?")
_VERSION = re.compile(r"[0-9A-Za-z.+~:-]+")


class PackageNotPlain(ValueError):
    """A host named a package or version in letters no package manager allows."""


def work_principal(asset: AssetId) -> str:
    """This function will return the one name by which our own work is let in on one host."""
    return f"work:{asset}"


def pins(steps: Iterable[PackageStep]) -> tuple[str, ...]:
    """This function will write each package with the exact version that was approved; raises PackageNotPlain."""
    return tuple(f"{_plain(step).name}={step.after}" for step in steps)


def expected(steps: Iterable[PackageStep]) -> tuple[str, ...]:
    """This function will write what a dry run may say at most, a line each, sorted as `sort` does by bytes."""
    return tuple(sorted(f"Inst {_plain(step).name.partition(':')[0]}" for step in steps))


def _plain(step: PackageStep) -> PackageStep:
    if not _PACKAGE.fullmatch(step.name) or not _VERSION.fullmatch(step.after):
        message = (
            f"{step.name!r} {step.after!r} is no package and version; nothing was asked of the host"
        )
        raise PackageNotPlain(message)
    return step
