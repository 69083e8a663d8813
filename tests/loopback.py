"""Where a program of a test may listen: on loopback, at a port that is free."""

from __future__ import annotations

import socket


def free_port() -> int:
    """This function will find a port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
