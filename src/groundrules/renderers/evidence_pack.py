"""An evidence pack as one zip: the same files always give the same bytes, so two people can compare what they have."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from groundrules.renderers import pack_verifier

FORMAT = pack_verifier.FORMAT
LIST = pack_verifier.LIST
VERIFIER = "verify.py"
# The earliest time a zip can tell; the times that matter stand in the entries.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60


def verifier_source() -> bytes:
    """This function will return the one-file verifier as it goes into every pack."""
    return Path(pack_verifier.__file__).read_bytes()


def record_name(index: int, name: str) -> str:
    """This function will name a record's file in a pack: its index in the log, and what it was called."""
    safe = _UNSAFE.sub("_", name)[-_LONGEST:] or "record"
    return f"records/{index}-{safe}"


def listed(title: str, files: Mapping[str, bytes]) -> str:
    """This function will list files with their SHA-256, the text that is signed to bind a pack together."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]
    return "\n".join([FORMAT, " ".join(title.split()), *lines]) + "\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """This function will put files into a zip, the same bytes for the same files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as pack:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            pack.writestr(info, files[name])
    return target.getvalue()
