"""Doing something behind the client's door: first what will happen is shown, then a code is typed, then it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from groundrules.core.disputes import DisputeRefused
from groundrules.core.parties import Authority
from groundrules.core.periods import start_of_local_day
from groundrules.portal.door import behind, frame
from groundrules.services import door
from groundrules.services.access import CodeRefused, mail_code
from groundrules.services.door import AREAS, ActRefused, DoorShut, Granted, Reader, disputing

_KEPT = (
    "do",
    "says",
    "subject",
    "server",
    "condition",
    "ref",
    "person",
    "email",
    "until",
    "number",
)
_DIGITS = 19  # More than any number of a row has.
_LISTS = ("areas", "servers")


@dataclass(frozen=True, slots=True)
class Act:
    """One act: the page it belongs to, what it will do in words, and the doing."""

    page: str
    words: Callable[[Reader, QueryDict], str]
    do: Callable[[Reader, QueryDict, str], None]


def _say_words(reader: Reader, form: QueryDict) -> str:
    about = form.get("server", "")
    return f"Send this to us{f', about {about}' if about else ''}: “{form.get('says', '').strip()}”"


def _say(reader: Reader, form: QueryDict, code: str) -> None:
    door.say(reader, form.get("says", ""), code, form.get("server", ""))


def _agree_words(reader: Reader, form: QueryDict) -> str:
    return (
        f"Agree for {reader.client.name}, about {form.get('server', '')}: “{form.get('says', '')}”"
    )


def _agree(reader: Reader, form: QueryDict, code: str) -> None:
    door.agree(reader, form.get("server", ""), form.get("condition", ""), code)


def _ratify_words(reader: Reader, form: QueryDict) -> str:
    return f"Take over request {form.get('ref', '')} for {reader.client.name}. Work that it asked for may be charged."


def _ratify(reader: Reader, form: QueryDict, code: str) -> None:
    door.ratify(reader, form.get("ref", ""), code)


def _delegate_words(reader: Reader, form: QueryDict) -> str:
    areas = ", ".join(AREAS[a] for a in form.getlist("areas") if a in AREAS)
    servers = ", ".join(form.getlist("servers")) or "all servers"
    whom = f"{form.get('person', '').strip()} ({form.get('email', '').strip()})"
    return (
        f"Let {whom} read {areas or 'nothing'}, for {servers}, "
        f"until the end of {form.get('until', '')}. They can ask and tell us, and commit nobody. "
        "You can end it at once."
    )


def _delegate(reader: Reader, form: QueryDict, code: str) -> None:
    granted = Granted(
        form.get("person", ""),
        form.get("email", ""),
        tuple(form.getlist("areas")),
        _end_of(form.get("until", ""), reader.client.zone),
        tuple(form.getlist("servers")),
    )
    door.delegate(reader, granted, code)


def _end_of(day: str, zone: str) -> datetime:
    try:
        last = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day on the wall calendar
        return start_of_local_day(zone, last + timedelta(days=1))
    except (ValueError, OverflowError) as unreadable:
        message = "Choose until when."
        raise DoorShut(message) from unreadable


def _revoke_words(reader: Reader, form: QueryDict) -> str:
    rows = reader.client.delegations.filter(pk=_number(form))
    # Who may not commit the client is refused afterwards, and must not learn who else is let in.
    held = rows.first() if reader.may(Authority.COMMIT) else None
    whom = held.delegate.name if held else "somebody"
    return f"End what {whom} may do for {reader.client.name}, at once."


def _revoke(reader: Reader, form: QueryDict, code: str) -> None:
    door.revoke(reader, _number(form), code)


def _number(form: QueryDict) -> int:
    text = form.get("number", "")
    return int(text) if text.isdecimal() and len(text) < _DIGITS else 0


def _dispute_words(reader: Reader, form: QueryDict) -> str:
    try:
        return disputing.words_of(reader, *_disputed(form))
    except DisputeRefused as refused:
        return str(refused)


def _dispute(reader: Reader, form: QueryDict, code: str) -> None:
    disputing.raise_dispute(reader, *_disputed(form), code)


def _disputed(form: QueryDict) -> tuple[str, str, str]:
    return form.get("subject", ""), form.get("ref", ""), form.get("says", "")


def _withdraw_words(_reader: Reader, form: QueryDict) -> str:
    return f"Take {form.get('ref', '')} back. What it holds is due again."


def _withdraw(reader: Reader, form: QueryDict, code: str) -> None:
    disputing.take_back(reader, form.get("ref", ""), code)


ACTS = {
    "say": Act("requests", _say_words, _say),
    "agree": Act("home", _agree_words, _agree),
    "ratify": Act("requests", _ratify_words, _ratify),
    "delegate": Act("people", _delegate_words, _delegate),
    "revoke": Act("people", _revoke_words, _revoke),
    "dispute": Act("disputes", _dispute_words, _dispute),
    "withdraw": Act("disputes", _withdraw_words, _withdraw),
}


@behind("")
@require_POST
def act(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """Shows what will happen; with the code from the person's mail it happens. Without one nothing does."""
    form = request.POST
    name = form.get("do", "")
    wanted = ACTS.get(name)
    if wanted is None:
        message = "There is no such act."
        raise Http404(message)
    step = form.get("step", "")
    problem, said = "", ""
    if step == "code":
        mail_code(reader.link, reader.at)
        said = f"We mailed six digits to {reader.link.email}. They are good for ten minutes."
    elif step == "confirm":
        try:
            wanted.do(reader, form, form.get("code", ""))
            return redirect(f"{reverse(f'door:{wanted.page}', args=[token])}?done={name}")
        except (ActRefused, CodeRefused, DisputeRefused, DoorShut) as refused:
            problem = str(refused)
    context = frame(request, reader, token, "") | {
        "words": wanted.words(reader, form),
        "kept": [(k, form[k]) for k in _KEPT if k in form],
        "lists": [(k, v) for k in _LISTS for v in form.getlist(k)],
        "problem": problem,
        "said": said,
        "back": reverse(f"door:{wanted.page}", args=[token]),
    }
    return render(request, "portal/door/confirm.html", context, status=422 if problem else 200)
