"""A conversation with answers that were written down: what was sent is kept, what is taken comes from the bytes."""

from __future__ import annotations

from groundrules.gateways.databases.wires import MOST, CutShort, NotThat


class PlayedWire:
    """Answers come from `told`, one after the other; their end is a closed connection."""

    def __init__(self, told: bytes) -> None:
        self.sent: list[bytes] = []
        self.secured_after = -1
        self._told = told
        self._taken = 0

    def send(self, raw: bytes) -> None:
        """Keep what was sent."""
        self.sent.append(raw)

    def take(self, count: int) -> bytes:
        """Give so many bytes of what was written down."""
        if self._taken + count > MOST:
            message = "more than an answer may have"
            raise NotThat(message)
        piece = self._told[self._taken : self._taken + count]
        self._taken += len(piece)
        if len(piece) < count:
            message = "nothing more was written down"
            raise CutShort(message)
        return piece

    def secure(self) -> None:
        """Note after how many messages encryption began."""
        self.secured_after = len(self.sent)
