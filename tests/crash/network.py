"""A network of this test's own that can be cut and joined again: an unshared namespace with nothing in it but loopback.

Who enters it is this thread and whatever it starts from then on, servers and collectors alike. A cut link loses what is
under way in both directions: whoever asked hears nothing, whoever answered does not learn that nobody heard.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_NETWORK = 0x40000000
_OWN = "/proc/thread-self/ns/net"


@dataclass(slots=True)
class Network:
    """The link of the namespace this thread is in."""

    cuts: int = 0

    def cut(self) -> None:
        """This function will lose everything from now on."""
        self.cuts += 1
        _link("down")

    def join(self) -> None:
        """This function will let packets through again."""
        _link("up")


@contextmanager
def own_network() -> Iterator[Network]:
    """This function will put this thread into a network of its own, and back; only root may."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open(_OWN, os.O_RDONLY)
    try:
        _require(libc.unshare(_NETWORK))
        _link("up")
        yield Network()
    finally:
        _require(libc.setns(before, _NETWORK))
        os.close(before)


def _link(state: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


def _require(failed: int) -> None:
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
