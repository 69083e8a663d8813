"""Access by personal link: a vendor asks without an account, a person of ours decides, and both are told."""

from groundrules.services.access.asking import (
    RequestRefused,
    Wanted,
    accept_rules,
    request_access,
)
from groundrules.services.access.by_mail import (
    Answered,
    AnswerNotTrusted,
    answer_request_by_mail,
    request_answered,
)
from groundrules.services.access.codes import CodeRefused, mail_code
from groundrules.services.access.deciding import (
    AlreadyDecided,
    Deciding,
    approve,
    change_time,
    deny,
    outlook,
)
from groundrules.services.access.ending import end_early, give_more_time
from groundrules.services.access.links import (
    Invited,
    LinkRefused,
    invite,
    open_link,
    revoke_link,
    share_report,
)

__all__ = [
    "AlreadyDecided",
    "AnswerNotTrusted",
    "Answered",
    "CodeRefused",
    "Deciding",
    "Invited",
    "LinkRefused",
    "RequestRefused",
    "Wanted",
    "accept_rules",
    "answer_request_by_mail",
    "approve",
    "change_time",
    "deny",
    "end_early",
    "give_more_time",
    "invite",
    "mail_code",
    "open_link",
    "outlook",
    "request_access",
    "request_answered",
    "revoke_link",
    "share_report",
]
