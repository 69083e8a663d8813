"""Serving from another command: what only a server needs is imported once it is to serve, as `main` does by name."""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib import import_module
from typing import cast

HOST, PORT = "127.0.0.1", 8137


def is_taken(host: str, port: int) -> bool:
    """This function will say whether something listens there already; port 0 picks a free one."""
    with socket.socket() as asking:
        return bool(port) and asking.connect_ex((host, port)) == 0


def serve_pages(host: str, port: int, welcome: str = "") -> int:
    """This function will serve as `groundrules serve` does, until Ctrl-C; returns its exit number."""
    serve = import_module("groundrules.cli.serve").serve
    return cast("Callable[[str, int, str], int]", serve)(host, port, welcome)
