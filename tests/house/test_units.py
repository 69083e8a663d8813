"""The units under deploy/systemd: each keeps its service in bounds, and starts a command there is."""

from __future__ import annotations

import configparser
import re

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
