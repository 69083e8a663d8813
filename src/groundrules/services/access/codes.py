"""The six digits a person types before anything happens: mailed to them, good for ten minutes, once, five tries.

A code is computed from the link and the time, so that asking for one writes nothing: a mail scanner that opens and
posts everything it finds leaves no trace in the books.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare

from groundrules.records.models import PortalLink
from groundrules.services.digits import digits
from groundrules.services.outgoing import post

_STEP_SECONDS = 300
# A code mailed at the end of a step must still be good for ten minutes: the step it was made in, and two more.
_STEPS = 3
_TRIES = 5
_PAUSE = timedelta(minutes=10)


class CodeRefused(ValueError):
    """The code is missing, wrong, used or too old; or there were too many tries."""


def mail_code(link: PortalLink, at: datetime) -> None:
    """This function will mail the person their code; asked again within five minutes it is the very same mail."""
    link.refresh_from_db(fields=["codes_used"])
    step = _step(at)
    moment = datetime.fromtimestamp(step * _STEP_SECONDS, tz=at.tzinfo)
    text = (
        f"Hello {link.person},\n\nyour code is {_code(link, step)}. Type it on the page you opened; it is good for "
        "ten minutes and one request.\n\nIf you did not ask for it, do nothing: nothing has happened."
    )
    post(f"code-{link.pk}-{step}", link.email, "Your code for Groundrules", text, moment)


def use_code(link: PortalLink, code: str, at: datetime) -> None:
    """This function will use a code up; raises CodeRefused, and counts a wrong one before it does."""
    typed = "".join(code.split())
    if not typed:
        message = "Type the six digits we mail you. Nothing has been sent yet."
        raise CodeRefused(message)
    refusal = _weigh(link, typed, at)
    if refusal:
        raise CodeRefused(refusal)


def _weigh(link: PortalLink, typed: str, at: datetime) -> str:
    """Its own transaction: a wrong try stays counted though the request is refused.

    The pause ends by a clock that was set back as well, or somebody would be locked out for as long as it was wrong.
    """
    with transaction.atomic():
        locked = PortalLink.objects.select_for_update().get(pk=link.pk)
        since = locked.wrong_since
        if since is not None and not since - _PAUSE < at < since + _PAUSE:
            locked.wrong_codes, locked.wrong_since = 0, None
        if locked.wrong_codes >= _TRIES:
            return "Too many wrong codes. Wait ten minutes and ask for a new one."
        good = any(
            constant_time_compare(typed, _code(locked, _step(at) - back)) for back in range(_STEPS)
        )
        if good:
            locked.codes_used += 1
            locked.wrong_codes, locked.wrong_since = 0, None
        else:
            locked.wrong_codes += 1
            locked.wrong_since = locked.wrong_since or at
        locked.save(update_fields=["codes_used", "wrong_codes", "wrong_since"])
    return "" if good else "This code is not right, was used, or is too old. Ask for a new one."


def _step(at: datetime) -> int:
    return int(at.timestamp()) // _STEP_SECONDS


def _code(link: PortalLink, step: int) -> str:
    said = f"{link.pk}:{link.token_digest}:{link.codes_used}:{step}"
    return digits("groundrules.access.code", said, 6)
