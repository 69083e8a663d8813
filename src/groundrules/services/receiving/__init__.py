"""Receiving from collectors: what arrives is kept durably and acknowledged; reading it comes after and never twice.

`accept` and `position` are the two questions a collector asks. `read_pending` and `work_out_changes` do the work that
is left, `find_silent` notices who has stopped sending, and `keep_reading` does all three while a program runs.
"""

from groundrules.services.receiving.accepting import (
    Accepted,
    AgentNotTrusted,
    AgentRevoked,
    Claimed,
    EnvelopeRefused,
    OutOfTurn,
    ReceiverBusy,
    accept,
    position,
)
from groundrules.services.receiving.reading import ReadReport, read_pending, work_out_changes
from groundrules.services.receiving.silence import find_silent
from groundrules.services.receiving.worker import (
    apply_coverage,
    chain_audit,
    check_health,
    collect_mail,
    give_reports,
    keep_baselines,
    keep_reading,
    remind_on_call,
    send_letters,
    sign_checkpoints,
    tell_webhooks,
)
from groundrules.store.incoming import BodyTooLarge

__all__ = [
    "Accepted",
    "AgentNotTrusted",
    "AgentRevoked",
    "BodyTooLarge",
    "Claimed",
    "EnvelopeRefused",
    "OutOfTurn",
    "ReadReport",
    "ReceiverBusy",
    "accept",
    "apply_coverage",
    "chain_audit",
    "check_health",
    "collect_mail",
    "find_silent",
    "give_reports",
    "keep_baselines",
    "keep_reading",
    "position",
    "read_pending",
    "remind_on_call",
    "send_letters",
    "sign_checkpoints",
    "tell_webhooks",
    "work_out_changes",
]
