"""What is kept of a mail: its bytes in the store, and its files inside them, given out one by one and never run."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.mail import Attached
from groundrules.readers.mail import AttachmentMissing, content_of
from groundrules.records.models import IncomingMail
from groundrules.services.storage import raw_store


@dataclass(frozen=True, slots=True)
class GivenOut:
    """An attachment as it is given out: what it is called, and its bytes."""

    attached: Attached
    content: bytes


def attachment(mail: IncomingMail, number: int) -> GivenOut:
    """This function will take one file out of a mail; raises AttachmentMissing, and what reading the store raises."""
    read = mail.to_core()
    wanted = next((one for one in (read.attachments if read else ()) if one.number == number), None)
    if wanted is None:
        message = f"{mail} has no attachment {number}"
        raise AttachmentMissing(message)
    return GivenOut(wanted, content_of(raw_store().get(mail.digest), wanted))
