"""The texts an agent signs, so that both sides build them by the same function.

A batch is signed by its digest and its place in the stream: changed, repeated elsewhere or put in another order, it no
longer verifies. The question for the stream's position is signed with the minute it was asked in.
"""

from __future__ import annotations


def batch_text(agent: str, stream: str, sequence: int, previous: str, digest: str) -> bytes:
    """This function will write what is signed for one batch: `previous` and `digest` are SHA-256 of bodies, in hex."""
    return _text("groundrules-batch-v1", agent, stream, str(sequence), previous, digest)


def position_text(agent: str, stream: str, minute: int) -> bytes:
    """This function will write what is signed to ask where a stream stands; `minute` is Unix time in whole minutes."""
    return _text("groundrules-position-v1", agent, stream, str(minute))


def _text(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("ascii")
