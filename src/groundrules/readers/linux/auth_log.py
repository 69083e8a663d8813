"""auth.log, secure and syslog: what authentication programs wrote, in any of syslog's forms."""

from __future__ import annotations

from groundrules.core.evidence import Reading
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.messages import Ledger, interpret
from groundrules.readers.linux.syslog_lines import messages
from groundrules.readers.linux.tally import Tally

READER = "auth-log/1"


def read_auth_log(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read a text log into logins and account, group and password changes."""
    ledger = Ledger(Tally(READER, context))
    for message in messages(ledger.tally, raw):
        interpret(ledger, message)
    ledger.close()
    return ledger.tally.reading()
