"""Writes docs/reference/samples.md: what each reader finds in each captured sample, and in samples written by us.

The captured ones are not part of this project: GROUNDRULES_SAMPLES names their folder. Without it the page is left.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from groundrules.services.inspection import Inspection, NotReadable, inspect

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "samples.md"
# Old syslog lines carry no year; every run places them alike.
COLLECTED = datetime(2026, 11, 1, tzinfo=UTC)
# By what a file is called, where its bytes do not tell.
NAMED = (
    ("wtmp", "utmp"),
    ("utmp", "utmp"),
    ("auth.log", "auth-log"),
    ("syslog", "auth-log"),
    ("audit-", "audit-log"),
    ("audit_", "audit-log"),
    ("test2.log", "audit-log"),
    ("test3.log", "audit-log"),
    ("testdata/", "audit-log"),
    ("dpkg.log", "dpkg-log"),
    ("apt_history", "apt-history"),
)
READERS = ROOT / "tests" / "readers"
# Recorded by others, kept with their licence.
_RECORDED = "recorded"
NO_EVIDENCE = (".eml", ".golden", "README.md", ".csv", "dpkg.out")


def samples_folder() -> Path:
    """This function will return the folder of captured samples, whether it is there or not."""
    return Path(os.environ.get("GROUNDRULES_SAMPLES", ROOT.parent / "shared" / "data"))


def page() -> str:
    """This function will write the page from the samples as the readers read them now."""
    captured = [_row(path, samples_folder()) for path in _files(samples_folder())]
    kept = [(path, _row(path, READERS)) for path in _files(READERS)]
    captured += [row for path, row in kept if _RECORDED in path.parts]
    ours = [row for path, row in kept if _RECORDED not in path.parts]
    return "\n".join((_HEAD, *_TABLE, *captured, "", _OURS, *_TABLE, *ours, ""))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_program = path.suffix in {".py", ".pyc"}
        is_legal = path.name.startswith("LICENSE")
        if path.is_file() and not (is_program or is_legal or path.name.endswith(NO_EVIDENCE)):
            yield path


def _row(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    named = next((form for part, form in NAMED if part in name), "")
    try:
        return _told(name, inspect(path.read_bytes(), name, at=COLLECTED, named=named))
    except NotReadable as refused:
        return f"| `{name}` | refused | | | | | | | {str(refused).removeprefix(name).strip()} |"


def _told(name: str, found: Inspection) -> str:
    first = f"{found.damaged[0].where}: {found.damaged[0].problem}" if found.damaged else ""
    counts = (found.records, found.unknown, len(found.damaged), found.sessions)
    more = (found.changes, found.gaps)
    cells = (f"`{name}`", found.format, *map(str, (*counts, *more)), first.replace("|", "\\|"))
    return f"| {' | '.join(cells)} |"


_HEAD = """# What each reader finds in each sample

<!-- Made by `make docs` from the samples; a test holds it to them. -->

Every record is read (understood or *unknown*) or *damaged*; an unknown one is kept and counted. Your own files:
`groundrules inspect FILES`.

## Captured from real hosts
"""
_OURS = """## Written by us

Formats nobody here could capture, and the corrupt twin of each.
"""
_TABLE = (
    "| Sample | Format | Records | Unknown | Damaged | Sessions | Changes | Gaps | First damage |",
    "|---|---|---|---|---|---|---|---|---|",
)


def main() -> int:
    """This function will write the page when it is out of date and the samples are there."""
    if not samples_folder().is_dir():
        print(f"docs/reference/samples.md is left: no samples at {samples_folder()}")
        return 0
    written = page()
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != written:
        PAGE.write_text(written, encoding="utf-8")
        print("docs/reference/samples.md written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
