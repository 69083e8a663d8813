"""Messages: every call and mail is logged. Logging one never changes coverage, rates or conditions."""

from __future__ import annotations

from datetime import datetime

from groundrules.core.work import Message
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter


def log(message: Message, *, client: books.Client, actor: Actor, at: datetime) -> books.Message:
    """This function will log a call or mail; the same one again is left as it is."""
    require(actor, Role.TECHNICIAN, Role.ACCOUNTANT)
    says = f"{message.channel.value} {'from' if message.inbound else 'to'} {message.sender}"
    row: books.Message = enter(message, "messages.log", says, Filing(client, actor, at)).row
    return row
