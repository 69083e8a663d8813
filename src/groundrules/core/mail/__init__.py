"""Mail that arrived: what it says, who it seems to be from, and how far that is to be believed."""

from groundrules.core.mail.model import (
    Attached,
    Checked,
    Fate,
    FateReport,
    MailRead,
    Person,
    Sender,
    Trust,
)
from groundrules.core.mail.senders import Known, recognise, with_code
from groundrules.core.mail.threads import thread_of
from groundrules.core.mail.words import CodeWritten, code_in

__all__ = [
    "Attached",
    "Checked",
    "CodeWritten",
    "Fate",
    "FateReport",
    "Known",
    "MailRead",
    "Person",
    "Sender",
    "Trust",
    "code_in",
    "recognise",
    "thread_of",
    "with_code",
]
