"""What Groundrules is made of is told whole, by version and digest, and the same each time."""

from __future__ import annotations

import re
import runpy
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def bill() -> dict[str, Any]:
    """The bill of materials as scripts/sbom writes it."""
    made: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "write_sbom.py"))["bill"]()
    return made


class TestBillOfMaterials:
    def test_names_everything_with_its_digest(self) -> None:
        """Each thing the project asks for, each extra, and what is shipped from others; tests' tools are not in it."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        extras = project["optional-dependencies"].values()
        asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
        wanted = {re.split(r"[\[<>=~!; ]", line, maxsplit=1)[0] for line in asked} | {"htmx"}

        made = bill()
        components = {one["name"]: one for one in made["components"]}

        assert wanted <= set(components)
        assert "pytest" not in components
        ours = {"groundrules", "groundrules-collector"}
        for name, one in components.items():
            assert one["version"], name
            assert name in ours or '"SHA-256"' in str(one).replace("'", '"'), name
        assert made == bill()


class TestAuditWithoutTheInternet:
    def test_finds_what_touches_a_locked_version_and_nothing_else(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """By the range of an advisory: what was fixed before our version, or was withdrawn, is not told."""
        program = runpy.run_path(str(ROOT / "scripts" / "audit_offline.py"))
        version = program["locked"]()["django"]
        folder = tmp_path / "django"
        folder.mkdir()
        for name, fixed, more in (
            ("OURS", f"{version}.1", ""),
            ("PAST", version, ""),
            ("GONE", f"{version}.1", "withdrawn: 2026-01-01T00:00:00Z\n"),
        ):
            (folder / f"{name}.yaml").write_text(
                f"id: {name}\npublished: 2026-01-01T00:00:00Z\n{more}affected:\n"
                "- package: {ecosystem: PyPI, name: Django}\n  ranges:\n  - type: ECOSYSTEM\n"
                f"    events: [{{introduced: '4.0'}}, {{fixed: '{fixed}'}}]\n"
            )

        number = program["main"](tmp_path)

        told = capsys.readouterr().out
        assert number == 1
        assert f"django {version}: OURS" in told
        assert "PAST" not in told
        assert "GONE" not in told
        assert program["main"](tmp_path / "nothing") == 1

    def test_calls_an_old_copy_no_clean_bill(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nothing known by a copy of two years ago says nothing of these two years, and the exit number says so."""
        program = runpy.run_path(str(ROOT / "scripts" / "audit_offline.py"))
        for name, day in (("django", "2023-05-01"), ("another", "2024-10-12")):
            (tmp_path / name).mkdir()
            (tmp_path / name / "ONE.yaml").write_text(
                f"id: ONE\npublished: {day}T00:00:00Z\naffected:\n- package: {{name: {name}}}\n  versions: [0.1]\n"
            )

        fresh = program["main"](tmp_path, datetime(2024, 11, 1, tzinfo=UTC))
        assert "NOT A CLEAN BILL" not in capsys.readouterr().out
        old = program["main"](tmp_path, datetime(2026, 11, 29, tzinfo=UTC))

        told = capsys.readouterr().out
        assert (fresh, old) == (0, 3)
        assert "0 touch them" in told
        assert (
            "NOT A CLEAN BILL: the newest advisory of this copy is of 2024-10-12, 778 days ago"
            in told
        )
