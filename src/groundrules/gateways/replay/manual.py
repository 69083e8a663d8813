"""Replay by a person: the same algebra, step by step, with hypervisor snapshots or instant-boot copies (Windows)."""

from __future__ import annotations

from groundrules.core.replay import Wanted


def instructions(wanted: Wanted, changes: tuple[str, ...]) -> tuple[str, ...]:
    """This function will tell a person how to make one run, in order."""
    if wanted.state.end_copy:
        boot = "Boot a fresh copy of the END state from the last backup or snapshot."
    else:
        boot = "Boot a fresh copy of the GOOD state from the snapshot before the changes."
    chosen = [change for change in changes if change in wanted.state.changes]
    return (
        f"Why: {wanted.why}.",
        f"{boot} Keep it off every network: disconnect its adapter before it starts.",
        *(f"Make {change} again, as it was recorded." for change in chosen),
        "Restart the copy, wait until its services are up, and make the health check.",
        "Answer passes, same (the incident's own error), other (another error) or invalid.",
        "Discard the copy; never use it for the next run.",
    )
