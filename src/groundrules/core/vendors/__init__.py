"""Vendors under management: letters of agency, rules of engagement, windows, freezes, and what they allowed when.

Authority is answered for an instant (or a whole uncertain interval) from dated records, never from a current flag.
It says what was permitted; it has no weight in deciding what caused a failure.
"""

from groundrules.core.vendors.agency import (
    AgencyAnswer,
    LetterOfAgencyNotInForce,
    LetterOfAgencyState,
    LetterOfAgencyStatus,
    agency,
    agency_period,
    letter_of_agency_status,
    require_agency,
)
from groundrules.core.vendors.agency_steps import (
    Reminder,
    SignedFile,
    StepRefused,
    next_steps,
    reminders,
    with_step,
)
from groundrules.core.vendors.approvals import (
    ApprovalAnswer,
    ApprovalContext,
    ApprovalRefused,
    clashes,
    may_approve,
    require_approval,
)
from groundrules.core.vendors.mail_answers import (
    MailAnswer,
    MailWord,
    TimeUnreadable,
    answer_in,
    new_time,
)
from groundrules.core.vendors.model import (
    AccessWindow,
    ChangeRequestType,
    DatedStep,
    Freeze,
    LetterOfAgency,
    LetterOfAgencyStep,
    Permission,
    PermissionAnswer,
    RulesAcceptance,
    ScorecardRule,
)
from groundrules.core.vendors.permissions import Act, Grants, accepted_version, permission
from groundrules.core.vendors.scoring import (
    ReplacementOffer,
    RightOfReply,
    Scorecard,
    ScoreStep,
    Tally,
    offers_replacement,
    scorecard,
)
from groundrules.core.vendors.visits import (
    Deviation,
    DeviationKind,
    session_deviations,
    sessions_out_of_window,
)

__all__ = [
    "AccessWindow",
    "Act",
    "AgencyAnswer",
    "ApprovalAnswer",
    "ApprovalContext",
    "ApprovalRefused",
    "ChangeRequestType",
    "DatedStep",
    "Deviation",
    "DeviationKind",
    "Freeze",
    "Grants",
    "LetterOfAgency",
    "LetterOfAgencyNotInForce",
    "LetterOfAgencyState",
    "LetterOfAgencyStatus",
    "LetterOfAgencyStep",
    "MailAnswer",
    "MailWord",
    "Permission",
    "PermissionAnswer",
    "Reminder",
    "ReplacementOffer",
    "RightOfReply",
    "RulesAcceptance",
    "ScoreStep",
    "Scorecard",
    "ScorecardRule",
    "SignedFile",
    "StepRefused",
    "Tally",
    "TimeUnreadable",
    "accepted_version",
    "agency",
    "agency_period",
    "answer_in",
    "clashes",
    "letter_of_agency_status",
    "may_approve",
    "new_time",
    "next_steps",
    "offers_replacement",
    "permission",
    "reminders",
    "require_agency",
    "require_approval",
    "scorecard",
    "session_deviations",
    "sessions_out_of_window",
    "with_step",
]
