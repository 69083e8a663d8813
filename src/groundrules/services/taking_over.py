"""Takes one fact over through the verb that is meant for it, so that nothing enters the books around one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from groundrules.core.backups import RestoreDrill
from groundrules.core.causation.answers import Incident
from groundrules.core.changes import Change
from groundrules.core.disputes import Dispute
from groundrules.core.evidence import Gap, HealthCheck, Session
from groundrules.core.lifecycle.answers import (
    ConditionRecord,
    InvoiceStanding,
    LifecycleEntry,
    Notice,
)
from groundrules.core.orders import BlockPurchase, HeadCount
from groundrules.core.recovery import Recovery
from groundrules.core.vendors import (
    AccessWindow,
    Freeze,
    LetterOfAgency,
    RulesAcceptance,
    ScorecardRule,
)
from groundrules.core.work import Message, OwnRun, Request, ThirdPartyAttempt, TimeEntry
from groundrules.core.world import DocumentPeriod, FeeBilled, Promise, ReplyInvitation
from groundrules.records import models as books
from groundrules.services import (
    changes,
    incidents,
    lifecycle,
    messages,
    orders,
    requests,
    vendors,
    work,
)
from groundrules.services.actor import Actor
from groundrules.services.filing import Filing, enter


def _plain(verb: str) -> Callable[..., Any]:
    """Facts without a verb of their own: somebody states them, and the audit entry says so."""

    def take(value: object, *, client: books.Client, actor: Actor, at: datetime) -> Any:  # noqa: ANN401 - any row
        says = f"{type(value).__name__} taken over"
        return enter(value, verb, says, Filing(client, actor, at)).row

    return take


VERBS: Mapping[type, Callable[..., Any]] = {
    Session: _plain("evidence.state_session"),
    Gap: _plain("evidence.state_gap"),
    HealthCheck: _plain("evidence.state_health_check"),
    Change: changes.record,
    OwnRun: work.record_run,
    TimeEntry: work.record_time,
    Request: requests.record,
    Message: messages.log,
    Incident: incidents.open_incident,
    Recovery: incidents.record_recovery,
    RestoreDrill: _plain("backups.state_drill"),
    ThirdPartyAttempt: incidents.record_attempt,
    LetterOfAgency: vendors.record_letter_of_agency,
    RulesAcceptance: vendors.accept_rules,
    AccessWindow: vendors.record_window,
    Freeze: vendors.record_freeze,
    ReplyInvitation: vendors.invite_reply,
    ScorecardRule: vendors.set_scorecard_rule,
    LifecycleEntry: lifecycle.record_entry,
    Notice: lifecycle.give_notice,
    ConditionRecord: lifecycle.record_condition,
    InvoiceStanding: _plain("invoices.state_standing"),
    FeeBilled: _plain("invoices.state_fee_billed"),
    HeadCount: orders.count,
    BlockPurchase: orders.buy_block,
    DocumentPeriod: _plain("invoices.ask_for_period"),
    Promise: _plain("messages.promise"),
    Dispute: _plain("disputes.state"),
}


def take_over(value: object, *, client: books.Client, actor: Actor, at: datetime) -> Any:  # noqa: ANN401 - any row
    """This function will take one fact over; a later state of the same fact supersedes the earlier one."""
    return VERBS[type(value)](value, client=client, actor=actor, at=at)
