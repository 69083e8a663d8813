"""The units under deploy/systemd: each keeps its service in bounds, and starts a command there is."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from groundrules.cli.commands import COMMANDS
from tests.house.sources import ROOT

UNITS = ROOT / "deploy" / "systemd"
OURS = ("web", "worker", "backup", "gate")
BOUNDS = {
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectProc": "invisible",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallArchitectures": "native",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "UMask": "0077",
    "User": "groundrules",
}
# What a service was measured to take at most, in MiB: an issue of 10,000 lines (benchmarks/README.md, large_client.py).
ISSUE_MIB = 1056
ROOM = {"web": (1536, 2048, 256), "worker": (2048, 3072, 512)}
MIB = {"M": 1, "G": 1024}
# Tenths, as systemd counts exposure: ours need nothing, the collector reads the whole host.
EXPOSED_AT_MOST = {**dict.fromkeys(OURS, 15), "collector": 41}


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """This function will ask systemd's own program, which needs no running systemd for this."""
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing; run scripts/install-test-needs"
    done = [program, "--man=no", "--no-pager", *arguments]
    return subprocess.run(done, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This function will lay the units into a folder, with a program that is on every machine."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS.iterdir():
        text = re.sub(r"^(ExecStart\w*=)\S+", r"\1/bin/true", unit.read_text(), flags=re.MULTILINE)
        (folder / unit.name).write_text(text)
    return folder


class TestUnits:
    @pytest.mark.parametrize("name", OURS)
    def test_keep_their_service_in_bounds(self, name: str) -> None:
        """Nothing but the data folder can be written, no capability, no other process seen."""
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read(UNITS / f"groundrules-{name}.service")
        service = dict(unit["Service"])

        assert {key: service.get(key) for key in BOUNDS} == BOUNDS
        command = re.search(r"/bin/groundrules (\S+)", service["ExecStart"])
        assert command is not None
        assert command[1] in {one.name for one in COMMANDS}

    @pytest.mark.parametrize("name", ROOM)
    def test_take_no_more_than_a_fault_would(self, name: str) -> None:
        """Well above what the largest issue was measured to take, and as the page says."""
        text = (UNITS / f"groundrules-{name}.service").read_text()
        told = dict(re.findall(r"^(MemoryHigh|MemoryMax|TasksMax)=(\w+)$", text, re.MULTILINE))
        page = (ROOT / "docs" / "how-to" / "install.md").read_text()
        high, most = (
            int(told[key][:-1]) * MIB[told[key][-1]] for key in ("MemoryHigh", "MemoryMax")
        )

        assert (high, most, int(told["TasksMax"])) == ROOM[name]
        assert ISSUE_MIB * 1.25 < high < most
        assert f"{ISSUE_MIB:,} MiB" in text
        assert (
            f"| groundrules-{name} | {told['MemoryHigh']} | {told['MemoryMax']} | {told['TasksMax']} |"
            in page
        )

    def test_are_understood_by_systemd(self, units: Path) -> None:
        """Every line is one that systemd knows: a misspelt bound would be a bound that is not there."""
        found = [str(path) for path in sorted(units.iterdir())]

        told = analyze("verify", *found)

        assert len(found) == 6
        # Units of the machine that ours name may have faults of their own.
        assert [line for line in told.stderr.splitlines() if "groundrules-" in line] == []

    @pytest.mark.parametrize("name", EXPOSED_AT_MOST)
    def test_expose_no_more_than_they_did(self, name: str, units: Path) -> None:
        """Systemd's own sum of what a service could do to its machine stays as low as it is."""
        limit = f"--threshold={EXPOSED_AT_MOST[name]}"

        told = analyze(
            "security", "--offline=true", limit, str(units / f"groundrules-{name}.service")
        )

        assert told.returncode == 0, told.stdout.splitlines()[-1:]
