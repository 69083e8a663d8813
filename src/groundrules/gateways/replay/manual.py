"""Replay by a person: the same algebra, step by step, with hypervisor snapshots or instant-boot copies (Windows)."""

from __future__ import annotations

from groundrules.core.replay.answers import Wanted


def instructions(wanted: Wanted, changes: tuple[str, ...]) -> tuple[str, ...]:
    """This function will tell a person how to make one run, in order."""
    state = wanted.state
    boot = "Boot a fresh copy of the GOOD state from the snapshot before the changes."
    if state.end_copy:
        boot = "Boot a fresh copy of the END state from the last backup or snapshot."
    chosen = [change for change in changes if change in state.changes]
    made = tuple(f"Make {change} again, as it was recorded." for change in chosen)
    return (
        f"Why: {wanted.why}" + ("" if wanted.why.endswith("?") else "."),
        f"{boot} Keep it off every network: disconnect its adapter before it starts.",
        *(_running(made) if state.running else (*made, _RESTART)),
        "Answer passes, same (the incident's own error), other (another error) or invalid.",
        "Discard the copy; never use it for the next run.",
    )


_RESTART = "Restart the copy, wait until its services are up, and make the health check."


def _running(made: tuple[str, ...]) -> tuple[str, ...]:
    """A copy that goes on running, as the server did, while the changes are made."""
    return (
        "Wait until its services are up, and make the health check: it must pass, else answer invalid.",
        *made,
        "Restart NOTHING, neither the copy nor a service, unless that is one of the changes.",
        "Make the health check again; this one counts.",
    )
