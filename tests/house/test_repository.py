"""What the repository carries besides code: nothing of one machine, one source of packages, reasons for exceptions."""

from __future__ import annotations

import re
import tomllib

from tests.house.sources import ROOT, tracked_files

# Written in halves, so that this file does not carry what it looks for.
ONE_MACHINE = re.compile(
    "|".join(
        re.escape(first + second)
        for first, second in (
            ("/work", "/main"),
            ("/work", "/shared"),
            ("/work", "/notes"),
            ("/work", "/.library"),
            ("/root", "/.pyenv"),
            ("/opt", "/pypi"),
            ("/opt", "/wheels"),
            ("/t", "mp/tooling"),
        )
    )
)
REGISTRIES = {"pypi.org", "files.pythonhosted.org"}


def _text(content: bytes) -> str | None:
    return None if b"\0" in content[:8192] else content.decode("utf-8", errors="replace")


class TestRepository:
    """The repository."""

    def test_names_no_place_of_one_machine(self) -> None:
        """No text file names a folder that exists only where it was written."""
        texts = {path: _text(path.read_bytes()) for path in tracked_files()}

        found = [
            str(path.relative_to(ROOT))
            for path, text in texts.items()
            if text and ONE_MACHINE.search(text)
        ]

        assert texts
        assert not found

    def test_locks_packages_from_one_registry(self) -> None:
        """Every package in the lock comes from PyPI, by hash."""
        lock = (ROOT / "uv.lock").read_text(encoding="utf-8")

        hosts = set(re.findall(r"https?://([^/\"]+)", lock))

        assert hosts == REGISTRIES

    def test_locks_one_time_zone_database(self) -> None:
        """The zone rules a decision records are pinned exactly, because contracts depend on them."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

        pins = [one for one in project["dependencies"] if one.startswith("tzdata")]

        assert re.fullmatch(r"tzdata==\d{4}\.\d+", pins[0])

    def test_explains_every_rule_it_does_not_follow(self) -> None:
        """Each lint rule ignored in pyproject.toml stands beside or below its reason."""
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        block = (
            text.partition("[tool.ruff.lint]")[2].partition("\n]\n")[0].partition("ignore = [")[2]
        )

        groups = [group for group in re.split(r"(?=\n    # )", block) if '"' in group]

        assert len(groups) > 1
        assert all(re.match(r"\s*# \S+ ", group) for group in groups)
