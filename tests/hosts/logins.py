"""An engineer's login on a host of the lab: OpenSSH's own client with a key, a certificate, and nothing of ours."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.hosts.lab import Lab
from tests.patience import PATIENCE


@dataclass(frozen=True)
class Engineer:
    """A person with a private key, its certificates beside it, and an account on the hosts."""

    lab: Lab
    key: Path
    account: str = "rae"

    def words(
        self, certificate: Path, host: str, *command: str, network: str = "vendor"
    ) -> tuple[str, ...]:
        """This function will return the words of a login with a certificate, from a network of the lab."""
        options = (
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "ConnectTimeout=5",
            f"CertificateFile={certificate}",
        )
        said = tuple(word for option in options for word in ("-o", option))
        target = f"{self.account}@{self.lab.hosts[host].address}"
        way = self.lab.network(network)
        return (*way, "ssh", "-F", "/dev/null", "-i", str(self.key), *said, target, *command)

    def log_in(
        self, certificate: Path, host: str, *command: str, network: str = "vendor"
    ) -> subprocess.CompletedProcess[str]:
        """This function will log in, run a command, and return what came of it."""
        return subprocess.run(
            self.words(certificate, host, *command, network=network),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
