"""Writes the bill of materials: `write_sbom.py FILE`. See scripts/sbom."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ROOT / "src" / "groundrules" / "web" / "vendor.toml"


def bill() -> dict[str, Any]:
    """This function will ask uv for the locked packages (with every extra, without tests') and add what is vendored."""
    asked = subprocess.run(
        [
            ROOT / ".venv" / "bin" / "uv",
            *("export", "--format", "cyclonedx1.5", "--no-default-groups", "--all-extras"),
            *("--all-packages", "--locked", "--quiet"),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    made: dict[str, Any] = json.loads(asked.stdout)
    # Neither the moment nor a number at random: the same lock gives the same bill.
    made.pop("serialNumber", None)
    made.get("metadata", {}).pop("timestamp", None)
    made["components"] += [_vendored(name, told) for name, told in _vendored_files().items()]
    return made


def _vendored_files() -> dict[str, dict[str, str]]:
    return tomllib.loads(VENDORED.read_text("utf-8"))


def _vendored(name: str, told: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "library",
        "name": name,
        "version": told["version"],
        "licenses": [{"license": {"id": told["licence"]}}],
        "hashes": [{"alg": "SHA-256", "content": told["sha256"]}],
        "properties": [{"name": "groundrules:shipped-as", "value": told["file"]}],
        "description": told["origin"],
    }


def main(file: str) -> None:
    """This function will write the bill into a file, or print it."""
    text = json.dumps(bill(), indent=1, sort_keys=True) + "\n"
    if file == "-":
        sys.stdout.write(text)
        return
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    print(f"{len(json.loads(text)['components'])} components are listed in {path}.")


if __name__ == "__main__":
    main(sys.argv[1])
