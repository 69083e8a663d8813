"""What Groundrules is made of is told whole, by version and digest, and the same each time."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

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
