"""Mail that arrives: kept whole, read, filed to whom it is about, and handed to whoever waits for an answer.

Nothing is lost: a mail is marked in the mailbox only after it is in the books; what cannot be read or placed waits for
a person. Filing one changes no coverage, rate or condition; a decision by mail needs the code its writer was mailed.
"""

from groundrules.gateways.imap import MailboxUnusable
from groundrules.gateways.mail_servers import MailServerUnusable
from groundrules.readers.mail import AttachmentMissing
from groundrules.services.mail_in.backup_reports import reports_waiting
from groundrules.services.mail_in.by_hand import (
    OPEN,
    MailAlreadyFiled,
    MailRefused,
    Placing,
    file_by_hand,
    set_aside,
)
from groundrules.services.mail_in.keeping import GivenOut, attachment
from groundrules.services.mail_in.placing import recipients_of
from groundrules.services.mail_in.taking import Collected, collect, last_filing, take, take_file

__all__ = [
    "OPEN",
    "AttachmentMissing",
    "Collected",
    "GivenOut",
    "MailAlreadyFiled",
    "MailRefused",
    "MailServerUnusable",
    "MailboxUnusable",
    "Placing",
    "attachment",
    "collect",
    "file_by_hand",
    "last_filing",
    "recipients_of",
    "reports_waiting",
    "set_aside",
    "take",
    "take_file",
]
